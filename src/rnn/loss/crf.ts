/**
 * A linear-chain conditional random field: the loss of labels that depend on their neighbours. (Lafferty, McCallum and
 * Pereira 2001, "Conditional random fields"; on a recurrent network: Huang, Xu and Yu 2015, "Bidirectional LSTM-CRF
 * models for sequence tagging")
 */

import { expectFinite } from '../array/finite.ts'
import { type DType, dtypeOf, expectDType } from '../array/numbers.ts'
import { expectWhole, fillOptions } from '../array/options.ts'
import { Random } from '../array/random.ts'
import { Tensor } from '../array/tensor.ts'
import { uniformInit } from '../params/init.ts'
import { Module } from '../params/module.ts'
import { Params } from '../params/params.ts'
import {
  addExpectedCounts,
  addPathCounts,
  bestPath,
  type Chain,
  chainForward,
  pathLoss,
} from './linearChain.ts'
import { type Loss, type Reduction, reduceLosses } from './loss.ts'
import { type Labels, nameOf, realSteps, type Sequences, toLabels, toSequences } from './sequences.ts'

/** How many tags there are, and where the weights start. */
export interface CRFOptions {
  /** K, the tags that a step can have */
  readonly numTags: number
  readonly dtype?: DType
  /** Of the initial weights; 0 unless given */
  readonly seed?: number
}

interface LengthsOption {
  /** Real steps of each sequence, 1 to T; all T unless given */
  readonly lengths?: readonly number[]
}

/** Which steps count, and how the losses of a batch become one number. */
export interface CRFLossOptions<R extends Reduction = 'mean'> extends LengthsOption {
  /** Over the sequences; 'mean' unless given */
  readonly reduction?: R
}

type LossDefaults = { reduction: Reduction; lengths: readonly number[] | undefined }

/**
 * The probability of tags y = y_1 … y_T, each of 0 … K-1, is p(y) = e^score(y) / Z, where Z is the sum of e^score over
 * all K^T ways to tag the sequence, and
 *
 *     score(y) = start[y_1] + Σ_t x_t[y_t] + Σ_{t>1} A[y_{t-1}, y_t] + end[y_T]
 *
 * with emissions x_t from a network. Parameters: `start_transitions` (K), `end_transitions` (K) and `transitions`
 * A (K, K) from row to column, drawn from U(-0.1, 0.1) with the given seed. Names and start are those of the Python
 * package pytorch-crf, whose result is the log-likelihood, -1 times the loss here, and whose mask is `lengths` here.
 *
 * A transition that is set to -∞ is forbidden: no path takes it, and its gradient is 0.
 *
 * Emissions are (B, T, K), or (T, K) for a single sequence. What stands behind the length of a sequence, even NaN, is
 * without effect. Sums are made in float64, whatever the dtype.
 *
 * @example
 * ```ts
 * const crf = new CRF({ numTags: 2 })
 * const A = Tensor.from([[0, -1], [-1, 0]]) // neighbours like to be equal
 * crf.loadStateDict({ start_transitions: Tensor.zeros([2]), end_transitions: Tensor.zeros([2]), transitions: A })
 * const emissions = Tensor.from([[2, 0], [0, 1], [2, 0]])
 * crf.decode(emissions) // → { paths: [[0, 0, 0]], scores: [4] }
 * crf.loss(emissions, [0, 1, 0]).loss // → 1.582433
 * crf.marginals(emissions).column(1) // → [0.13259, 0.384462, 0.13259]
 * ```
 */
export class CRF extends Module {
  readonly #K: number

  /** @throws TypeError if numTags is missing or an option unknown; RangeError unless it is a whole number from 1 */
  constructor(options: CRFOptions) {
    const defaults: Required<CRFOptions> = { numTags: Number.NaN, dtype: 'float64', seed: 0 }
    const { numTags, dtype, seed } = fillOptions(options, defaults)
    if (options.numTags === undefined) throw new TypeError('missing option numTags')
    const K = expectWhole('numTags', numTags, 1)
    const shapes = { start_transitions: [K], end_transitions: [K], transitions: [K, K] }
    super(new Params(shapes, expectDType(dtype)))
    this.#K = K
    this.params.values.set(uniformInit(new Random(seed), [this.params.count], 0.1).data)
  }

  /**
   * L = -ln p(tags) of each sequence, in nats. The gradient for a score is how often a path is expected to use it, less
   * how often the right one does: ∂L/∂x_t = p(y_t = ·) - onehot(tag_t). Those for the parameters are left in `params`;
   * they start from zero each time.
   *
   * @param emissions x (B, T, K), or (T, K)
   * @param tags (B, T), or (T); each list of a batch may also end with its sequence
   * @returns `loss`; with `reduction: 'none'` (B), or () for a single sequence. `dy` in the shape of the emissions
   * @throws RangeError if a shape, length or tag does not fit, an emission that counts is not finite, or tags take a
   *   forbidden transition; TypeError for another dtype. Then the gradients have not changed
   */
  loss<R extends Reduction = 'mean'>(
    emissions: Tensor,
    tags: Labels,
    options: CRFLossOptions<R> = {},
  ): Loss<R> {
    const defaults: LossDefaults = { reduction: 'mean', lengths: undefined }
    const { reduction, lengths } = fillOptions<LossDefaults>(options, defaults)
    const sequences = this.#read(emissions, lengths)
    const paths = this.#readTags(tags, sequences)
    const B = paths.length
    const share = reduction === 'mean' ? 1 / B : 1

    const sums = new Params(this.params.shapes)
    const dy = Tensor.zeros(emissions.shape, emissions.dtype)
    const counts = realSteps(dy, sequences.lengths).map(dx => chainOf(name => sums.grad(name), dx))
    const losses = Float64Array.from(this.#chains(sequences), (chain, b) => {
      const tape = chainForward(chain)
      const loss = pathLoss(chain, tape, paths[b])
      if (!Number.isFinite(loss))
        throw new RangeError(`${nameOf('tags', b, sequences.shape)} takes a transition of -Infinity`)
      addExpectedCounts(counts[b], chain, tape, share)
      addPathCounts(counts[b], paths[b], -share)
      return loss
    })
    const loss = reduceLosses(losses, sequences.shape, emissions.dtype, reduction as R, B)
    this.params.grads.set(sums.grads)
    return { loss, dy }
  }

  /**
   * The most probable tags of each sequence, and their score. Of equals the path with the lowest last tag, then the
   * lowest last but one, and so on. (Viterbi 1967)
   *
   * @param emissions (B, T, K), or (T, K), which is a batch of one
   * @returns B paths, each as long as its sequence, and B scores
   * @throws RangeError if a shape or length does not fit, an emission that counts is not finite, or every path of a
   *   sequence takes a forbidden transition; TypeError for another dtype
   */
  decode(emissions: Tensor, options: LengthsOption = {}): { paths: number[][]; scores: number[] } {
    const sequences = this.#read(emissions, lengthsOf(options))
    const best = this.#chains(sequences).map((chain, b) => {
      const { path, score } = bestPath(chain)
      expectPath(score, nameOf('emissions', b, sequences.shape))
      return { path, score }
    })
    return { paths: best.map(({ path }) => path), scores: best.map(({ score }) => score) }
  }

  /**
   * ln Z = ln Σ_y e^score(y) of each sequence, in nats: -ln p(y) is ln Z - score(y). -∞ if no path is allowed.
   *
   * @param emissions (B, T, K), or (T, K)
   * @returns (B), or () for a single sequence
   * @throws RangeError or TypeError as `decode` does
   */
  logPartition(emissions: Tensor, options: LengthsOption = {}): Tensor {
    const sequences = this.#read(emissions, lengthsOf(options))
    const logs = this.#chains(sequences).map(chain => chainForward(chain).logZ)
    return new Tensor(logs, sequences.shape, emissions.dtype)
  }

  /**
   * p(y_t = k), over all paths: how sure the tag of each step is. At every real step they sum to 1; 0 in the padding.
   *
   * @param emissions (B, T, K), or (T, K)
   * @returns the shape of the emissions
   * @throws RangeError or TypeError as `decode` does
   */
  marginals(emissions: Tensor, options: LengthsOption = {}): Tensor {
    const sequences = this.#read(emissions, lengthsOf(options))
    const sums = new Params(this.params.shapes)
    const p = Tensor.zeros(emissions.shape, emissions.dtype)
    const counts = realSteps(p, sequences.lengths).map(x => chainOf(name => sums.grad(name), x))
    this.#chains(sequences).forEach((chain, b) => {
      const tape = chainForward(chain)
      expectPath(tape.logZ, nameOf('emissions', b, sequences.shape))
      addExpectedCounts(counts[b], chain, tape)
    })
    return p
  }

  #read(emissions: Tensor, lengths: readonly number[] | undefined): Sequences {
    const sequences = toSequences(emissions, 'emissions', { K: this.#K, lengths })
    const dtype = dtypeOf(this.params.values)
    if (emissions.dtype !== dtype) throw new TypeError(`emissions is ${emissions.dtype}, expected ${dtype}`)
    // Whoever asks only for the best path would not see that training has gone wrong: NaN is never above another score.
    for (const name of this.params.names)
      expectFinite(
        this.params.value(name).map(v => (v === -Infinity ? 0 : v)),
        name,
      )
    return sequences
  }

  #chains({ steps }: Sequences): Chain[] {
    return steps.map(x => chainOf(name => this.params.value(name), x))
  }

  #readTags(tags: Labels, { lengths, T, K, shape }: Sequences): readonly ArrayLike<number>[] {
    const paths = toLabels(tags, 'tags', shape)
    lengths.forEach((n, b) => {
      const [name, path] = [nameOf('tags', b, shape), paths[b]]
      if (path.length !== n && path.length !== T)
        throw new RangeError(`${name} has length ${path.length}, expected ${n < T ? `${n} or ` : ''}T = ${T}`)
      for (let t = 0; t < n; t++)
        if (!(Number.isInteger(path[t]) && path[t] >= 0 && path[t] < K))
          throw new RangeError(`${name}[${t}] is ${path[t]}, expected a tag from 0 to ${K - 1}`)
    })
    return paths
  }
}

function lengthsOf(options: LengthsOption): readonly number[] | undefined {
  return fillOptions<{ lengths: readonly number[] | undefined }>(options, { lengths: undefined }).lengths
}

/** The scores of a sequence, or their gradients: views of one parameter each. x (n, K) */
function chainOf(view: (name: string) => Tensor, x: Tensor): Chain {
  return {
    start: view('start_transitions').data,
    end: view('end_transitions').data,
    transitions: view('transitions').data,
    emissions: x.data,
  }
}

function expectPath(score: number, name: string): void {
  if (score === -Infinity)
    throw new RangeError(`expected a path through ${name} that is allowed, got -Infinity for all`)
}
