/**
 * Dropout (Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"), inverted: what
 * is kept is scaled up in training, so that a trained network runs as it is, without any mask.
 */
import type { DType, Numbers } from '../array/numbers.ts'
import { expectBetween } from '../array/options.ts'
import type { Random } from '../array/random.ts'
import type { Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** The largest number below 1. */
const mostOften = 1 - Number.EPSILON / 2

/**
 * m: each number 0 with probability p, otherwise 1/(1 - p), so that its mean is 1. Forward is y = m ⊙ x, and backward,
 * with the same m, dx = m ⊙ dy: both are `mul`.
 *
 * It draws as many random numbers for every p, and a larger p drops what a smaller one drops, and more.
 *
 * @param p from 0 up to, not with, 1; with 0 all are 1
 * @returns a new tensor of the given shape
 * @throws RangeError for another p
 * @example
 * ```ts
 * const mask = dropoutMask(new Random(4), [4], 0.5)
 * mask // → [0, 2, 0, 2]
 * Tensor.from([1, 2, 3, 4]).mul(mask) // → [0, 4, 0, 8]
 * ```
 */
export function dropoutMask(random: Random, shape: Shape, p: number, dtype: DType = 'float64'): Tensor {
  expectBetween('p', p, 0, mostOften)
  const mask = Tensor.zeros(shape, dtype)
  drawMask(mask.data, random, p)
  return mask
}

/** The same into an array that is there. */
export function drawMask(mask: Numbers, random: Random, p: number): void {
  const kept = 1 / (1 - p)
  for (let k = 0; k < mask.length; k++) mask[k] = random.uniform() < p ? 0 : kept
}
