/** Cross-entropy of one class among C, from logits: the loss of classification and of language models. */
import { expectFinite } from '../array/finite.ts'
import { expectBetween, fillOptions } from '../array/options.ts'
import { formatShape, sameShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { logSumExp } from './logSpace.ts'
import { type Loss, type Reduction, reduceLosses } from './loss.ts'

/** PyTorch's `CrossEntropyLoss`. */
export interface CrossEntropyOptions<R extends Reduction = 'mean'> {
  readonly reduction?: R
  /** w (C), the weight of each class; 1 unless given */
  readonly weight?: ArrayLike<number> | Tensor
  /** Places with this target, such as padding, have no loss and no gradient; -100 unless given */
  readonly ignoreIndex?: number
  /** ε: the target is taken for right with probability 1 - ε + ε/C only, and any other class with ε/C; 0 unless given */
  readonly labelSmoothing?: number
}

type Options = Required<CrossEntropyOptions<Reduction>>

/**
 * With p = softmax(z) and class c of C the target, each place's loss is
 *
 *     (1 - ε) w_c (-ln p_c) + ε/C Σ_k w_k (-ln p_k)
 *
 * which is just -ln p_c without weights and smoothing; then ∂L/∂z = p - onehot(c). The mean is over the total weight
 * w_c of the places that are not ignored. Computed with log-sum-exp, which no logit overflows. In nats.
 *
 * @param logits z (…, C), the classes along the last axis: (B, C), or (B, T, C) for sequences
 * @param target (…) the classes 0 … C-1, one for each place
 * @throws RangeError if a shape does not fit, a logit is not finite, a class is not in 0 … C-1, or for a mean there
 *   is no weight at all
 * @example
 * ```ts
 * const { loss, dy } = crossEntropy(Tensor.from([[1, 2, 3], [1, 2, 3]]), [2, -100])
 * loss // → 0.407606
 * dy // → [[0.090031, 0.244728, -0.334759], [0, 0, 0]]
 * ```
 */
export function crossEntropy<R extends Reduction = 'mean'>(
  logits: Tensor,
  target: ArrayLike<number> | Tensor,
  options: CrossEntropyOptions<R> = {},
): Loss<R> {
  const C = logits.shape.at(-1) ?? 0
  const defaults: Options = {
    reduction: 'mean',
    weight: new Float64Array(C).fill(1),
    ignoreIndex: -100,
    labelSmoothing: 0,
  }
  const { reduction, weight, ignoreIndex, labelSmoothing } = fillOptions<Options>(options, defaults)
  const classes = expectClasses(target, logits, ignoreIndex)
  const w = expectWeights(weight, C)
  const smooth = expectBetween('labelSmoothing', labelSmoothing, 0, 1)
  expectFinite(logits, 'logits')

  const places = classes.length
  const counted = (n: number) => classes[n] !== ignoreIndex
  let weightOfAll = 0
  for (let n = 0; n < places; n++) if (counted(n)) weightOfAll += w[classes[n]]
  if (reduction === 'mean' && !(weightOfAll > 0))
    throw new RangeError('expected at least one target with a weight above 0 that is not ignored, got none')
  const share = reduction === 'mean' ? 1 / weightOfAll : 1

  const losses = new Float64Array(places)
  const dy = Tensor.zeros(logits.shape, logits.dtype)
  for (let n = 0; n < places; n++) {
    if (!counted(n)) continue
    const z = logits.data.subarray(n * C, (n + 1) * C)
    const dz = dy.data.subarray(n * C, (n + 1) * C)
    losses[n] = oneCrossEntropy(dz, z, classes[n], w, smooth, share)
  }
  const loss = reduceLosses(losses, logits.shape.slice(0, -1), logits.dtype, reduction as R, weightOfAll)
  return { loss, dy }
}

/** One place: returns its loss and writes `share` of its gradient to dz. z (C), dz (C), w (C) */
function oneCrossEntropy(
  dz: Tensor['data'],
  z: Tensor['data'],
  target: number,
  w: ArrayLike<number>,
  smooth: number,
  share: number,
): number {
  const C = z.length
  const logZ = logSumExp(z)
  let loss = 0
  let total = 0
  for (let k = 0; k < C; k++) {
    const q = (k === target ? 1 - smooth : 0) + smooth / C
    if (q === 0) continue
    loss += q * w[k] * (logZ - z[k])
    total += q * w[k]
  }
  for (let k = 0; k < C; k++) {
    const q = (k === target ? 1 - smooth : 0) + smooth / C
    dz[k] = share * (total * Math.exp(z[k] - logZ) - q * w[k])
  }
  return loss
}

function expectClasses(
  target: ArrayLike<number> | Tensor,
  logits: Tensor,
  ignoreIndex: number,
): ArrayLike<number> {
  const places = logits.shape.slice(0, -1)
  const C = logits.shape.at(-1)
  if (C === undefined || C < 1)
    throw new RangeError(`logits has shape ${formatShape(logits.shape)}, expected [..., C] with C at least 1`)
  if (target instanceof Tensor && !sameShape(target.shape, places))
    throw new RangeError(`target has shape ${formatShape(target.shape)}, expected ${formatShape(places)}`)
  const classes = target instanceof Tensor ? target.data : target
  if (classes.length !== logits.data.length / C)
    throw new RangeError(`target has length ${classes.length}, expected ${logits.data.length / C}`)
  for (let n = 0; n < classes.length; n++) {
    const c = classes[n]
    if (c !== ignoreIndex && !(Number.isInteger(c) && c >= 0 && c < C))
      throw new RangeError(`target[${n}] is ${c}, expected a class from 0 to ${C - 1}, or ${ignoreIndex}`)
  }
  return classes
}

function expectWeights(weight: ArrayLike<number> | Tensor, C: number): ArrayLike<number> {
  const w = weight instanceof Tensor ? weight.data : weight
  if (w.length !== C) throw new RangeError(`weight has length ${w.length}, expected C = ${C}`)
  for (let c = 0; c < C; c++) expectBetween(`weight[${c}]`, w[c], 0)
  return w
}
