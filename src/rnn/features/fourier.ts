/** How much of each frequency is in a frame: the discrete Fourier transform, by fft.js. */
import FFT from 'fft.js'
import { anySize, expectShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** The smallest power of two that is n or more. */
export function nextPowerOfTwo(n: number): number {
  return 2 ** Math.ceil(Math.log2(n))
}

/**
 * |X_k|² for X_k = Σ_i x_i e^(-2πi k i / N), k = 0 … N/2; frequency k is k · sampleRate / N. The other half mirrors it:
 * Σ x² = (|X_0|² + 2 |X_1|² + … + 2 |X_{N/2-1}|² + |X_{N/2}|²) / N. (Parseval)
 *
 * @param frames (n, size) real numbers
 * @param fftSize N, a power of two from size on, the next one unless given; a frame is filled up with zeros
 * @returns (n, N/2 + 1) power, in squared units of the samples
 * @throws RangeError if fftSize is not a power of two or too small
 * @example
 * ```ts
 * powerSpectrum(Tensor.from([[1, 0, 0, 0], [1, 1, 1, 1], [1, -1, 1, -1]])) // → [[1, 1, 1], [16, 0, 0], [0, 0, 16]]
 * ```
 */
export function powerSpectrum(frames: Tensor, fftSize?: number): Tensor {
  const { n, size } = expectShape(frames, { n: anySize, size: anySize }, 'frames')
  const N = fftSize ?? Math.max(2, nextPowerOfTwo(size))
  if (!Number.isInteger(Math.log2(N)) || N < Math.max(2, size))
    throw new RangeError(`fftSize is ${N}, expected a power of two from ${Math.max(2, size)}`)
  const fft = new FFT(N)
  const padded = new Float64Array(N)
  const X = fft.createComplexArray()
  const power = Tensor.zeros([n, N / 2 + 1])
  for (const [i, frame] of frames.rows().entries()) {
    padded.set(frame.data)
    fft.realTransform(X, padded)
    const row = power.row(i).data
    for (let k = 0; k < row.length; k++) row[k] = X[2 * k] ** 2 + X[2 * k + 1] ** 2
  }
  return power
}
