/** Squared error: the loss of regression. */
import { formatShape, sameShape } from '../array/shape.ts'
import type { Tensor } from '../array/tensor.ts'

export interface Loss {
  /** L, a number */
  readonly loss: number
  /** ∂L/∂y, in the shape of y */
  readonly dy: Tensor
}

/**
 * L = 1/n Σ (yᵢ - targetᵢ)² over all n numbers, and ∂L/∂y = 2/n (y - target). With `reduction: 'sum'` without 1/n.
 * (PyTorch's `MSELoss`; there is no factor ½.)
 *
 * @param y any shape
 * @param target the shape of y
 * @throws RangeError if the shapes differ
 */
export function squaredError(
  y: Tensor,
  target: Tensor,
  { reduction = 'mean' }: { reduction?: 'mean' | 'sum' } = {},
): Loss {
  if (!sameShape(y.shape, target.shape))
    throw new RangeError(`target has shape ${formatShape(target.shape)}, expected ${formatShape(y.shape)}`)
  const error = y.sub(target)
  const share = reduction === 'mean' ? 1 / y.data.length : 1
  return { loss: error.dot(error) * share, dy: error.mul(2 * share) }
}
