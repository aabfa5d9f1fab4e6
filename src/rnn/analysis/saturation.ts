/**
 * How often units sit at their limits, where their slope is near 0: neither does a gradient come through nor does an
 * input change much. (Karpathy, Johnson and Li 2015, who count gates below 0.1 and above 0.9.)
 */
import { fillOptions } from '../array/options.ts'
import { formatShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** What share of the values is at either limit. */
export interface Saturation {
  /** (H) share of values below `low`, by unit, 0 to 1 */
  readonly low: Tensor
  /** (H) share of values above `high`, by unit, 0 to 1 */
  readonly high: Tensor
  /** Share of all values beyond either, 0 to 1 */
  readonly share: number
}

/**
 * NaN is left out, of the shares and of what they are shares of: it stands where a sequence has no step.
 *
 * @param values (…, H), such as `output` or `states()`, or one of an LSTM's or GRU's `gates()` with the limits
 *   `{ low: 0.1, high: 0.9 }`
 * @param limits -0.9 and 0.9 unless given, where tanh has 0.19 of its slope left
 * @throws RangeError if there are no values, or low is not below high; TypeError for an unknown option
 * @example
 * ```ts
 * const { low, high, share } = saturation(Tensor.from([[0.95, 0], [0.99, -0.95]]))
 * low // → [0, 0.5]
 * high // → [1, 0]
 * share // → 0.75
 * ```
 */
export function saturation(values: Tensor, limits: { low?: number; high?: number } = {}): Saturation {
  const { low, high } = fillOptions(limits, { low: -0.9, high: 0.9 })
  const H = values.shape.at(-1) ?? 1
  const counts = countsOf(values, H, v => !Number.isNaN(v))
  const n = counts.sum()
  if (n === 0)
    throw new RangeError(`values has shape ${formatShape(values.shape)}, expected at least one number`)
  if (!(low < high)) throw new RangeError(`low is ${low}, expected it below high = ${high}`)
  const lows = countsOf(values, H, v => v < low)
  const highs = countsOf(values, H, v => v > high)
  const perUnit = counts.map(count => 1 / Math.max(1, count))
  return { low: lows.mul(perUnit), high: highs.mul(perUnit), share: (lows.sum() + highs.sum()) / n }
}

/** (H) how many of each unit's values are such. */
function countsOf({ data }: Tensor, H: number, test: (value: number) => boolean): Tensor {
  const counts = Tensor.zeros([H])
  for (let k = 0; k < data.length; k++) if (test(data[k])) counts.data[k % H]++
  return counts
}
