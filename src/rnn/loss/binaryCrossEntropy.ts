/** Cross-entropy of yes or no, from the logit: the loss of a single answer, or of many that do not exclude each other. */
import { fillOptions } from '../array/options.ts'
import { sigmoid } from '../array/sigmoid.ts'
import type { Tensor } from '../array/tensor.ts'
import { type Loss, pointwiseLoss, type Reduction } from './loss.ts'

/**
 * With p = σ(z) = 1/(1 + e^-z), each number's loss is -t ln p - (1 - t) ln(1 - p), and its slope is p - t.
 *
 * It is computed as max(z, 0) - t z + ln(1 + e^-|z|), which no logit overflows. In nats. (PyTorch's `BCEWithLogitsLoss`)
 *
 * @param logits z, any shape
 * @param target t, the shape of the logits: the probability of yes, 0 to 1
 * @throws RangeError if the shapes differ, a logit is not finite, or a target is not from 0 to 1
 * @example
 * ```ts
 * const { loss, dy } = binaryCrossEntropy(Tensor.from([0, 800]), Tensor.from([1, 1]), { reduction: 'sum' })
 * loss // → 0.693147
 * dy // → [-0.5, 0]
 * ```
 */
export function binaryCrossEntropy<R extends Reduction = 'mean'>(
  logits: Tensor,
  target: Tensor,
  options: { reduction?: R } = {},
): Loss<R> {
  const { reduction } = fillOptions<{ reduction: Reduction }>(options, { reduction: 'mean' })
  const outside = target.data.find(t => t < 0 || t > 1)
  if (outside !== undefined) throw new RangeError(`expected targets from 0 to 1, got ${outside}`)
  const curve = {
    f: (z: number, t: number) => Math.max(z, 0) - t * z + Math.log1p(Math.exp(-Math.abs(z))),
    slope: (z: number, t: number) => sigmoid(z) - t,
  }
  return pointwiseLoss(logits, target, reduction as R, curve, 'logits')
}
