/** Between squared and absolute error: a parabola for small errors, a straight line for large ones. (Huber 1964) */
import { expectBetween, expectPositive, fillOptions } from '../array/options.ts'
import type { Tensor } from '../array/tensor.ts'
import { type Loss, pointwiseLoss, type Reduction } from './loss.ts'

/**
 * With e = y - target, each number's loss is
 *
 *     e²/2           where |e| <= δ
 *     δ (|e| - δ/2)  elsewhere
 *
 * and its slope is e, cut to ±δ. (PyTorch's `HuberLoss`)
 *
 * @param y any shape
 * @param target the shape of y
 * @throws RangeError if the shapes differ, a number is not finite, or delta is not above 0
 * @example
 * ```ts
 * huber(Tensor.from([0.5, 3]), Tensor.from([0, 0]), { reduction: 'none' }).loss // → [0.125, 2.5]
 * ```
 */
export function huber<R extends Reduction = 'mean'>(
  y: Tensor,
  target: Tensor,
  options: { reduction?: R; delta?: number } = {},
): Loss<R> {
  const defaults = { reduction: 'mean' as Reduction, delta: 1 }
  const { reduction, delta } = fillOptions(options as Partial<typeof defaults>, defaults)
  expectPositive('delta', delta)
  return pointwiseLoss(y, target, reduction as R, {
    f: (y, target) => {
      const size = Math.abs(y - target)
      return size <= delta ? (size * size) / 2 : delta * (size - delta / 2)
    },
    slope: (y, target) => Math.max(-delta, Math.min(delta, y - target)),
  })
}

/**
 * The same curve divided by its width β, so that the line has slope 1, as the absolute error's:
 *
 *     e²/2β       where |e| < β
 *     |e| - β/2   elsewhere
 *
 * (Girshick 2015, "Fast R-CNN"; PyTorch's `SmoothL1Loss`. β = 0 is the absolute error.)
 *
 * @param y any shape
 * @param target the shape of y
 * @throws RangeError if the shapes differ, a number is not finite, or beta is below 0
 * @example
 * ```ts
 * smoothL1(Tensor.from([0.5, 3]), Tensor.from([0, 0]), { reduction: 'none', beta: 2 }).loss // → [0.0625, 2]
 * ```
 */
export function smoothL1<R extends Reduction = 'mean'>(
  y: Tensor,
  target: Tensor,
  options: { reduction?: R; beta?: number } = {},
): Loss<R> {
  const defaults = { reduction: 'mean' as Reduction, beta: 1 }
  const { reduction, beta } = fillOptions(options as Partial<typeof defaults>, defaults)
  expectBetween('beta', beta, 0)
  return pointwiseLoss(y, target, reduction as R, {
    f: (y, target) => {
      const size = Math.abs(y - target)
      return size < beta ? (size * size) / (2 * beta) : size - beta / 2
    },
    slope: (y, target) => {
      const e = y - target
      return Math.abs(e) < beta ? e / beta : Math.sign(e)
    },
  })
}
