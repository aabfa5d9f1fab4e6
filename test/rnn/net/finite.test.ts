/** A number that is not finite is found where it comes in or arises, and nothing else comes of it. */
import { describe, expect, it } from 'vitest'
import { RNN, Tensor, useKernel } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'
import { type Given, givenFor, kinds, type Network, networkOf, runOf } from './networks.ts'

const [B, T] = [2, 5]
const overflow = 'its sums overflowed, expected smaller weights or gradients'

/** What a network gives to good input after something went wrong is what it would have given before. */
function expectUnharmed(net: Network, given: Given, expected: Record<string, Tensor>): void {
  for (const [name, t] of Object.entries(runOf(net, given))) expect(t.equals(expected[name]), name).toBe(true)
}

describe.each(['simd', 'reference'] as const)('on the kernel %s,', kernel => {
  describe.each(kinds)('%s', kind => {
    const net = networkOf(kind, { inputSize: 2, hiddenSize: 3, numLayers: 2, bidirectional: true, seed: 1 })
    const given = givenFor(net, { B, T, seed: 2 })
    const inputs = kind === 'LSTM' ? (['x', 'h0', 'c0'] as const) : (['x', 'h0'] as const)
    const states = kind === 'LSTM' ? (['dHN', 'dCN'] as const) : (['dHN'] as const)
    const places = { x: [1, 4, 0], h0: [3, 0, 2], c0: [2, 1, 0], dHN: [1, 1, 2], dCN: [3, 0, 1] } as const
    const spoil = (name: keyof typeof places, value: number): Given => {
      const spoilt = given[name]!.clone()
      spoilt.set(places[name], value)
      return { ...given, [name]: spoilt }
    }
    const onKernel = <Result>(run: () => Result): Result => {
      useKernel(kernel)
      try {
        return run()
      } finally {
        useKernel('simd')
      }
    }

    it.each([Number.NaN, Infinity, -Infinity])('names an input that is %d, and where it is', value =>
      onKernel(() => {
        const expected = runOf(net, given)
        const values = net.params.values.slice()
        for (const name of inputs) {
          const { x, h0, c0 } = spoil(name, value)
          expect(complaintOf(() => net.forward(x, { h0, c0 }))).toBe(
            `RangeError: ${name} is ${value} at [${places[name].join(', ')}], expected finite numbers`,
          )
          expect(complaintOf(() => net.backward())).toBe('Error: forward has not run yet')
          expect(net.params.values).toEqual(values)
          for (const [key, t] of Object.entries(net.gradients())) expect(t.equals(expected[key])).toBe(true)
        }
        expectUnharmed(net, given, expected)
      }),
    )

    it('names one that is there for a single step only', () =>
      onKernel(() => {
        const one = networkOf(kind, { inputSize: 1, hiddenSize: 2 })
        const bad = Tensor.from([[0, Number.NaN]])
        for (const name of inputs)
          if (name !== 'x')
            expect(complaintOf(() => one.forward(Tensor.zeros([1, 1]), { [name]: bad }))).toBe(
              `RangeError: ${name} is NaN at [0, 1], expected finite numbers`,
            )
      }))

    it.each([Number.NaN, Infinity])('names a parameter that is %d, and where it is', value =>
      onKernel(() => {
        const expected = runOf(net, given)
        for (const name of net.params.names) {
          const { data, shape } = net.params.value(name)
          const [first] = data
          data[0] = value
          expect(
            complaintOf(() => net.forward(given.x)),
            name,
          ).toBe(
            `RangeError: ${name} is ${value} at [${shape.map(() => 0).join(', ')}], expected finite numbers`,
          )
          data[0] = first
        }
        expectUnharmed(net, given, expected)
      }),
    )

    it.each([Number.NaN, Infinity, -Infinity])('names a gradient of a last state that is %d', value =>
      onKernel(() => {
        const expected = runOf(net, given)
        for (const name of states) {
          const { dHN, dCN } = spoil(name, value)
          expect(complaintOf(() => net.backward({ dHN, dCN }))).toBe(
            `RangeError: ${name} is ${value} at [${places[name].join(', ')}], expected finite numbers`,
          )
          expect(complaintOf(() => net.stateGradients())).toBe(
            'Error: backward has not run since the last forward',
          )
          for (const [key, t] of Object.entries(net.gradients())) expect(t.equals(expected[key])).toBe(true)
        }
        expectUnharmed(net, given, expected)
      }),
    )

    it.each([Number.NaN, Infinity])('names a gradient of the output that is %d', value =>
      onKernel(() => {
        const expected = runOf(net, given)
        // A unit of relu that is off has no gradient; of one that is on it is seen.
        const at = expected.output.data.findIndex(v => v !== 0)
        const dOutput = given.dOutput.clone()
        dOutput.data[at] = value
        const place = [Math.floor(at / 30), Math.floor(at / 6) % 5, at % 6]
        expect(complaintOf(() => net.backward({ dOutput }))).toBe(
          `RangeError: dOutput is ${value} at [${place.join(', ')}], expected finite numbers`,
        )
        expectUnharmed(net, given, expected)
      }),
    )

    it.each(['forward', 'reverse'] as const)('says where finite weights overflow: layer 1 %s', direction =>
      onKernel(() => {
        const expected = runOf(net, given)
        const suffix = direction === 'reverse' ? '_l1_reverse' : '_l1'
        const weights = net.stateDict()
        for (const name of ['weight_ih', 'bias_ih', 'bias_hh'])
          net.params.value(`${name}${suffix}`).data.fill(1e308)
        const step = direction === 'reverse' ? T : 1
        const where = `layer 1${direction === 'reverse' ? ' in reverse' : ''}, step ${step}`
        expect(complaintOf(() => net.forward(given.x))).toBe(
          `RangeError: ${where} is not finite, though all that was given is: ${overflow}`,
        )
        net.loadStateDict(weights)
        expectUnharmed(net, given, expected)
      }),
    )

    it('says it of float32 where float64 would go on', () =>
      onKernel(() => {
        const [single, double] = (['float32', 'float64'] as const).map(dtype => {
          const wide = networkOf(kind, { inputSize: 1, hiddenSize: 1, dtype })
          for (const name of ['weight_ih_l0', 'bias_ih_l0', 'bias_hh_l0'])
            wide.params.value(name).data.fill(3e38)
          return wide
        })
        const x = Tensor.full([3, 1], 1)
        expect(double.forward(x).hN.shape).toEqual([1, 1])
        expect(complaintOf(() => single.forward(x.astype('float32')))).toBe(
          `RangeError: layer 0, step 1 is not finite, though all that was given is: ${overflow}`,
        )
      }))

    it('says which sums overflow behind the last step on the way back, and keeps the gradients before', () =>
      onKernel(() => {
        const wide = networkOf(kind, { inputSize: 1, hiddenSize: 1, bias: false, seed: 2 })
        wide.params.values.fill(0.5)
        const x = Tensor.full([1, 1], 1)
        const expected = runOf(wide, givenFor(wide, { B: 1, T: 1, seed: 3 }))
        const before = wide.gradients()
        wide.params.value('weight_ih_l0').data.fill(1e200)
        wide.forward(x.mul(1e-200))
        const dHN = Tensor.full([1, 1], 1e150)
        expect(complaintOf(() => wide.backward({ dHN }))).toMatch(
          /^RangeError: dx is (-?Infinity|NaN) at \[0, 0\], expected smaller weights or gradients, as its sums overflowed$/,
        )
        wide.params.value('weight_ih_l0').data.fill(1e-200)
        wide.forward(x.mul(1e200))
        expect(complaintOf(() => wide.backward({ dHN }))).toMatch(
          /^RangeError: the gradient of weight_ih_l0 is -?Infinity at \[\d, 0\], expected smaller weights or gradients, as its sums overflowed$/,
        )
        for (const [name, t] of Object.entries(wide.gradients()))
          expect(t.equals(before[name]), name).toBe(true)
        expect(complaintOf(() => wide.stateGradients())).toBe(
          'Error: backward has not run since the last forward',
        )
        wide.params.values.fill(0.5)
        expectUnharmed(wide, givenFor(wide, { B: 1, T: 1, seed: 3 }), expected)
      }))
  })

  it('growth of relu is found at the step at which it overflows, on the way and on the way back', () => {
    useKernel(kernel)
    try {
      const net = new RNN({ inputSize: 1, hiddenSize: 1, nonlinearity: 'relu', bias: false })
      net.params.values.set([1, 1e100])
      const x = Tensor.generate([6, 1], t => (t === 0 ? 1 : 0))
      expect(complaintOf(() => net.forward(x))).toBe(
        `RangeError: layer 0, step 5 is not finite, though all that was given is: ${overflow}`,
      )
      // h_t is 10^(100t - 300) and its gradient 10^(600 - 100t): that of h_3 is the last one below 10^308.
      net.forward(x.slice(0, 5).mul(1e-290), { h0: Tensor.from([[1e-300]]) })
      expect(complaintOf(() => net.backward({ dHN: Tensor.from([[1e100]]) }))).toBe(
        `RangeError: layer 0, step 2 is not finite, though all that was given is: ${overflow}`,
      )
      net.params.values.set([1, 0.5])
      expect(net.forward(x.slice(0, 2)).hN.at(0, 0)).toBe(0.5)
    } finally {
      useKernel('simd')
    }
  })
})
