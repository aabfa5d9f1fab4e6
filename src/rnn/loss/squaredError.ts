/** Squared error: the loss of regression. */
import { fillOptions } from '../array/options.ts'
import type { Tensor } from '../array/tensor.ts'
import { type Loss, pointwiseLoss, type Reduction } from './loss.ts'

/**
 * L = 1/n Σ (yᵢ - targetᵢ)² over all n numbers, and ∂L/∂y = 2/n (y - target). With `reduction: 'sum'` without 1/n.
 * (PyTorch's `MSELoss`; there is no factor ½.)
 *
 * @param y any shape
 * @param target the shape of y
 * @throws RangeError if the shapes differ, or a number is not finite
 * @example
 * ```ts
 * const { loss, dy } = squaredError(Tensor.from([1, 2]), Tensor.from([0, 4]))
 * loss // → 2.5
 * dy // → [1, -2]
 * ```
 */
export function squaredError<R extends Reduction = 'mean'>(
  y: Tensor,
  target: Tensor,
  options: { reduction?: R } = {},
): Loss<R> {
  const { reduction } = fillOptions<{ reduction: Reduction }>(options, { reduction: 'mean' })
  return pointwiseLoss(y, target, reduction as R, {
    f: (y, target) => (y - target) ** 2,
    slope: (y, target) => 2 * (y - target),
  })
}
