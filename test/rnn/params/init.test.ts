import { describe, expect, it } from 'vitest'
import {
  type GainName,
  gainOf,
  gaussianInit,
  identityInit,
  type KaimingOptions,
  kaimingNormalInit,
  kaimingUniformInit,
  nonlinearities,
  orthogonalInit,
  perGate,
  Random,
  singularValues,
  Tensor,
  uniformInit,
  type XavierOptions,
  xavierNormalInit,
  xavierUniformInit,
} from '../../../src/rnn/index.ts'
import { readGolden } from '../golden.ts'
import { complaintOf } from '../support.ts'

it('uniformInit stays within its bound and fills it', () => {
  const W = uniformInit(new Random(1), [40, 25], 0.2)
  expect(W.shape).toEqual([40, 25])
  expect(W.maxAbs()).toBeLessThanOrEqual(0.2)
  expect(W.maxAbs()).toBeGreaterThan(0.199)
  expect(Math.abs(W.sum() / 1000)).toBeLessThan((4 * 0.2) / Math.sqrt(3000))
})

it('gaussianInit has the standard deviation asked for, 1000 draws within 10 %', () => {
  const W = gaussianInit(new Random(1), [1000], 0.3)
  expect(Math.abs(W.norm() / Math.sqrt(1000) / 0.3 - 1)).toBeLessThan(0.1)
})

it('orthogonalInit keeps every length but for the gain, to 1e-14', () => {
  const W = orthogonalInit(new Random(1), 5, 5, 1.5)
  const expected = Tensor.identity(5).mul(1.5 * 1.5)
  expect(W.transpose().matmul(W).maxAbsDifference(expected)).toBeLessThan(1e-14)
})

it('identityInit copies, times its gain', () => {
  expect(identityInit(2, 0.5).toArray()).toEqual([
    [0.5, 0],
    [0, 0.5],
  ])
})

type Shaped = readonly [rows: number, columns: number]

/** By the names of the files of PyTorch's statistics. */
const inits: Record<string, (random: Random, shape: Shaped) => Tensor> = {
  xavier_uniform: xavierUniformInit,
  xavier_normal: xavierNormalInit,
  xavier_uniform_tanh: (random, shape) => xavierUniformInit(random, shape, { gain: gainOf('tanh') }),
  xavier_normal_tanh: (random, shape) => xavierNormalInit(random, shape, { gain: gainOf('tanh') }),
  kaiming_uniform_relu: kaimingUniformInit,
  kaiming_normal_relu: (random, shape) => kaimingNormalInit(random, shape, { nonlinearity: 'relu' }),
  kaiming_uniform_tanh_fan_out: (random, shape) =>
    kaimingUniformInit(random, shape, { mode: 'fanOut', nonlinearity: 'tanh' }),
  kaiming_normal_linear_fan_out: (random, shape) =>
    kaimingNormalInit(random, shape, { mode: 'fanOut', nonlinearity: 'linear' }),
}

interface Stats {
  readonly init: string
  readonly shape: Shaped
  readonly gain?: number
  /** How many weights PyTorch drew */
  readonly samples: number
  /** The mean of their variances */
  readonly mean_var: number
  readonly expected_var: number
  readonly max_abs: number
  readonly uniform_bound: number | null
}

interface Content {
  /** Only in this project's own file */
  readonly gains?: Record<GainName, number>
  readonly init: { readonly stats: Stats[] }
}

const golden = readGolden<Content>('init.json')

describe.each(golden)("as PyTorch's (%s):", (_, { init: { stats } }) => {
  const drawn = stats.filter(({ init }) => init !== 'orthogonal')
  it.each(drawn.map(stat => [stat.init, stat.shape, stat] as const))(
    '%s %j: its mean and variance within 5 standard errors, its bound to 1 %',
    (_, shape, { init, samples, mean_var, expected_var, max_abs, uniform_bound }) => {
      const random = new Random(1)
      const draws = Math.min(samples, 60)
      const all = Tensor.stack(Array.from({ length: draws }, () => inits[init](random, shape)))
      const n = all.data.length
      const variance = all.dot(all) / n
      // Of n squares: their variance is 2σ⁴ for a Gaussian, 0.8σ⁴ for a uniform one. PyTorch's figure has its own error.
      const spread = uniform_bound === null ? 2 : 0.8
      const error = Math.sqrt(spread / n)
      const errorOfBoth = Math.sqrt(spread / n + (spread / n) * (draws / samples))
      expect(Math.abs(all.mean())).toBeLessThan(5 * Math.sqrt(expected_var / n))
      expect(Math.abs(variance / expected_var - 1)).toBeLessThan(5 * error)
      // PyTorch's variances are around the mean of each weight, which takes 1/(rows · columns) away.
      const around = mean_var / (1 - 1 / (shape[0] * shape[1]))
      expect(Math.abs(variance / around - 1)).toBeLessThan(5 * errorOfBoth)
      if (uniform_bound !== null) {
        expect(all.maxAbs()).toBeLessThanOrEqual(uniform_bound * (1 + 1e-15))
        expect(all.maxAbs()).toBeGreaterThan(0.99 * max_abs)
      }
    },
  )

  it.each(stats.filter(({ init }) => init === 'orthogonal').map(stat => [stat.shape, stat] as const))(
    'orthogonal %j: all singular values are its gain, to 1e-14',
    (_, { shape: [rows, columns], gain = 1, expected_var }) => {
      const W = orthogonalInit(new Random(1), rows, columns, gain)
      const gram = rows < columns ? W.matmul(W.transpose()) : W.transpose().matmul(W)
      const expected = Tensor.identity(Math.min(rows, columns)).mul(gain * gain)
      expect(gram.maxAbsDifference(expected)).toBeLessThan(1e-14)
      expect(Math.abs(W.dot(W) / W.data.length - expected_var)).toBeLessThan(1e-14)
    },
  )
})

it("gainOf is PyTorch's calculate_gain, to the bit", () => {
  const [[, { gains }]] = golden
  for (const [name, gain] of Object.entries(gains!)) expect(gainOf(name as GainName)).toBe(gain)
  expect(Object.keys(gains!)).toHaveLength(4)
})

describe('what an initialisation is for', () => {
  const n = 100
  const runs = 20
  /** The mean square after 10 layers of relus, of numbers whose mean square is 1; the mean of 20 runs. */
  const through = (init: typeof kaimingUniformInit) => {
    const random = new Random(1)
    let sum = 0
    for (let run = 0; run < runs; run++) {
      let h = gaussianInit(random, [n], 1)
      for (let layer = 0; layer < 10; layer++) h = init(random, [n, n]).matmul(h).map(nonlinearities.relu.f)
      sum += h.dot(h) / n
    }
    return sum / runs
  }

  it.each<[string, typeof kaimingUniformInit, number]>([
    ['Kaiming, uniform, keeps them', kaimingUniformInit, 1],
    ['Kaiming, normal, keeps them', kaimingNormalInit, 1],
    ['Xavier, uniform, loses half of them in each', xavierUniformInit, 2 ** -10],
    ['Xavier, normal, loses half of them in each', xavierNormalInit, 2 ** -10],
  ])('mean squares through 10 layers of relus, within a factor of 2: %s', (_, init, expected) => {
    const factor = through(init) / expected
    expect(factor).toBeGreaterThan(0.5)
    expect(factor).toBeLessThan(2)
  })

  it('fanIn keeps what goes through (40, 160) as large, fanOut what comes back, within 20 %', () => {
    const random = new Random(1)
    const [x, dy] = [gaussianInit(random, [160], 1), gaussianInit(random, [40], 1)]
    const meanSquare = (v: Tensor) => v.dot(v) / v.data.length
    const ratios = (mode: 'fanIn' | 'fanOut') => {
      const draws = Array.from({ length: 40 }, () =>
        kaimingNormalInit(random, [40, 160], { mode, nonlinearity: 'linear' }),
      )
      const forward = draws.reduce((sum, W) => sum + meanSquare(W.matmul(x)) / meanSquare(x) / 40, 0)
      const back = draws.reduce(
        (sum, W) => sum + meanSquare(W.transpose().matmul(dy)) / meanSquare(dy) / 40,
        0,
      )
      return [forward, back]
    }
    for (const [ratio, expected] of [
      ...ratios('fanIn').map((ratio, i) => [ratio, [1, 0.25][i]]),
      ...ratios('fanOut').map((ratio, i) => [ratio, [4, 1][i]]),
    ])
      expect(Math.abs(ratio / expected - 1)).toBeLessThan(0.2)
  })

  it('perGate gives orthogonal gates, one below the other, where one orthogonal (4H, H) has none', () => {
    const H = 6
    const random = new Random(1)
    const gates: number[] = []
    const W = perGate(4, gate => {
      gates.push(gate)
      return orthogonalInit(random, H).mul(gate + 1)
    })
    expect([W.shape, gates]).toEqual([
      [4 * H, H],
      [0, 1, 2, 3],
    ])
    const whole = orthogonalInit(random, 4 * H, H)
    for (const gate of gates) {
      for (const sigma of singularValues(W.slice(gate * H, (gate + 1) * H)).data)
        expect(Math.abs(sigma / (gate + 1) - 1)).toBeLessThan(1e-12)
      expect(Math.min(...singularValues(whole.slice(gate * H, (gate + 1) * H)).data)).toBeLessThan(0.5)
    }
    expect(perGate(3, gate => Tensor.full([2], gate)).toArray()).toEqual([0, 0, 1, 1, 2, 2])
  })
})

describe('every initialisation that draws', () => {
  const all: [string, (random: Random, dtype: 'float64' | 'float32') => Tensor][] = [
    ['uniformInit', (random, dtype) => uniformInit(random, [3, 4], 0.5, dtype)],
    ['gaussianInit', (random, dtype) => gaussianInit(random, [3, 4], 0.5, dtype)],
    ['xavierUniformInit', (random, dtype) => xavierUniformInit(random, [3, 4], { dtype })],
    ['xavierNormalInit', (random, dtype) => xavierNormalInit(random, [3, 4], { dtype })],
    ['kaimingUniformInit', (random, dtype) => kaimingUniformInit(random, [3, 4], { dtype })],
    ['kaimingNormalInit', (random, dtype) => kaimingNormalInit(random, [3, 4], { dtype })],
  ]
  it.each(all)(
    '%s gives the same bits for a seed, others for another, and in float32 the same, rounded',
    (_, init) => {
      const W = init(new Random(1), 'float64')
      expect(W.shape).toEqual([3, 4])
      expect([...init(new Random(1), 'float64').data]).toEqual([...W.data])
      expect(init(new Random(2), 'float64').equals(W)).toBe(false)
      const single = init(new Random(1), 'float32')
      expect(single.dtype).toBe('float32')
      expect([...single.data]).toEqual([...W.data].map(Math.fround))
    },
  )

  it('draws these very numbers from seed 1 in every engine', () => {
    expect([...xavierUniformInit(new Random(1), [1, 2]).data]).toEqual([
      -0.297911177426895, -0.9963132031443618,
    ])
    expect([...kaimingNormalInit(new Random(1), [1, 2]).data]).toEqual([
      -0.31769638969762326, 1.712940785003619,
    ])
  })

  it('has no spread with a gain of 0', () => {
    expect(xavierNormalInit(new Random(1), [2, 2], { gain: 0 }).maxAbs()).toBe(0)
  })
})

describe('an initialisation refuses misuse with the name and the value:', () => {
  const random = new Random(1)
  const messages: [string, () => unknown, string][] = [
    [
      'one axis',
      () => xavierUniformInit(random, [3]),
      'RangeError: weight has shape [3], expected [rows, columns]',
    ],
    [
      'three axes',
      () => kaimingNormalInit(random, [3, 2, 1]),
      'RangeError: weight has shape [3, 2, 1], expected [rows, columns]',
    ],
    [
      'no rows',
      () => xavierNormalInit(random, [0, 2]),
      'RangeError: expected rows to be a whole number from 1, got 0',
    ],
    [
      'half a column',
      () => kaimingUniformInit(random, [2, 2.5]),
      'RangeError: expected columns to be a whole number from 1, got 2.5',
    ],
    [
      'gain below 0',
      () => xavierUniformInit(random, [2, 2], { gain: -1 }),
      'RangeError: expected gain to be finite and at least 0, got -1',
    ],
    [
      'gain that is no number',
      () => xavierNormalInit(random, [2, 2], { gain: Number.NaN }),
      'RangeError: expected gain to be finite and at least 0, got NaN',
    ],
    [
      'option of the other',
      () => xavierUniformInit(random, [2, 2], { mode: 'fanIn' } as XavierOptions),
      'TypeError: unknown option: mode, expected gain, dtype',
    ],
    [
      'option of the one',
      () => kaimingUniformInit(random, [2, 2], { gain: 1 } as KaimingOptions),
      'TypeError: unknown option: gain, expected mode, nonlinearity, dtype',
    ],
    [
      'mode',
      () => kaimingUniformInit(random, [2, 2], { mode: 'fan_in' } as unknown as KaimingOptions),
      'TypeError: unknown mode: fan_in, expected fanIn, fanOut',
    ],
    [
      'mode that objects have',
      () => kaimingUniformInit(random, [2, 2], { mode: 'toString' } as unknown as KaimingOptions),
      'TypeError: unknown mode: toString, expected fanIn, fanOut',
    ],
    [
      'nonlinearity',
      () => kaimingNormalInit(random, [2, 2], { nonlinearity: 'selu' } as unknown as KaimingOptions),
      'TypeError: unknown nonlinearity: selu, expected tanh, relu, linear, sigmoid',
    ],
    [
      'nonlinearity of a gain',
      () => gainOf('constructor' as GainName),
      'TypeError: unknown nonlinearity: constructor, expected tanh, relu, linear, sigmoid',
    ],
    [
      'dtype',
      () => xavierNormalInit(random, [2, 2], { dtype: 'float16' } as unknown as XavierOptions),
      "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
    ],
    [
      'no gate',
      () => perGate(0, () => Tensor.zeros([2, 2])),
      'RangeError: expected gates to be a whole number from 1, got 0',
    ],
    [
      'gates of two widths',
      () => perGate(2, gate => Tensor.zeros([2, 2 + gate])),
      'RangeError: cannot join [2, 2] and [2, 3] along axis 0',
    ],
  ]
  it.each(messages)('%s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))
})
