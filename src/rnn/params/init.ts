/**
 * Where weights start. Each returns a new tensor; put it into a network with `loadStateDict`.
 *
 * A weight (rows, columns) takes `columns` numbers in, its fan-in, and gives `rows` out, its fan-out. Numbers are drawn
 * in float64 and rounded to the dtype, so float32 weights start where float64 ones do.
 */
import type { DType } from '../array/numbers.ts'
import { expectBetween, expectWhole, fillOptions } from '../array/options.ts'
import type { Random } from '../array/random.ts'
import { anySize, expectShape, type Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/**
 * Each number from U(-bound, bound). PyTorch's default is bound = 1/√H for an RNN, 1/√I for a linear layer.
 *
 * @example
 * ```ts
 * const W = uniformInit(new Random(1), [100, 10], 0.5)
 * W.maxAbs() // → 0.4985
 * ```
 */
export function uniformInit(random: Random, shape: Shape, bound: number, dtype: DType = 'float64'): Tensor {
  return Tensor.generate(shape, () => random.uniform(-bound, bound), dtype)
}

/**
 * Each number from N(0, std²).
 *
 * @example
 * ```ts
 * const W = gaussianInit(new Random(1), [100, 10], 0.5)
 * Math.abs(W.norm() / Math.sqrt(1000) - 0.5) < 0.02 // → true
 * ```
 */
export function gaussianInit(random: Random, shape: Shape, std: number, dtype: DType = 'float64'): Tensor {
  return Tensor.generate(shape, () => random.normal(0, std), dtype)
}

/**
 * gain · Q (rows, columns) with Q orthogonal: all singular values are `gain`. (Saxe, McClelland and Ganguli 2014)
 *
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 3 })
 * const weight_hh_l0 = orthogonalInit(new Random(1), 3, 3, 0.9)
 * net.loadStateDict({ ...net.stateDict(), weight_hh_l0 })
 * singularValues(weight_hh_l0) // → [0.900, 0.900, 0.900]
 * ```
 */
export function orthogonalInit(random: Random, rows: number, columns = rows, gain = 1): Tensor {
  return random.orthogonal(rows, columns).mul(gain)
}

/**
 * gain · I (n, n): with relu and zero biases the state is copied from step to step. (IRNN; Le, Jaitly and Hinton 2015)
 *
 * @example
 * ```ts
 * identityInit(2, 0.9) // → [[0.9, 0], [0, 0.9]]
 * ```
 */
export function identityInit(n: number, gain = 1): Tensor {
  return Tensor.identity(n).mul(gain)
}

/** What the numbers of a weight go through next. */
export type GainName = 'tanh' | 'relu' | 'linear' | 'sigmoid'

const gains: Readonly<Record<GainName, number>> = { tanh: 5 / 3, relu: Math.SQRT2, linear: 1, sigmoid: 1 }

/**
 * By how much weights are larger for what a nonlinearity takes away: √2 for relu, which halves the mean square; 5/3 for
 * tanh, by experience. (PyTorch's `calculate_gain`)
 *
 * @throws TypeError for an unknown nonlinearity
 * @example
 * ```ts
 * gainOf('tanh') // → 1.666667
 * ```
 */
export function gainOf(nonlinearity: GainName): number {
  if (!Object.hasOwn(gains, nonlinearity))
    throw new TypeError(`unknown nonlinearity: ${nonlinearity}, expected ${Object.keys(gains).join(', ')}`)
  return gains[nonlinearity]
}

/** By how much the numbers are larger, and of which dtype. */
export interface XavierOptions {
  /** 1 unless given; see `gainOf` */
  readonly gain?: number
  readonly dtype?: DType
}

/**
 * U(-a, a) with a = gain √(6 / (fanIn + fanOut)): the variance is gain² · 2 / (fanIn + fanOut), the mean of what keeps
 * values as large on the way forward and gradients on the way back. (Glorot and Bengio 2010)
 *
 * @param shape (rows, columns)
 * @throws RangeError unless there are two axes, both from 1, and the gain is finite and at least 0
 * @example
 * ```ts
 * xavierUniformInit(new Random(1), [100, 50]).maxAbs() < Math.sqrt(6 / 150) // → true
 * ```
 */
export function xavierUniformInit(random: Random, shape: Shape, options: XavierOptions = {}): Tensor {
  const { std, dtype } = xavier(shape, options)
  return uniformInit(random, shape, boundOf(std), dtype)
}

/** N(0, std²) with the same variance, std = gain √(2 / (fanIn + fanOut)). Throws as `xavierUniformInit`. */
export function xavierNormalInit(random: Random, shape: Shape, options: XavierOptions = {}): Tensor {
  const { std, dtype } = xavier(shape, options)
  return gaussianInit(random, shape, std, dtype)
}

/** What is kept as large, and through which nonlinearity. */
export interface KaimingOptions {
  /** Keep values as large on the way forward (the default), or gradients on the way back */
  readonly mode?: 'fanIn' | 'fanOut'
  /** Whose gain is taken; 'relu' unless given */
  readonly nonlinearity?: GainName
  readonly dtype?: DType
}

/**
 * U(-a, a) with a = gain √(3 / fan): the variance is gain² / fan, with which a layer of relus gives numbers as large as
 * it gets. (He, Zhang, Ren and Sun 2015; `kaiming_uniform_` in PyTorch, whose default gain is the same)
 *
 * @param shape (rows, columns)
 * @throws RangeError unless there are two axes, both from 1; TypeError for an unknown mode or nonlinearity
 * @example
 * ```ts
 * const random = new Random(1)
 * let h = gaussianInit(random, [100], 1)
 * for (let layer = 0; layer < 10; layer++)
 *   h = kaimingUniformInit(random, [100, 100]).matmul(h).map(nonlinearities.relu.f)
 * h.dot(h) / 100 // → 1.204
 * ```
 */
export function kaimingUniformInit(random: Random, shape: Shape, options: KaimingOptions = {}): Tensor {
  const { std, dtype } = kaiming(shape, options)
  return uniformInit(random, shape, boundOf(std), dtype)
}

/** N(0, std²) with the same variance, std = gain / √fan. Throws as `kaimingUniformInit`. */
export function kaimingNormalInit(random: Random, shape: Shape, options: KaimingOptions = {}): Tensor {
  const { std, dtype } = kaiming(shape, options)
  return gaussianInit(random, shape, std, dtype)
}

/**
 * The weights of all gates in one, one below the other as PyTorch keeps them: an LSTM has 4 (i, f, g, o), a GRU 3
 * (r, z, n). `perGate(4, () => orthogonalInit(random, H))` is (4H, H) with each gate orthogonal, whereas the parts of
 * one orthogonal (4H, H) are not: each shrinks what it multiplies, to half on average.
 *
 * @param init makes the weight of a gate, from 0, (rows, …)
 * @returns (gates · rows, …)
 * @throws RangeError unless there is a gate, and their other sizes agree
 * @example
 * ```ts
 * const random = new Random(1)
 * const net = new LSTM({ inputSize: 1, hiddenSize: 3 })
 * const weight_hh_l0 = perGate(4, () => orthogonalInit(random, 3))
 * net.loadStateDict({ ...net.stateDict(), weight_hh_l0 })
 * singularValues(weight_hh_l0.slice(0, 3)) // → [1.000, 1.000, 1.000]
 * ```
 */
export function perGate(gates: number, init: (gate: number) => Tensor): Tensor {
  return Tensor.concat(Array.from({ length: expectWhole('gates', gates, 1) }, (_, gate) => init(gate)))
}

function xavier(shape: Shape, options: XavierOptions): { std: number; dtype: DType } {
  const { gain, dtype } = fillOptions<Required<XavierOptions>>(options, { gain: 1, dtype: 'float64' })
  const { fanIn, fanOut } = fansOf(shape)
  return { std: expectBetween('gain', gain, 0) * Math.sqrt(2 / (fanIn + fanOut)), dtype }
}

function kaiming(shape: Shape, options: KaimingOptions): { std: number; dtype: DType } {
  const { mode, nonlinearity, dtype } = fillOptions<Required<KaimingOptions>>(options, {
    mode: 'fanIn',
    nonlinearity: 'relu',
    dtype: 'float64',
  })
  const fans = fansOf(shape)
  if (!Object.hasOwn(fans, mode)) throw new TypeError(`unknown mode: ${mode}, expected fanIn, fanOut`)
  return { std: gainOf(nonlinearity) / Math.sqrt(fans[mode]), dtype }
}

function fansOf(shape: Shape): { fanIn: number; fanOut: number } {
  const { rows, columns } = expectShape({ shape }, { rows: anySize, columns: anySize }, 'weight')
  return { fanIn: expectWhole('columns', columns, 1), fanOut: expectWhole('rows', rows, 1) }
}

/** a, so that U(-a, a) has this standard deviation */
function boundOf(std: number): number {
  return Math.sqrt(3) * std
}
