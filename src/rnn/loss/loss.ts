/** What every loss returns, its value and its gradient together, and how the losses of many numbers become one. */
import { expectFinite } from '../array/finite.ts'
import { anySize, expectShape, formatShape, type Shape, sameShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** PyTorch's: the mean of all losses, their sum, or each on its own. */
export type Reduction = 'mean' | 'sum' | 'none'

/** What every loss returns. */
export interface Loss<R extends Reduction = 'mean'> {
  /** L, a number; with `reduction: 'none'` a tensor of losses */
  readonly loss: R extends 'none' ? Tensor : number
  /** ∂L/∂y, in the shape of y; with `reduction: 'none'` that of the sum of all losses */
  readonly dy: Tensor
}

/**
 * L = Σ f(yᵢ, targetᵢ) / n over all n numbers, and ∂L/∂yᵢ = f'(yᵢ, targetᵢ) / n.
 *
 * @param f one number's loss; `slope` its derivative for y
 * @param name what messages call y
 * @throws RangeError if the shapes differ, or a number is not finite
 */
export function pointwiseLoss<R extends Reduction>(
  y: Tensor,
  target: Tensor,
  reduction: R,
  { f, slope }: Record<'f' | 'slope', (y: number, target: number) => number>,
  name = 'y',
): Loss<R> {
  if (!sameShape(y.shape, target.shape))
    throw new RangeError(`target has shape ${formatShape(target.shape)}, expected ${formatShape(y.shape)}`)
  expectFinite(y, name)
  expectFinite(target, 'target')
  const n = y.data.length
  if (n === 0) throw new RangeError(`${name} has shape ${formatShape(y.shape)}, expected at least one number`)
  const losses = Float64Array.from(y.data, (v, i) => f(v, target.data[i]))
  const share = reduction === 'mean' ? 1 / n : 1
  const dy = y.map((v, i) => share * slope(v, target.data[i]))
  return { loss: reduceLosses(losses, y.shape, y.dtype, reduction, n), dy }
}

/**
 * The losses as one number or as a tensor. Sums are made in float64, whatever the dtype of y.
 *
 * @param divisor of the mean: the count of losses, or their total weight
 */
export function reduceLosses<R extends Reduction>(
  losses: Float64Array,
  shape: Shape,
  dtype: Tensor['dtype'],
  reduction: R,
  divisor: number,
): Loss<R>['loss'] {
  const reduce: Record<Reduction, () => Tensor | number> = {
    none: () => new Tensor(losses, shape, dtype),
    sum: () => losses.reduce((sum, loss) => sum + loss, 0),
    mean: () => losses.reduce((sum, loss) => sum + loss, 0) / divisor,
  }
  if (!Object.hasOwn(reduce, reduction))
    throw new TypeError(`unknown reduction: ${reduction}, expected 'mean', 'sum' or 'none'`)
  // The table has what the type promises for each R, which the compiler cannot follow.
  return reduce[reduction]() as Loss<R>['loss']
}

/**
 * The sizes of step by step scores of K classes: (B, T, K), or (T, K), which is a batch of one.
 *
 * @throws RangeError unless that is the shape, with nothing empty
 */
export function expectScores(
  scores: Tensor,
  name: string,
  K: number | undefined,
): { B: number; T: number; K: number } {
  const steps = { T: anySize, K }
  const sizes =
    scores.shape.length === 2
      ? { B: 1, ...expectShape(scores, steps, name) }
      : expectShape(scores, { B: anySize, ...steps }, name)
  if (scores.data.length === 0)
    throw new RangeError(`${name} has shape ${formatShape(scores.shape)}, expected at least one number`)
  return sizes
}
