/** What holds for both networks without a loop over time, computed either way. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  gradientFlow,
  influenceMap,
  LinearRNN,
  MinGRU,
  networkJacobians,
  numericGradient,
  numericGradients,
  numericJacobian,
  Random,
  RNN,
  relativeError,
  type ScanNetOptions,
  Tensor,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussians } from '../support.ts'

const modes = ['loop', 'scan'] as const
const nets = { LinearRNN, MinGRU } as const
const kinds = ['LinearRNN', 'MinGRU'] as const
const cases = kinds.flatMap(kind => modes.map(mode => ({ kind, mode })))

const sizes = fc.record({
  B: fc.integer({ min: 1, max: 4 }),
  T: fc.integer({ min: 1, max: 12 }),
  I: fc.integer({ min: 1, max: 3 }),
  H: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(),
})
type Sizes = typeof sizes extends fc.Arbitrary<infer Drawn> ? Drawn : never

const draw = ({ B, T, I, H, seed }: Sizes) =>
  gaussians(seed, { x: [B, T, I], h0: [1, B, H], dOutput: [B, T, H], dHN: [1, B, H] })

/** All that a network says of one run, there and back. */
function run(
  net: LinearRNN | MinGRU,
  { x, h0, dOutput, dHN }: Record<'x' | 'dOutput', Tensor> & Partial<Record<'h0' | 'dHN', Tensor>>,
): Record<string, Tensor> {
  const there = net.forward(x, { h0 })
  const back = net.backward({ dOutput, dHN })
  const inside = { states: net.states(), stateGradients: net.stateGradients() }
  return { ...there, ...back, ...inside, ...net.gradients() }
}

describe.each(cases)('$kind in the $mode', ({ kind, mode }) => {
  const build = (options: ScanNetOptions) => new nets[kind]({ mode, ...options })

  it.each([
    { bias: true, batchFirst: true },
    { bias: false, batchFirst: false },
  ])('its gradients agree with central differences to 1e-8 over 6 steps (%o)', options => {
    const net = build({ inputSize: 2, hiddenSize: 3, seed: 5, ...options })
    const { x, h0, dOutput, dHN } = gaussians(11, {
      x: [4, 6, 2],
      h0: [1, 4, 3],
      dOutput: [4, 6, 3],
      dHN: [1, 4, 3],
    })
    const turn = (t: Tensor) => (options.batchFirst ? t : t.permute([1, 0, 2]))
    const [input, dy] = [turn(x), turn(dOutput)]
    const loss = (v = input, start = h0) => {
      const { output, hN } = net.forward(v, { h0: start })
      return output.dot(dy) + hN.dot(dHN)
    }
    loss()
    const { dx, dh0 } = net.backward({ dOutput: dy, dHN })
    const gradients = net.gradients()
    const numeric = numericGradients(net.params, () => loss())
    expect(Object.keys(gradients)).toContain('weight_ih_l0')
    expect(Object.keys(gradients).includes('bias_ih_l0')).toBe(options.bias)
    for (const [name, gradient] of Object.entries(gradients))
      expect(relativeError(gradient, numeric[name]), name).toBeLessThan(1e-8)
    const [numericDx, numericDh0] = [
      numericGradient(v => loss(v), input),
      numericGradient(v => loss(input, v), h0),
    ]
    expect(relativeError(dx, numericDx)).toBeLessThan(1e-8)
    expect(relativeError(dh0, numericDh0)).toBeLessThan(1e-8)
  })

  it('splitting a sequence and carrying state and gradient gives the whole, to 1e-12', () => {
    always(
      fc.property(sizes, drawn => {
        const T = drawn.T + 1
        const net = build({ inputSize: drawn.I, hiddenSize: drawn.H, seed: drawn.seed, batchFirst: false })
        const all = draw({ ...drawn, B: T, T: drawn.B })
        const { h0, dHN } = draw(drawn)
        const whole = run(net, { ...all, h0, dHN })
        const cut = 1 + (drawn.seed % drawn.T)
        const first = { x: all.x.slice(0, cut), dOutput: all.dOutput.slice(0, cut) }
        const middle = net.forward(first.x, { h0 })
        const second = run(net, { x: all.x.slice(cut), dOutput: all.dOutput.slice(cut), h0: middle.hN, dHN })
        const start = run(net, { ...first, h0, dHN: second.dh0 })
        const near = (found: Tensor, name: string) =>
          expect(relativeError(found, whole[name]), name).toBeLessThan(1e-12)
        near(Tensor.concat([start.output, second.output]), 'output')
        near(Tensor.concat([start.dx, second.dx]), 'dx')
        near(second.hN, 'hN')
        near(start.dh0, 'dh0')
        for (const name of net.params.names) near(start[name].add(second[name]), name)
      }),
      40,
    )
  })

  it('permuting the batch permutes output, hN, dx and dh0, exactly', () => {
    always(
      fc.property(sizes, drawn => {
        const net = build({ inputSize: drawn.I, hiddenSize: drawn.H, seed: drawn.seed })
        const { x, h0, dOutput, dHN } = draw(drawn)
        const order = new Random(drawn.seed).permutation(drawn.B)
        const permute = (t: Tensor) => Tensor.stack(order.map(b => t.row(b)))
        const permuteState = (t: Tensor) => permute(t.row(0)).reshape(t.shape)
        const plain = run(net, { x, h0, dOutput, dHN })
        const mixed = run(net, {
          x: permute(x),
          h0: permuteState(h0),
          dOutput: permute(dOutput),
          dHN: permuteState(dHN),
        })
        expect(mixed.output.equals(permute(plain.output))).toBe(true)
        expect(mixed.hN.equals(permuteState(plain.hN))).toBe(true)
        expect(mixed.dx.equals(permute(plain.dx))).toBe(true)
        expect(mixed.dh0.equals(permuteState(plain.dh0))).toBe(true)
      }),
      40,
    )
  })

  it('one sequence without a batch axis, or time first, gives the same numbers, exactly', () => {
    always(
      fc.property(sizes, drawn => {
        const { T, I, H, seed } = drawn
        const { x, h0, dOutput, dHN } = draw({ ...drawn, B: 1 })
        const options = { inputSize: I, hiddenSize: H, seed }
        const batched = run(build(options), { x, h0, dOutput, dHN })
        const alone = run(build(options), {
          x: x.row(0),
          h0: h0.row(0),
          dOutput: dOutput.row(0),
          dHN: dHN.row(0),
        })
        const turned = run(build({ ...options, batchFirst: false }), {
          x: x.reshape([T, 1, I]),
          h0,
          dOutput: dOutput.reshape([T, 1, H]),
          dHN,
        })
        for (const [name, t] of Object.entries(batched)) {
          expect([...alone[name].data], name).toEqual([...t.data])
          expect([...turned[name].data], name).toEqual([...t.data])
        }
        const shapes = (all: Record<string, Tensor>) =>
          ['output', 'hN', 'dx', 'dh0', 'states'].map(n => all[n].shape)
        expect(shapes(batched)).toEqual([
          [1, T, H],
          [1, 1, H],
          [1, T, I],
          [1, 1, H],
          [T + 1, 1, H],
        ])
        expect(shapes(alone)).toEqual([
          [T, H],
          [1, H],
          [T, I],
          [1, H],
          [T + 1, H],
        ])
        expect(shapes(turned)).toEqual([
          [T, 1, H],
          [1, 1, H],
          [T, 1, I],
          [1, 1, H],
          [T + 1, 1, H],
        ])
      }),
      40,
    )
  })

  it('shows the state and its gradient at each step: row t is h_t and ∂L/∂h_t', () => {
    const net = build({ inputSize: 2, hiddenSize: 3, seed: 2 })
    const { x, h0, dOutput } = gaussians(4, { x: [5, 2], h0: [1, 3], dOutput: [5, 3] })
    const { output, hN } = net.forward(x, { h0 })
    const { dh0 } = net.backward({ dOutput })
    expect(net.states().equals(Tensor.concat([h0, output]))).toBe(true)
    expect(net.states().row(-1).equals(hN.row(0))).toBe(true)
    expect(net.stateGradients().row(0).equals(dh0.row(0))).toBe(true)
    expect(net.stateGradients().row(5).equals(dOutput.row(4))).toBe(true)
    expect(gradientFlow(net.stateGradients()).map(point => point.lag)).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('satisfies what the analysis asks: Jacobians and influence are those of central differences to 1e-8', () => {
    const net = build({ inputSize: 2, hiddenSize: 3, seed: 1 })
    const { x, h0 } = gaussians(3, { x: [5, 2], h0: [1, 3] })
    const starts = net.forward(x, { h0 }).output
    networkJacobians(net, x, { h0 }).forEach((J, t) => {
      const start = t === 0 ? h0 : starts.slice(t - 1, t)
      const numeric = numericJacobian(h => net.forward(x.slice(t, t + 1), { h0: h }).hN, start)
      expect(relativeError(J, numeric)).toBeLessThan(1e-8)
      expect(J.sub(Tensor.diagonal(Array.from({ length: 3 }, (_, i) => J.at(i, i)))).maxAbs()).toBe(0)
    })
    const map = influenceMap(net, x)
    const blocks = numericJacobian(v => net.forward(v).output, x)
      .reshape([5, 3, 5, 2])
      .permute([0, 2, 1, 3])
    for (let t = 0; t < 5; t++)
      for (let s = 0; s < 5; s++) {
        expect(Math.abs(map.at(t, s) - blocks.row(t).row(s).norm())).toBeLessThan(1e-8)
        if (s > t) expect(map.at(t, s)).toBe(0)
        else expect(map.at(t, s)).toBeGreaterThan(0)
      }
  })

  it('does not change when the caller changes x, h0 or a result', () => {
    const net = build({ inputSize: 2, hiddenSize: 3, batchFirst: false })
    const { x, h0, dOutput, dHN } = gaussians(6, {
      x: [4, 1, 2],
      h0: [1, 1, 3],
      dOutput: [4, 1, 3],
      dHN: [1, 1, 3],
    })
    const expected = run(net, { x, h0, dOutput, dHN })
    const { output, hN } = net.forward(x, { h0 })
    const first = net.backward({ dOutput, dHN })
    const parts = [x, h0, output, hN, first.dx, first.dh0, net.states(), net.stateGradients()]
    for (const t of [...parts, ...Object.values(net.stateDict()), ...Object.values(net.gradients())])
      t.data.fill(9)
    expect(net.states().equals(expected.states)).toBe(true)
    expect(net.stateGradients().equals(expected.stateGradients)).toBe(true)
    const { dx, dh0 } = net.backward({ dOutput, dHN })
    for (const [name, t] of Object.entries({ dx, dh0, ...net.gradients() }))
      expect(t.equals(expected[name]), name).toBe(true)
  })

  it('in float32 is within 1e-4 of float64, there and back', () => {
    const options = { inputSize: 3, hiddenSize: 4, seed: 9 }
    const drawn = draw({ B: 2, T: 30, I: 3, H: 4, seed: 9 })
    const single = Object.fromEntries(Object.entries(drawn).map(([name, t]) => [name, t.astype('float32')]))
    const found = run(build({ ...options, dtype: 'float32' }), single as typeof drawn)
    for (const [name, t] of Object.entries(run(build(options), drawn))) {
      expect(found[name].dtype).toBe('float32')
      expect(relativeError(found[name].astype('float64'), t), name).toBeLessThan(1e-4)
    }
  })

  it('without dOutput and dHN has gradients that are all zero, also after others', () => {
    const net = build({ inputSize: 2, hiddenSize: 3 })
    const { x, dHN } = gaussians(1, { x: [4, 2], dHN: [1, 3] })
    net.forward(x)
    net.backward({ dHN })
    expect(net.gradients().weight_ih_l0.maxAbs()).toBeGreaterThan(0)
    const { dx, dh0 } = net.backward()
    for (const t of [dx, dh0, ...Object.values(net.gradients())]) expect(t.maxAbs()).toBe(0)
  })
})

describe.each(kinds)('%s', kind => {
  const build = (options: ScanNetOptions) => new nets[kind](options)

  it('gives the same in loop and scan to 1e-12, there and back, for T up to 70', () => {
    const long = fc.record({ drawn: sizes, T: fc.integer({ min: 1, max: 70 }) })
    always(
      fc.property(long, ({ drawn, T }) => {
        const all = draw({ ...drawn, T })
        const [loop, scan] = modes.map(mode =>
          run(build({ inputSize: drawn.I, hiddenSize: drawn.H, seed: drawn.seed, mode }), all),
        )
        for (const [name, t] of Object.entries(loop))
          expect(relativeError(scan[name], t), name).toBeLessThan(1e-12)
      }),
      60,
    )
  })

  it('gives the same in loop and scan to 1e-12 over 2,000 steps', () => {
    const all = draw({ B: 1, T: 2000, I: 2, H: 4, seed: 8 })
    const [loop, scan] = modes.map(mode => run(build({ inputSize: 2, hiddenSize: 4, seed: 8, mode }), all))
    for (const [name, t] of Object.entries(loop))
      expect(relativeError(scan[name], t), name).toBeLessThan(1e-12)
  })

  it('runs as a loop unless asked: the same numbers, exactly', () => {
    const all = draw({ B: 2, T: 9, I: 2, H: 4, seed: 8 })
    const [usual, loop] = [{}, { mode: 'loop' } as const].map(mode =>
      run(build({ inputSize: 2, hiddenSize: 4, ...mode }), all),
    )
    for (const [name, t] of Object.entries(loop)) expect(usual[name].equals(t), name).toBe(true)
  })

  it('draws weights from U(-1/√H, 1/√H): within the bound, filling it, the same for one seed, those of RNN', () => {
    const draw = (seed?: number) => build({ inputSize: 8, hiddenSize: 16, seed }).stateDict()
    const { weight_ih_l0, bias_ih_l0 } = draw(1)
    expect(weight_ih_l0.maxAbs()).toBeLessThanOrEqual(0.25)
    expect(weight_ih_l0.maxAbs()).toBeGreaterThan(0.24)
    expect(bias_ih_l0.maxAbs()).toBeLessThanOrEqual(0.25)
    expect(bias_ih_l0.maxAbs()).toBeGreaterThan(0.15)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(2)).not.toEqual(draw(1))
    expect(draw()).toEqual(draw(0))
    const elman = new RNN({ inputSize: 8, hiddenSize: 16, seed: 1 }).stateDict().weight_ih_l0
    expect(weight_ih_l0.slice(0, 16).equals(elman)).toBe(true)
  })

  describe('refuses misuse with the name and both values:', () => {
    const net = build({ inputSize: 3, hiddenSize: 4 })
    const x = Tensor.zeros([2, 5, 3])
    const spoilt = (value: number, shape: readonly number[], ...index: number[]) => {
      const t = Tensor.zeros(shape)
      t.set(index, value)
      return t
    }
    const afterForward = (misuse: () => unknown) => {
      net.forward(x)
      net.backward()
      net.forward(x)
      return misuse()
    }
    it.each<[string, () => unknown]>([
      [
        'RangeError: x has shape [2, 5, 2], expected [B, T, I = 3]',
        () => net.forward(Tensor.zeros([2, 5, 2])),
      ],
      [
        'RangeError: x has shape [3], expected [batch, time, input] or [time, input]',
        () => net.forward(Tensor.zeros([3])),
      ],
      [
        'RangeError: x has T = 0 steps of B = 2 sequences, expected at least one of each',
        () => net.forward(Tensor.zeros([2, 0, 3])),
      ],
      [
        'RangeError: h0 has shape [2, 4], expected [layers = 1, B = 2, H = 4]',
        () => net.forward(x, { h0: Tensor.zeros([2, 4]) }),
      ],
      ['TypeError: x is float32, expected float64', () => net.forward(x.astype('float32'))],
      [
        'TypeError: h0 is float32, expected float64',
        () => net.forward(x, { h0: Tensor.zeros([1, 2, 4], 'float32') }),
      ],
      [
        'RangeError: x is NaN at [1, 4, 2], expected finite numbers',
        () => net.forward(spoilt(NaN, [2, 5, 3], 1, 4, 2)),
      ],
      [
        'RangeError: h0 is Infinity at [0, 1, 3], expected finite numbers',
        () => net.forward(x, { h0: spoilt(Infinity, [1, 2, 4], 0, 1, 3) }),
      ],
      [
        'RangeError: dOutput is NaN at [1, 0, 2], expected finite numbers',
        () => afterForward(() => net.backward({ dOutput: spoilt(NaN, [2, 5, 4], 1, 0, 2) })),
      ],
      [
        'RangeError: dHN is -Infinity at [0, 0, 2], expected finite numbers',
        () => afterForward(() => net.backward({ dHN: spoilt(-Infinity, [1, 2, 4], 0, 0, 2) })),
      ],
      [
        'RangeError: b is NaN at [0, 0, 1], expected finite numbers',
        () => {
          const spoiltNet = build({ inputSize: 3, hiddenSize: 4 })
          spoiltNet.params.value('weight_ih_l0').row(-3).data.fill(NaN)
          spoiltNet.forward(x)
        },
      ],
      [
        'TypeError: unknown option: lengths, expected h0',
        () => net.forward(x, { lengths: [5, 2] } as Parameters<typeof net.forward>[1]),
      ],
      [
        'TypeError: unknown option: truncate, expected dOutput, dHN',
        () => afterForward(() => net.backward({ truncate: 2 } as Parameters<typeof net.backward>[0])),
      ],
      [
        'RangeError: dOutput has shape [5, 2, 4], expected [B = 2, T = 5, H = 4]',
        () => afterForward(() => net.backward({ dOutput: Tensor.zeros([5, 2, 4]) })),
      ],
      [
        'RangeError: dHN has shape [2, 4], expected [layers = 1, B = 2, H = 4]',
        () => afterForward(() => net.backward({ dHN: Tensor.zeros([2, 4]) })),
      ],
      ['Error: forward has not run yet', () => build({ inputSize: 1, hiddenSize: 1 }).backward()],
      ['Error: forward has not run yet', () => build({ inputSize: 1, hiddenSize: 1 }).states()],
      ['Error: backward has not run since the last forward', () => afterForward(() => net.stateGradients())],
      ['TypeError: missing option inputSize', () => build({ hiddenSize: 2 } as ScanNetOptions)],
      [
        'RangeError: expected hiddenSize to be a whole number from 1, got 0',
        () => build({ inputSize: 1, hiddenSize: 0 }),
      ],
      [
        "TypeError: unknown mode: tree, expected 'loop' or 'scan'",
        () => build({ inputSize: 1, hiddenSize: 1, mode: 'tree' as 'scan' }),
      ],
      [
        "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
        () => build({ inputSize: 1, hiddenSize: 1, dtype: 'float16' as 'float32' }),
      ],
      [
        'TypeError: unknown option: nonlinearity, expected inputSize, hiddenSize, bias, batchFirst, dtype, seed, mode',
        () => build({ inputSize: 1, hiddenSize: 1, nonlinearity: 'tanh' } as ScanNetOptions),
      ],
    ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))

    it('and after it still speaks of the last sequence that went well, and has its gradients', () => {
      const { x: good, dHN } = gaussians(2, { x: [5, 3], dHN: [1, 4] })
      net.forward(good)
      net.backward({ dHN })
      const expected = { states: net.states(), ...net.gradients() }
      complaintOf(() => net.forward(spoilt(NaN, [5, 3], 0, 0)))
      complaintOf(() => net.backward({ dHN: spoilt(NaN, [1, 4], 0, 0) }))
      for (const [name, t] of Object.entries({ states: net.states(), ...net.gradients() }))
        expect(t.equals(expected[name as 'states']), name).toBe(true)
    })
  })
})
