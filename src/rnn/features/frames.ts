/** A signal cut into short, overlapping pieces, in each of which it hardly changes. */
import { anySize, expectShape, expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/**
 * Frame i holds the samples from i · hop up to, not with, i · hop + size. Nothing is padded: what is left at the end and
 * does not fill a frame is dropped (as HTK and Kaldi do, and librosa with `center=False`).
 *
 * @param signal (N) samples
 * @returns (1 + ⌊(N - size) / hop⌋, size), a copy
 * @throws RangeError if size or hop is not a whole number from 1, or the signal is shorter than a frame
 * @example
 * ```ts
 * frames(Tensor.from([1, 2, 3, 4, 5, 6]), 3, 2) // → [[1, 2, 3], [3, 4, 5]]
 * ```
 */
export function frames(signal: Tensor, size: number, hop: number): Tensor {
  const { N } = expectShape(signal, { N: anySize }, 'signal')
  expectWhole(size, 'size')
  expectWhole(hop, 'hop')
  if (N < size) throw new RangeError(`signal has ${N} samples, expected at least one frame of ${size}`)
  const n = 1 + Math.floor((N - size) / hop)
  return Tensor.generate([n, size], k => signal.data[Math.floor(k / size) * hop + (k % size)], signal.dtype)
}

/** w_i, i = 0 … n-1, of a raised cosine: a₀ - (1 - a₀) cos(2π i / period). */
const raisedCosine = (n: number, a0: number, period: number) =>
  Tensor.generate([n], i => (n === 1 ? 1 : a0 - (1 - a0) * Math.cos((2 * Math.PI * i) / period)))

/**
 * What a frame is multiplied by, (n): it fades both ends, so that they do not look like a click. All are periodic (of
 * n + 1 points the first n), as librosa and PyTorch have them for spectra, but 'htk', which is the symmetric
 * Hamming window of HTK.
 * @example
 * ```ts
 * windows.hann(4) // → [0.00, 0.50, 1.00, 0.50]
 * windows.htk(3) // → [0.08, 1.00, 0.08]
 * ```
 */
export const windows = {
  none: (n: number) => Tensor.full([n], 1),
  hann: (n: number) => raisedCosine(n, 0.5, n),
  hamming: (n: number) => raisedCosine(n, 0.54, n),
  htk: (n: number) => raisedCosine(n, 0.54, n - 1),
} as const

/** A window by name, as `windows` has it. */
export type WindowName = keyof typeof windows
