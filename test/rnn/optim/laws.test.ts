/** What holds for every optimiser, and what each is known for. */
import { describe, expect, it } from 'vitest'
import {
  adagrad,
  adam,
  adamW,
  chain,
  clipByNorm,
  clipByValue,
  clipNorm,
  clipValue,
  type DType,
  gradientNorm,
  type Optimizer,
  Random,
  rmsprop,
  sgd,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

const optimizers: [string, Optimizer][] = [
  ['sgd', sgd({ lr: 0.1 })],
  ['sgd with momentum', sgd({ lr: 0.02, momentum: 0.9 })],
  ["sgd with Nesterov's momentum", sgd({ lr: 0.02, momentum: 0.9, nesterov: true })],
  ['rmsprop', rmsprop({ lr: 0.01, alpha: 0.9 })],
  ['rmsprop, centered, with momentum', rmsprop({ lr: 0.003, alpha: 0.9, momentum: 0.5, centered: true })],
  ['adagrad', adagrad({ lr: 0.5 })],
  ['adam', adam({ lr: 0.1 })],
  ['adam, amsgrad', adam({ lr: 0.1, amsgrad: true })],
  ['adamW', adamW({ lr: 0.1, weightDecay: 1e-4 })],
  ['a chain', chain(clipNorm({ maxNorm: 10 }), clipValue({ maxValue: 5 }), adam({ lr: 0.1 }))],
]

/** ½ Σ cᵢ (θᵢ - i)², whose gradient is cᵢ (θᵢ - i). */
const curvature = [1, 0.3, 3, 2]
function writeGradient(grads: Float64Array | Float32Array, values: Float64Array | Float32Array): void {
  for (let i = 0; i < values.length; i++) grads[i] = curvature[i] * (values[i] - i)
}

function follow({ init, update }: Optimizer, steps: number, dtype: DType = 'float64') {
  const [values, grads] =
    dtype === 'float32'
      ? [new Float32Array(4), new Float32Array(4)]
      : [new Float64Array(4), new Float64Array(4)]
  const state = init(4, dtype)
  const go = (steps: number) => {
    for (let step = 0; step < steps; step++) {
      writeGradient(grads, values)
      update(values, grads, state)
    }
  }
  go(steps)
  return { values, grads, state, go }
}

describe.each(optimizers)('%s', (_, optimizer) => {
  it('finds the minimum of a quadratic bowl, to 0.05, in 500 steps', () => {
    follow(optimizer, 500).values.forEach((v, i) => {
      expect(Math.abs(v - i)).toBeLessThan(0.05)
    })
  })

  it('goes on from a copy of its state to the same bits as without a pause', () => {
    const [whole, half] = [follow(optimizer, 20), follow(optimizer, 9)]
    const state = structuredClone(half.state)
    half.go(3)
    const resumed = { values: follow(optimizer, 9).values, grads: new Float64Array(4) }
    for (let step = 9; step < 20; step++) {
      writeGradient(resumed.grads, resumed.values)
      optimizer.update(resumed.values, resumed.grads, state)
    }
    expect(resumed.values).toEqual(whole.values)
    expect(state).toEqual(whole.state)
  })

  it('in float32 stays within 1e-4 of float64 for 20 steps, with float32 moments', () => {
    const [single, double] = [follow(optimizer, 20, 'float32'), follow(optimizer, 20)]
    const moments = [single.state, ...(single.state.parts ?? [])].flatMap(state =>
      Object.values(state.moments),
    )
    expect(moments.every(moment => moment instanceof Float32Array)).toBe(true)
    single.values.forEach((v, i) => {
      expect(Math.abs(v - double.values[i])).toBeLessThan(1e-4)
    })
  })

  it('leaves no float32 moment between 0 and 1e-30 when gradients vanish', () => {
    const { values, grads, state } = follow(optimizer, 3, 'float32')
    for (const g of [1e-14, 1e-16, 1e-20, 1e-33, ...Array<number>(1500).fill(0)]) {
      grads.fill(g)
      optimizer.update(values, grads, state)
    }
    const moments = [state, ...(state.parts ?? [])].flatMap(({ moments }) => Object.values(moments))
    const sizes = moments.flatMap(moment => [...moment]).map(Math.abs)
    expect(sizes.filter(size => size > 0 && size < 1e-30)).toEqual([])
    expect([...values].every(Number.isFinite)).toBe(true)
  })

  it('refuses gradients that do not fit', () => {
    const state = optimizer.init(4, 'float64')
    const values = new Float64Array(4)
    expect(complaintOf(() => optimizer.update(values, new Float64Array(3), state))).toBe(
      'RangeError: grads has length 3, expected 4',
    )
    expect(complaintOf(() => optimizer.update(values, new Float32Array(4), state))).toBe(
      'TypeError: grads is float32, expected float64',
    )
  })
})

describe('chain', () => {
  it('with clipping before sgd is clipping by hand and then sgd, to the bit', () => {
    const random = new Random(1)
    const values = Float64Array.from({ length: 6 }, () => random.normal())
    const grads = values.map(() => random.normal(0, 3))
    const [byHand, clipped] = [values.slice(), grads.slice()]
    clipByNorm(clipped, { maxNorm: 1 })
    clipByValue(clipped, 0.3)
    const plain = sgd({ lr: 0.5 })
    plain.update(byHand, clipped, plain.init(6, 'float64'))
    const chained = chain(clipNorm({ maxNorm: 1 }), clipValue({ maxValue: 0.3 }), sgd({ lr: 0.5 }))
    chained.update(values, grads, chained.init(6, 'float64'))
    expect(values).toEqual(byHand)
  })

  it('refuses the state of another chain', () => {
    const [one, two] = [chain(sgd()), chain(sgd(), sgd())]
    expect(
      complaintOf(() => two.update(new Float64Array(1), new Float64Array(1), one.init(1, 'float64'))),
    ).toBe('RangeError: state has 1 parts, expected 2')
    expect(
      complaintOf(() => adam().update(new Float64Array(1), new Float64Array(1), sgd().init(1, 'float64'))),
    ).toBe('TypeError: state has no moment m, expected m, v')
  })
})

describe('the norm of the gradients', () => {
  it('neither overflows nor underflows', () => {
    expect(gradientNorm(new Float64Array([3e200, 4e200]))).toBeCloseTo(5e200, -190)
    expect(gradientNorm(new Float64Array([3e-200, 4e-200])) / 5e-200).toBeCloseTo(1, 14)
    expect(gradientNorm(new Float64Array(3))).toBe(0)
  })

  it('is NaN or infinite as soon as one gradient is, and then nothing is clipped', () => {
    expect(gradientNorm(new Float64Array([1, NaN, 2]))).toBeNaN()
    expect(gradientNorm(new Float64Array([1, -Infinity]))).toBe(Infinity)
    const grads = new Float64Array([1, NaN, 20])
    expect(complaintOf(() => clipByNorm(grads, { maxNorm: 1 }))).toBe(
      'RangeError: the norm of the gradients is NaN, expected a finite one',
    )
    expect(grads).toEqual(new Float64Array([1, NaN, 20]))
  })
})

describe('an optimiser refuses misuse with the name and the value:', () => {
  const messages: [string, () => unknown, string][] = [
    ['rate', () => sgd({ lr: -1 }), 'RangeError: expected lr to be finite and at least 0, got -1'],
    ['no number', () => adam({ lr: NaN }), 'RangeError: expected lr to be finite and at least 0, got NaN'],
    [
      'beta',
      () => adam({ betas: [0.9, 1] }),
      'RangeError: expected betas[1] to be from 0 to 0.9999999999999999, got 1',
    ],
    ['alpha', () => rmsprop({ alpha: 2 }), 'RangeError: expected alpha to be from 0 to 1, got 2'],
    [
      'decay',
      () => adagrad({ lrDecay: -1 }),
      'RangeError: expected lrDecay to be finite and at least 0, got -1',
    ],
    [
      'option',
      () => sgd({ beta: 1 } as object),
      'TypeError: unknown option: beta, expected lr, momentum, dampening, nesterov, weightDecay',
    ],
    [
      'Nesterov',
      () => sgd({ nesterov: true }),
      'RangeError: nesterov expects a momentum and no dampening, got momentum 0 and dampening 0',
    ],
    ['norm', () => clipNorm({ maxNorm: 0 }), 'RangeError: expected maxNorm to be finite and above 0, got 0'],
    [
      'value',
      () => clipValue({ maxValue: -1 }),
      'RangeError: expected maxValue to be finite and at least 0, got -1',
    ],
    ['empty chain', () => chain(), 'RangeError: expected at least one optimizer to chain'],
    [
      'a schedule gone wrong',
      () => follow(sgd({ lr: step => 1 - step }), 3),
      'RangeError: expected lr at step 2 to be finite and at least 0, got -1',
    ],
  ]
  it.each(messages)('%s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))
})
