/**
 * How often units sit at their limits, where their slope is near 0: neither does a gradient come through nor does an
 * input change much. (Karpathy, Johnson and Li 2015, who count gates below 0.1 and above 0.9.)
 */
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
 * @param values (…, H), such as `output` or `states()`; for gates pass `{ low: 0.1, high: 0.9 }`
 * @param limits -0.9 and 0.9 unless given, where tanh has 0.19 of its slope left
 * @throws RangeError if there are no values, or low is not below high; NaN counts as neither
 * @example
 * ```ts
 * const { low, high, share } = saturation(Tensor.from([[0.95, 0], [0.99, -0.95]]))
 * low // → [0, 0.5]
 * high // → [1, 0]
 * share // → 0.75
 * ```
 */
export function saturation(values: Tensor, { low = -0.9, high = 0.9 } = {}): Saturation {
  const H = values.shape.at(-1) ?? 0
  const n = values.data.length
  if (n === 0)
    throw new RangeError(`values has shape ${formatShape(values.shape)}, expected at least one number`)
  if (!(low < high)) throw new RangeError(`low is ${low}, expected it below high = ${high}`)
  const shareWhere = (test: (v: number) => boolean) =>
    new Tensor(values.data, [n / H, H], values.dtype).map(v => (test(v) ? 1 : 0)).mean(0)
  const [lows, highs] = [shareWhere(v => v < low), shareWhere(v => v > high)]
  return { low: lows, high: highs, share: lows.mean() + highs.mean() }
}
