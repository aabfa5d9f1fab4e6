/** A window over the last steps: the memory that a network without recurrence can be given. */
import { formatShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/**
 * Puts each step beside the k - 1 before it: row t of the result is [x_{t-k+1} … x_{t-1} x_t], with zeros for what
 * lies before the first step. A feed-forward network on it is a time-delay network (Waibel et al. 1989): it sees
 * exactly k steps, and nothing of what was earlier.
 *
 * @param x (T, I), or (B, T, I) for a batch
 * @returns (T, k·I), or (B, T, k·I)
 * @throws RangeError unless x has two or three axes and k is a whole number from 1
 * @example
 * ```ts
 * slidingWindow(Tensor.from([[1], [2], [3]]), 2) // → [[0, 1], [1, 2], [2, 3]]
 * ```
 */
export function slidingWindow(x: Tensor, k: number): Tensor {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`expected k to be a whole number from 1, got ${k}`)
  if (x.shape.length < 2 || x.shape.length > 3)
    throw new RangeError(`x has shape ${formatShape(x.shape)}, expected [T, I] or [B, T, I]`)
  const [T, I] = x.shape.slice(-2)
  return Tensor.generate(
    [...x.shape.slice(0, -1), k * I],
    offset => {
      const column = offset % (k * I)
      const row = Math.floor(offset / (k * I))
      const back = k - 1 - Math.floor(column / I)
      return back > row % T ? 0 : x.data[(row - back) * I + (column % I)]
    },
    x.dtype,
  )
}
