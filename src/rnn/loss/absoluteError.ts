/** Absolute error: regression that a few wild targets do not bend. */
import { fillOptions } from '../array/options.ts'
import type { Tensor } from '../array/tensor.ts'
import { type Loss, pointwiseLoss, type Reduction } from './loss.ts'

/**
 * L = 1/n Σ |yᵢ - targetᵢ| over all n numbers (MAE), and ∂L/∂y = 1/n sign(y - target), which is 0 where they are equal.
 * (PyTorch's `L1Loss`)
 *
 * @param y any shape
 * @param target the shape of y
 * @throws RangeError if the shapes differ, or a number is not finite
 * @example
 * ```ts
 * const { loss, dy } = absoluteError(Tensor.from([1, 2]), Tensor.from([0, 4]))
 * loss // → 1.5
 * dy // → [0.5, -0.5]
 * ```
 */
export function absoluteError<R extends Reduction = 'mean'>(
  y: Tensor,
  target: Tensor,
  options: { reduction?: R } = {},
): Loss<R> {
  const { reduction } = fillOptions<{ reduction: Reduction }>(options, { reduction: 'mean' })
  return pointwiseLoss(y, target, reduction as R, {
    f: (y, target) => Math.abs(y - target),
    slope: (y, target) => Math.sign(y - target),
  })
}
