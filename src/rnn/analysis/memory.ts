/**
 * Linear memory capacity (Jaeger 2001, "Short term memory in echo state networks"): drive a network with independent
 * random numbers u_t and see how well u_{t-k} can be read from h_t by a linear map, for every lag k. Each R²(k) is
 * between 0 and 1, and their sum is at most H: H numbers cannot hold more than H numbers.
 *
 * The bound holds for R² on steps that the map was not fitted to; on those it was fitted to it comes out too high.
 * Even then a finite sequence moves the sum by some percent (10.2 of 10 in 6,000 steps), as its own numbers are not
 * quite independent. The measure says nothing of nonlinear maps, and it depends on the scale of the input.
 */
import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import { anySize, expectShape } from '../array/shape.ts'
import type { Tensor } from '../array/tensor.ts'
import { toMatrix } from './matrix.ts'

/** Which lags are tried, and how the linear map is fitted. */
export interface MemoryOptions {
  /** The longest lag; 2H unless given */
  readonly maxLag?: number
  /** Steps at the start that are not used; at least maxLag, and that unless given */
  readonly washout?: number
  /** Share of the steps that the map is fitted to, the first ones; the rest tests it. 0.5 unless given */
  readonly trainShare?: number
  /** λ of the ridge regression as a share of the states' total variance; 1e-14 unless given */
  readonly ridge?: number
}

/** How well each input of the past can be read from the state. */
export interface MemoryCurve {
  /** Σ R²(k), where a negative one counts as 0: such a reading is worse than the mean. */
  readonly capacity: number
  /** R²(k) on unseen steps, k = 0 … maxLag */
  readonly r2: readonly number[]
}

/**
 * MC = Σ_k R²(k), k = 0 … maxLag, with u_{t-k} read from h_t by ridge regression with an intercept. Lag 0 counts, as h_t
 * has seen u_t.
 *
 * @param states (T, H) h_1 … h_T, as `net.forward(u).output` of one sequence gives them
 * @param input (T) or (T, 1) u_1 … u_T, independent of one another
 * @throws RangeError if a shape does not fit, too few steps are left for H numbers, or a value is not finite
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 3, nonlinearity: 'relu', bias: false })
 * net.loadStateDict({
 *   weight_ih_l0: Tensor.from([[1], [0], [0]]),
 *   weight_hh_l0: Tensor.from([[0, 0, 0], [1, 0, 0], [0, 1, 0]]),
 * })
 * const random = new Random(1)
 * const u = Tensor.generate([2000, 1], () => random.uniform())
 * const { r2, capacity } = memoryCapacity(net.forward(u).output, u)
 * r2.slice(0, 3) // → [1.000, 1.000, 1.000]
 * capacity // → 3.00
 * ```
 */
export function memoryCapacity(states: Tensor, input: Tensor, options: MemoryOptions = {}): MemoryCurve {
  const { T, H } = expectShape(states, { T: anySize, H: anySize }, 'states')
  const axes: Record<string, number> = input.shape.length === 1 ? { T } : { T, I: 1 }
  expectShape(input, axes, 'input')
  const { maxLag = 2 * H, washout = maxLag, trainShare = 0.5, ridge = 1e-14 } = options
  const start = Math.max(washout, maxLag)
  const split = start + Math.floor((T - start) * trainShare)
  if (!(split - start > H + 1 && T - split > 1))
    throw new RangeError(
      `T = ${T} leaves ${split - start} steps to fit H = ${H} numbers and ${T - split} to test, after ${start} of washout`,
    )
  const train = { X: toMatrix(states.slice(start, split), 'states'), Y: lagged(input, start, split, maxLag) }
  const test = { X: toMatrix(states.slice(split), 'states'), Y: lagged(input, split, T, maxLag) }
  const predicted = ridgeRegression(train.X, train.Y, ridge)(test.X)
  const r2 = Array.from({ length: maxLag + 1 }, (_, k) =>
    rSquared(test.Y.getColumn(k), predicted.getColumn(k)),
  )
  return { capacity: r2.reduce((sum, r) => sum + Math.max(0, r), 0), r2 }
}

/** (steps, maxLag + 1): column k is u_{t-k} for t from `start` up to, not with, `end`. */
function lagged(input: Tensor, start: number, end: number, maxLag: number): Matrix {
  return Matrix.from1DArray(
    end - start,
    maxLag + 1,
    Array.from({ length: (end - start) * (maxLag + 1) }, (_, i) => {
      const [t, k] = [start + Math.floor(i / (maxLag + 1)), i % (maxLag + 1)]
      return input.data[t - k]
    }),
  )
}

/**
 * The map x ↦ mean(Y) + (x - mean(X)) W with W = (XᵀX + λI)⁻¹ XᵀY on centred columns, by the SVD of X: forming XᵀX
 * would square its condition, and what a network remembers longest is in its smallest directions.
 */
function ridgeRegression(X: Matrix, Y: Matrix, ridge: number): (X: Matrix) => Matrix {
  const [meanX, meanY] = [X.mean('column'), Y.mean('column')]
  const centred = X.clone().subRowVector(meanX)
  const svd = new SingularValueDecomposition(centred, { autoTranspose: true })
  const lambda = ridge * svd.diagonal.reduce((sum, s) => sum + s * s, 0)
  const shrink = svd.diagonal.map(s => (s === 0 ? 0 : s / (s * s + lambda)))
  const W = svd.rightSingularVectors
    .mmul(Matrix.diag(shrink))
    .mmul(svd.leftSingularVectors.transpose().mmul(Y))
  return x => x.clone().subRowVector(meanX).mmul(W).addRowVector(meanY)
}

/** 1 - Σ(y - ŷ)² / Σ(y - mean y)² */
function rSquared(y: readonly number[], predicted: readonly number[]): number {
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length
  const total = y.reduce((sum, v) => sum + (v - mean) ** 2, 0)
  if (!(total > 0)) throw new RangeError('input does not vary, so there is nothing to remember')
  return 1 - y.reduce((sum, v, i) => sum + (v - predicted[i]) ** 2, 0) / total
}
