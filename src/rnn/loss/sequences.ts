/** What the losses of whole sequences are given: scores of every step, padded to one length, and labels. */

import { expectFinite } from '../array/finite.ts'
import { expectLengths } from '../array/lengths.ts'
import { anySize, expectShape, type Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { expectScores } from './loss.ts'

/** Whole numbers for each sequence of a batch, or for a single sequence. A tensor is (B, n), or (n). */
export type Labels = Tensor | readonly number[] | readonly (readonly number[])[]

export interface Sequences {
  /** The real steps of each sequence, (n, K): views, without the padding */
  readonly steps: readonly Tensor[]
  /** n of each sequence */
  readonly lengths: readonly number[]
  readonly T: number
  readonly K: number
  /** The shape of one number for each sequence: [B], or [] for a single one */
  readonly shape: Shape
}

/**
 * @param scores (B, T, K), or (T, K) for a single sequence
 * @param name what messages call the scores
 * @param K unless given, whatever the last axis is
 * @throws RangeError if the shape or the lengths do not fit, or a score is not finite that is not padding
 */
export function toSequences(
  scores: Tensor,
  name: string,
  { K, lengths }: { K?: number; lengths: readonly number[] | undefined },
): Sequences {
  const sizes = expectScores(scores, name, K)
  const n = expectLengths(lengths, sizes.B, sizes.T)
  const steps = realSteps(scores, n)
  const shape = scores.shape.slice(0, -2)
  steps.forEach((x, b) => {
    expectFinite(x, nameOf(name, b, shape))
  })
  return { steps, lengths: n, T: sizes.T, K: sizes.K, shape }
}

/** Views (n, K) of the first n steps of each sequence. scores (B, T, K), or (T, K) */
export function realSteps(scores: Tensor, lengths: readonly number[]): Tensor[] {
  const [T, K] = scores.shape.slice(-2)
  return lengths.map((n, b) => new Tensor(scores.data.subarray(b * T * K, (b * T + n) * K), [n, K]))
}

/** `tags[1]`, or just `tags` for a single sequence: what messages call one sequence's share of an argument. */
export function nameOf(name: string, b: number, shape: Shape): string {
  return shape.length === 0 ? name : `${name}[${b}]`
}

/**
 * One list of labels for each sequence.
 *
 * @param shape [B], or [] for a single sequence
 * @throws RangeError if there are not B lists, or a tensor has other axes; TypeError for lists of another depth
 */
export function toLabels(labels: Labels, name: string, shape: Shape): readonly ArrayLike<number>[] {
  const [B] = shape
  if (labels instanceof Tensor) {
    if (B === undefined) {
      expectShape(labels, { n: anySize }, name)
      return [labels.data]
    }
    expectShape(labels, { B, n: anySize }, name)
    return labels.rows().map(row => row.data)
  }
  const list: readonly (number | readonly number[])[] = labels
  if (B === undefined) {
    if (list.every(label => typeof label === 'number')) return [list]
    throw new TypeError(`expected ${name} to be one list of numbers for a single sequence, got lists`)
  }
  if (list.length !== B) throw new RangeError(`${name} has length ${list.length}, expected B = ${B}`)
  if (list.every(each => typeof each !== 'number')) return list
  throw new TypeError(`expected ${name} to be one list of numbers for each sequence, got numbers`)
}
