/**
 * Time series whose best possible forecast is known, so that a network's error has something to be held against.
 * (Box and Jenkins 1970)
 */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** How many series, how long, and how noisy. */
export interface SeriesOptions {
  /** B series */
  readonly batch: number
  /** T steps to read; there is one value more, the last target */
  readonly steps: number
  /** σ of the noise e_t; 1 unless given. No one-step forecast has a mean squared error below σ². */
  readonly std?: number
}

/** x (B, T, 1) the values v_1 … v_T, and target (B, T, 1) the next ones, v_2 … v_{T+1}. */
export interface Series {
  readonly x: Tensor
  readonly target: Tensor
}

/**
 * AR(p): v_t = φ_1 v_{t-1} + … + φ_p v_{t-p} + e_t with e_t from N(0, σ²), from its first value on in the stationary
 * state. The best forecast from p values or more is that sum without e_t; its mean squared error is σ², that of always
 * saying 0 is `autoregressiveVariance`.
 *
 * @param coefficients φ_1 … φ_p
 * @throws RangeError if the process is not stationary
 * @example
 * ```ts
 * const { x, target } = autoregressive(new Random(1), { coefficients: [0.9], batch: 4, steps: 500 })
 * const best = squaredError(x.mul(0.9), target).loss
 * Math.abs(best - 1) < 0.1 // → true
 * autoregressiveVariance([0.9]) // → 5.2632
 * ```
 */
export function autoregressive(
  random: Random,
  { coefficients, batch, steps, std = 1 }: SeriesOptions & { readonly coefficients: readonly number[] },
): Series {
  const orders = lowerOrders(coefficients)
  const p = coefficients.length
  return toSeries({ batch, steps }, (v, t) => {
    const { phi, noise } = orders[Math.min(t, p)]
    return phi.reduce((sum, f, i) => sum + f * v[t - 1 - i], 0) + random.normal(0, std * Math.sqrt(noise))
  })
}

/**
 * The variance of an AR(p) process, which is the mean squared error of always forecasting its mean, 0.
 * For p = 1 it is σ² / (1 - φ²).
 *
 * @throws RangeError if the process is not stationary
 */
export function autoregressiveVariance(coefficients: readonly number[], std = 1): number {
  return std ** 2 * lowerOrders(coefficients)[0].noise
}

/**
 * A random walk: v_t = v_{t-1} + drift + e_t. The best forecast is the last value plus the drift, with a mean squared
 * error of σ²: nothing in the past helps to guess e_t.
 *
 * @param drift 0 unless given
 * @throws RangeError unless batch and steps are whole numbers from 1
 * @example
 * ```ts
 * const { x, target } = randomWalk(new Random(1), { batch: 4, steps: 500 })
 * const best = squaredError(x, target).loss
 * Math.abs(best - 1) < 0.1 // → true
 * ```
 */
export function randomWalk(
  random: Random,
  { batch, steps, std = 1, drift = 0 }: SeriesOptions & { readonly drift?: number },
): Series {
  return toSeries({ batch, steps }, (v, t) => (v[t - 1] ?? 0) + drift + random.normal(0, std))
}

/** @param next the value number t, from 0, given those before it */
function toSeries(
  { batch, steps }: { batch: number; steps: number },
  next: (v: Float64Array, t: number) => number,
): Series {
  expectWhole(batch, 'batch')
  expectWhole(steps, 'steps')
  const series = Array.from({ length: batch }, () => {
    const v = new Float64Array(steps + 1)
    for (let t = 0; t <= steps; t++) v[t] = next(v.subarray(0, t), t)
    return new Tensor(v, [steps + 1, 1])
  })
  return {
    x: Tensor.stack(series.map(v => v.slice(0, steps))),
    target: Tensor.stack(series.map(v => v.slice(1))),
  }
}

/**
 * How each of the first values depends on those before it: entry m has the best coefficients of order m, and the noise
 * that is left, as a share of σ². By the Levinson-Durbin recursion backwards; the process is stationary just if every
 * reflection coefficient, the last one of each order, is inside of (-1, 1).
 */
function lowerOrders(coefficients: readonly number[]): { phi: readonly number[]; noise: number }[] {
  let phi = coefficients
  const orders = [{ phi, noise: 1 }]
  for (let m = coefficients.length; m >= 1; m--) {
    const k = phi[m - 1]
    if (!(Math.abs(k) < 1)) throw new RangeError(`AR(p) with [${coefficients.join(', ')}] is not stationary`)
    const last = phi
    phi = last.slice(0, m - 1).map((f, i) => (f + k * last[m - 2 - i]) / (1 - k * k))
    orders.unshift({ phi, noise: orders[0].noise / (1 - k * k) })
  }
  return orders
}
