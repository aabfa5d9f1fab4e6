import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  gradientErrors,
  numericGradient,
  RNN,
  relativeError,
  Tensor,
  type UntiedOptions,
  UntiedRNN,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussians } from '../support.ts'

const nonlinearities = ['tanh', 'relu'] as const

/** `weight_ih_l0` of a tied network as `weight_ih_t1`, `weight_ih_t2`, … of an untied one. */
function atEveryStep(tied: Readonly<Record<string, Tensor>>, steps: number): Record<string, Tensor> {
  const ofStep = (t: number) =>
    Object.entries(tied).map(([name, value]) => [name.replace('_l0', `_t${t}`), value])
  return Object.fromEntries(Array.from({ length: steps }, (_, k) => ofStep(k + 1)).flat())
}

describe('UntiedRNN with the same weights at every step', () => {
  const drawn = fc.record({
    B: fc.integer({ min: 1, max: 3 }),
    T: fc.integer({ min: 1, max: 5 }),
    unused: fc.integer({ min: 0, max: 2 }),
    I: fc.integer({ min: 1, max: 3 }),
    H: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
    nonlinearity: fc.constantFrom(...nonlinearities),
    bias: fc.boolean(),
  })

  it('gives the outputs and gradients of the tied RNN to 1e-12; its gradients are the tied one, step by step', () =>
    always(
      fc.property(drawn, ({ B, T, unused, I, H, seed, nonlinearity, bias }) => {
        const sizes = { inputSize: I, hiddenSize: H, nonlinearity, bias, seed }
        const tied = new RNN(sizes)
        const untied = new UntiedRNN({ ...sizes, steps: T + unused })
        untied.loadStateDict(atEveryStep(tied.stateDict(), T + unused))
        const { x, h0, dOutput, dHN } = gaussians(seed, {
          x: [B, T, I],
          h0: [1, B, H],
          dOutput: [B, T, H],
          dHN: [1, B, H],
        })
        const expected = { ...tied.forward(x, { h0 }), ...tied.backward({ dOutput, dHN }) }
        const actual = { ...untied.forward(x, { h0 }), ...untied.backward({ dOutput, dHN }) }
        for (const name of ['output', 'hN', 'dx', 'dh0'] as const)
          expect(relativeError(actual[name], expected[name]), name).toBeLessThan(1e-12)

        const gradients = untied.gradients()
        for (const [name, whole] of Object.entries(tied.gradients())) {
          let sum = Tensor.zeros(whole.shape)
          for (let t = 1; t <= T; t++) {
            const ofStep = gradients[name.replace('_l0', `_t${t}`)]
            expect(ofStep.maxAbsDifference(tied.stepGradients(t)[name]), `${name}, step ${t}`).toBeLessThan(
              1e-12 * Math.max(1, ofStep.maxAbs()),
            )
            sum = sum.add(ofStep)
          }
          expect(sum.maxAbsDifference(whole), name).toBeLessThan(1e-12 * Math.max(1, whole.maxAbs()))
          for (let t = T + 1; t <= T + unused; t++)
            expect(gradients[name.replace('_l0', `_t${t}`)].maxAbs()).toBe(0)
        }
      }),
      60,
    ))

  it('takes a single sequence as a batch of one, exactly', () => {
    const net = new UntiedRNN({ inputSize: 2, hiddenSize: 3, steps: 4, seed: 1 })
    const { x, h0, dOutput, dHN } = gaussians(1, { x: [4, 2], h0: [1, 3], dOutput: [4, 3], dHN: [1, 3] })
    const single = { ...net.forward(x, { h0 }), ...net.backward({ dOutput, dHN }), ...net.gradients() }
    const inBatch = (t: Tensor) => t.reshape([1, ...t.shape])
    const batch = {
      ...net.forward(inBatch(x), { h0: inBatch(h0) }),
      ...net.backward({ dOutput: inBatch(dOutput), dHN: inBatch(dHN) }),
    }
    for (const name of ['output', 'hN', 'dx', 'dh0'] as const)
      expect(inBatch(single[name]).equals(batch[name]), name).toBe(true)
    for (const [name, gradient] of Object.entries(net.gradients()))
      expect(gradient.equals(single[name as keyof typeof single]), name).toBe(true)
  })
})

describe('UntiedRNN with its own weights at every step', () => {
  it.each(nonlinearities)(
    'agrees with central differences to 1e-8 for x, h0 and every step, with %s',
    nonlinearity => {
      const net = new UntiedRNN({ inputSize: 2, hiddenSize: 3, steps: 4, nonlinearity, seed: 2 })
      const { x, h0, dOutput, dHN } = gaussians(3, {
        x: [2, 3, 2],
        h0: [1, 2, 3],
        dOutput: [2, 3, 3],
        dHN: [1, 2, 3],
      })
      const loss = (changed: { x?: Tensor; h0?: Tensor } = {}) => {
        const { output, hN } = net.forward(changed.x ?? x, { h0: changed.h0 ?? h0 })
        return output.dot(dOutput) + hN.dot(dHN)
      }
      loss()
      const { dx, dh0 } = net.backward({ dOutput, dHN })
      const errors = gradientErrors(net, () => loss())
      expect(Object.keys(errors)).toHaveLength(16)
      for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-8)
      const numeric = (name: 'x' | 'h0', value: Tensor) => numericGradient(v => loss({ [name]: v }), value)
      expect(relativeError(dx, numeric('x', x))).toBeLessThan(1e-8)
      expect(relativeError(dh0, numeric('h0', h0))).toBeLessThan(1e-8)
    },
  )

  it('each step uses its own: changing the weights of step t changes h_t and later ones, and no earlier one', () => {
    const net = new UntiedRNN({ inputSize: 2, hiddenSize: 3, steps: 4, seed: 4 })
    const { x } = gaussians(4, { x: [4, 2] })
    const before = net.forward(x).output
    net.weights[2].W_ih.data.fill(1)
    const after = net.forward(x).output
    expect(after.slice(0, 2).equals(before.slice(0, 2))).toBe(true)
    for (const t of [2, 3]) expect(after.row(t).maxAbsDifference(before.row(t))).toBeGreaterThan(1e-3)
  })

  it('grows with the steps: T(H² + HI + 2H) numbers, T(H² + HI) without biases, where the tied one stays', () => {
    for (const steps of [1, 2, 10]) {
      const sizes = { inputSize: 3, hiddenSize: 5, steps }
      expect(new UntiedRNN(sizes).parameterCount).toBe(steps * (25 + 15 + 10))
      expect(new UntiedRNN({ ...sizes, bias: false }).parameterCount).toBe(steps * (25 + 15))
    }
    expect(new UntiedRNN({ inputSize: 1, hiddenSize: 1, steps: 2 }).params.names).toEqual([
      ...['weight_ih_t1', 'weight_hh_t1', 'bias_ih_t1', 'bias_hh_t1'],
      ...['weight_ih_t2', 'weight_hh_t2', 'bias_ih_t2', 'bias_hh_t2'],
    ])
  })

  it('draws U(-1/√H, 1/√H), other numbers at each step, the same for the same seed', () => {
    const options = { inputSize: 25, hiddenSize: 25, steps: 2, seed: 3 }
    const net = new UntiedRNN(options)
    const largest = Math.max(...net.params.values.map(Math.abs))
    expect(largest).toBeLessThanOrEqual(0.2)
    expect(largest).toBeGreaterThan(0.199)
    expect(net.weights[0].W_hh.equals(net.weights[1].W_hh)).toBe(false)
    expect(new UntiedRNN(options).params.values).toEqual(net.params.values)
  })

  it('remembers its own copies, starts gradients from zero, and leaves what it is given as it was', () => {
    const net = new UntiedRNN({ inputSize: 1, hiddenSize: 2, steps: 2, seed: 5 })
    const shapes = { x: [2, 2, 1], h0: [1, 2, 2], dOutput: [2, 2, 2], dHN: [1, 2, 2] }
    const { x, h0, dOutput, dHN } = gaussians(5, shapes)
    net.forward(x, { h0 })
    const once = { ...net.backward({ dOutput, dHN }), ...net.gradients() }
    for (const [name, t] of Object.entries({ x, h0, dOutput, dHN }))
      expect(t.equals(gaussians(5, shapes)[name as keyof typeof shapes]), name).toBe(true)
    const { output, hN } = net.forward(x, { h0 })
    for (const t of [x, h0, output, hN]) t.data.fill(9)
    const twice = { ...net.backward({ dOutput, dHN }), ...net.gradients() }
    for (const [name, t] of Object.entries(once))
      expect(t.equals(twice[name as keyof typeof twice]), name).toBe(true)
  })

  it('works in float32, within 1e-5 of float64', () => {
    const options = { inputSize: 2, hiddenSize: 3, steps: 3, seed: 6 }
    const [wide, narrow] = [new UntiedRNN(options), new UntiedRNN({ ...options, dtype: 'float32' })]
    const { x, dOutput } = gaussians(6, { x: [2, 3, 2], dOutput: [2, 3, 3] })
    const { output } = narrow.forward(x.astype('float32'))
    expect(output.dtype).toBe('float32')
    expect(output.maxAbsDifference(wide.forward(x).output)).toBeLessThan(1e-5)
    const { dx } = narrow.backward({ dOutput: dOutput.astype('float32') })
    expect(dx.dtype).toBe('float32')
    expect(dx.maxAbsDifference(wide.backward({ dOutput }).dx)).toBeLessThan(1e-5)
  })
})

describe('UntiedRNN refuses misuse:', () => {
  const sizes = { inputSize: 3, hiddenSize: 4, steps: 5 }
  const ran = () => {
    const net = new UntiedRNN(sizes)
    net.forward(Tensor.zeros([2, 5, 3]))
    return net
  }
  it.each<[string, () => unknown]>([
    [
      'RangeError: x has T = 6 steps, expected at most 5: step 6 has no weights',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([2, 6, 3])),
    ],
    [
      'RangeError: x has T = 8 steps, expected at most 5: step 6 has no weights',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([8, 3])),
    ],
    [
      'RangeError: x has T = 0 steps of B = 2 sequences, expected at least one of each',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([2, 0, 3])),
    ],
    [
      'RangeError: x has shape [3], expected [batch, time, input] or [time, input]',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([3])),
    ],
    [
      'RangeError: x has shape [2, 5, 2], expected [B, T, I = 3]',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([2, 5, 2])),
    ],
    [
      'TypeError: x is float32, expected float64',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([5, 3], 'float32')),
    ],
    [
      'RangeError: h0 has shape [2, 4], expected [layers = 1, B = 2, H = 4]',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([2, 5, 3]), { h0: Tensor.zeros([2, 4]) }),
    ],
    [
      'TypeError: h0 is float32, expected float64',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([5, 3]), { h0: Tensor.zeros([1, 4], 'float32') }),
    ],
    [
      'TypeError: unknown option: lengths, expected h0',
      () => new UntiedRNN(sizes).forward(Tensor.zeros([2, 5, 3]), { lengths: [1, 2] } as never),
    ],
    ['Error: forward has not run yet', () => new UntiedRNN(sizes).backward()],
    [
      'RangeError: dOutput has shape [2, 5, 3], expected [B = 2, T = 5, H = 4]',
      () => ran().backward({ dOutput: Tensor.zeros([2, 5, 3]) }),
    ],
    [
      'RangeError: dHN has shape [2, 4], expected [layers = 1, B = 2, H = 4]',
      () => ran().backward({ dHN: Tensor.zeros([2, 4]) }),
    ],
    [
      'TypeError: unknown option: truncate, expected dOutput, dHN',
      () => ran().backward({ truncate: 1 } as never),
    ],
    [
      'TypeError: missing option steps',
      () => new UntiedRNN({ inputSize: 1, hiddenSize: 1 } as UntiedOptions),
    ],
    [
      'RangeError: expected steps to be a whole number from 1, got 0',
      () => new UntiedRNN({ ...sizes, steps: 0 }),
    ],
    [
      "TypeError: unknown nonlinearity: gelu, expected 'tanh' or 'relu'",
      () => new UntiedRNN({ ...sizes, nonlinearity: 'gelu' as 'tanh' }),
    ],
    [
      'TypeError: unknown option: numLayers, expected inputSize, hiddenSize, steps, nonlinearity, bias, dtype, seed',
      () => new UntiedRNN({ ...sizes, numLayers: 1 } as UntiedOptions),
    ],
  ])('%s', (complaint, misuse) => {
    expect(complaintOf(misuse)).toBe(complaint)
  })
})
