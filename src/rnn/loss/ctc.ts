/**
 * Connectionist temporal classification: the loss of a short sequence of labels for a long sequence of steps, when it
 * is not known which steps belong to which label. (Graves, Fernández, Gomez and Schmidhuber 2006)
 */
import { fillOptions } from '../array/options.ts'
import { Tensor } from '../array/tensor.ts'
import { alignmentLoss } from './alignment.ts'
import { type Loss, type Reduction, reduceLosses } from './loss.ts'
import { type Labels, nameOf, realSteps, type Sequences, toLabels, toSequences } from './sequences.ts'

/** PyTorch's `CTCLoss`. */
export interface CtcOptions<R extends Reduction = 'mean'> {
  /** 'mean' divides each loss by its count of labels, at least 1, and takes the mean over the sequences */
  readonly reduction?: R
  /** Real steps of each sequence, 1 to T; all T unless given */
  readonly lengths?: readonly number[]
  /** Labels of each target that count; all unless given */
  readonly targetLengths?: readonly number[]
  /** The class that is no label; 0 unless given */
  readonly blank?: number
  /** A target that needs more steps than there are has loss and gradient 0, instead of being an error */
  readonly zeroInfinity?: boolean
}

type Options = {
  reduction: Reduction
  lengths: readonly number[] | undefined
  targetLengths: readonly number[] | undefined
  blank: number
  zeroInfinity: boolean
}

/**
 * L = -ln P(labels) of each sequence, in nats.
 *
 * It takes logits, as `crossEntropy` does: PyTorch's `CTCLoss` takes log-probabilities and gives the same for
 * `log_softmax(logits)`. There the mean and `zero_infinity` are the same, but the batch is the second axis unless it is
 * moved, and a target that does not fit is a loss of ∞.
 *
 * @param logits z (B, T, K), or (T, K) for a single sequence: K classes, the blank one of them. Behind a sequence's
 *   length anything may stand, even NaN
 * @param targets the labels of each sequence, or of the single one; any count, also none, but no blanks
 * @returns `loss`; with `reduction: 'none'` (B), or () for a single sequence. `dy` in the shape of the logits
 * @throws RangeError if a shape, length or label does not fit, a logit that counts is not finite, or a target needs more
 *   steps than there are: one for each label, and one for the blank between each two equal neighbours
 * @example
 * ```ts
 * const logits = Tensor.zeros([3, 2]) // 3 steps of blank or label, each with probability 1/2
 * ctc(logits, [1]).loss // → 0.287682
 * Math.exp(-ctc(logits, [1]).loss) // → 0.75
 * ctc(logits, [1, 1]).dy // → [[0.25, -0.25], [-0.25, 0.25], [0.25, -0.25]]
 * ctc(logits, [1, 1, 1]) // throws RangeError: expected at least 5 steps for targets (labels: 3, repeats: 2), got 3
 * ```
 */
export function ctc<R extends Reduction = 'mean'>(
  logits: Tensor,
  targets: Labels,
  options: CtcOptions<R> = {},
): Loss<R> {
  const { reduction, lengths, targetLengths, blank, zeroInfinity } = fillOptions<Options>(options, {
    reduction: 'mean',
    lengths: undefined,
    targetLengths: undefined,
    blank: 0,
    zeroInfinity: false,
  })
  const sequences = toSequences(logits, 'logits', { lengths })
  expectBlank(blank, sequences.K)
  const labels = readTargets(targets, targetLengths, blank, sequences)
  const B = labels.length

  const dy = Tensor.zeros(logits.shape, logits.dtype)
  const gradients = realSteps(dy, sequences.lengths)
  const losses = Float64Array.from(labels, (l, b) => {
    const n = sequences.lengths[b]
    const repeats = l.filter((label, u) => label === l[u - 1]).length
    if (l.length + repeats > n) {
      if (zeroInfinity) return 0
      const need = `${l.length + repeats} steps for ${nameOf('targets', b, sequences.shape)}`
      throw new RangeError(`expected at least ${need} (labels: ${l.length}, repeats: ${repeats}), got ${n}`)
    }
    const share = reduction === 'mean' ? 1 / Math.max(1, l.length) : 1
    const batchShare = reduction === 'mean' ? share / B : 1
    return share * alignmentLoss(gradients[b], sequences.steps[b], l, blank, batchShare)
  })
  return { loss: reduceLosses(losses, sequences.shape, logits.dtype, reduction as R, B), dy }
}

/**
 * The labels of the most probable path of each sequence: the largest logit of each step, the lowest class of equals;
 * repeats merged, then blanks dropped. It is not always the most probable labelling, which may have many paths.
 *
 * @param logits (B, T, K), or (T, K), which is a batch of one
 * @returns B lists of labels
 * @throws RangeError if the shape, a length or the blank does not fit, or a logit that counts is not finite
 * @example
 * ```ts
 * const logits = oneHot(Tensor.from([1, 1, 0, 1, 2, 2]), 3)
 * ctcGreedyDecode(logits) // → [[1, 1, 2]]
 * ctcGreedyDecode(logits, { blank: 2 }) // → [[1, 0, 1]]
 * ```
 */
export function ctcGreedyDecode(
  logits: Tensor,
  options: { readonly lengths?: readonly number[]; readonly blank?: number } = {},
): number[][] {
  const defaults: Pick<Options, 'lengths' | 'blank'> = { lengths: undefined, blank: 0 }
  const { lengths, blank } = fillOptions<typeof defaults>(options, defaults)
  const { steps, K } = toSequences(logits, 'logits', { lengths })
  expectBlank(blank, K)
  return steps.map(z => {
    const path = [...z.argmax().data]
    return path.filter((k, t) => k !== path[t - 1] && k !== blank)
  })
}

function expectBlank(blank: number, K: number): void {
  if (!(Number.isInteger(blank) && blank >= 0 && blank < K))
    throw new RangeError(`expected blank to be a class from 0 to ${K - 1}, got ${blank}`)
}

/** The labels of each target that count. */
function readTargets(
  targets: Labels,
  targetLengths: readonly number[] | undefined,
  blank: number,
  { K, shape, steps }: Sequences,
): number[][] {
  const lists = toLabels(targets, 'targets', shape)
  const B = steps.length
  if (targetLengths && targetLengths.length !== B)
    throw new RangeError(`targetLengths has length ${targetLengths.length}, expected B = ${B}`)
  return lists.map((list, b) => {
    const name = nameOf('targets', b, shape)
    const U = targetLengths ? targetLengths[b] : list.length
    if (!Number.isInteger(U) || U < 0 || U > list.length)
      throw new RangeError(`targetLengths[${b}] is ${U}, expected a whole number from 0 to ${list.length}`)
    return Array.from({ length: U }, (_, u) => {
      const label = list[u]
      if (!(Number.isInteger(label) && label >= 0 && label < K && label !== blank))
        throw new RangeError(
          `${name}[${u}] is ${label}, expected a class from 0 to ${K - 1} that is not the blank ${blank}`,
        )
      return label
    })
  })
}
