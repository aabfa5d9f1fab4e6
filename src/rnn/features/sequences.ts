/** Sequences of unequal length to tensors and batches. */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** Sequences side by side, as `forward(x, { lengths })` takes them. */
export interface PaddedSequences {
  /** (B, T) T is the longest length; behind the end of a sequence stands the padding */
  readonly tokens: Tensor
  readonly lengths: number[]
}

/**
 * @param sequences B sequences of indices, none empty
 * @param padding 0 unless given, which is a vocabulary's index for it
 * @throws RangeError if there is no sequence, or an empty one
 * @example
 * ```ts
 * padSequences([[5, 6, 7], [8]]) // → { tokens: [[5, 6, 7], [8, 0, 0]], lengths: [3, 1] }
 * ```
 */
export function padSequences(sequences: readonly (readonly number[])[], padding = 0): PaddedSequences {
  const lengths = sequences.map(sequence => sequence.length)
  const empty = lengths.indexOf(0)
  if (empty >= 0) throw new RangeError(`sequence ${empty} is empty`)
  const T = Math.max(0, ...lengths)
  if (T === 0) throw new RangeError('expected at least one sequence')
  const tokens = Tensor.generate([sequences.length, T], k => sequences[Math.floor(k / T)][k % T] ?? padding)
  return { tokens, lengths }
}

/**
 * Index i becomes the i-th unit vector: (…) → (…, n). With it `W_ih x` is one column of W_ih: an embedding.
 *
 * @throws RangeError unless every index is a whole number from 0 to n - 1
 * @example
 * ```ts
 * oneHot(Tensor.from([2, 0]), 3) // → [[0, 0, 1], [1, 0, 0]]
 * ```
 */
export function oneHot(indices: Tensor, n: number): Tensor {
  expectWhole(n, 'n')
  const hot = Tensor.zeros([...indices.shape, n])
  indices.data.forEach((index, k) => {
    if (!(Number.isInteger(index) && index >= 0 && index < n))
      throw new RangeError(`index ${index} at ${k} is not a whole number from 0 to ${n - 1}`)
    hot.data[k * n + index] = 1
  })
  return hot
}

/**
 * Batches of sequences of nearly equal length, so that little is computed on padding: sorted by length, equals mixed,
 * cut into batches, and the batches mixed.
 *
 * @param lengths of all sequences
 * @returns the numbers of the sequences of each batch; every sequence is in one, only one batch may be smaller
 * @example
 * ```ts
 * const batches = bucketByLength([3, 50, 4, 48], 2, new Random(1))
 * batches.map(batch => batch.toSorted()).toSorted() // → [[0, 2], [1, 3]]
 * ```
 */
export function bucketByLength(lengths: readonly number[], batchSize: number, random: Random): number[][] {
  expectWhole(batchSize, 'batchSize')
  const order = random.permutation(lengths.length).sort((a, b) => lengths[a] - lengths[b])
  const starts = Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) => i * batchSize)
  return random.shuffle(starts.map(start => order.slice(start, start + batchSize)))
}
