/**
 * Mel-frequency cepstral coefficients: a dozen numbers per frame that say which sound it is more than who makes it.
 * (Davis and Mermelstein 1980)
 */
import { anySize, expectShape, expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { logMelSpectrogram, type MelOptions } from './mel.ts'

/** As for the spectrogram, and what is made of it. */
export interface MfccOptions extends MelOptions {
  /** 13 unless given; the first of them, number 0, is the loudness */
  readonly coefficients?: number
  /** L of HTK's lifter, 1 + L/2 sin(π k / L) on number k, which evens out their sizes; 0, none, unless given, 22 in HTK */
  readonly lifter?: number
}

/**
 * C_k = s_k Σ_m x_m cos(π k (m + ½) / M), s_0 = √(1/M), other s_k = √(2/M): the discrete cosine transform of the second
 * kind with orthonormal rows (Ahmed, Natarajan and Rao 1974; SciPy's `dct(x, norm='ortho')`).
 *
 * @param x (n, M)
 * @param count the first so many of the M coefficients; all unless given
 * @returns (n, count)
 * @throws RangeError if x is no matrix, or count is not in 1 … M
 * @example
 * ```ts
 * dct(Tensor.from([[1, 1, 1, 1], [1, 0, 0, -1]])) // → [[2.000, 0.000, 0.000, 0.000], [0.000, 1.307, 0.000, 0.541]]
 * ```
 */
export function dct(x: Tensor, count = x.shape.at(-1) ?? 0): Tensor {
  const { M } = expectShape(x, { n: anySize, M: anySize }, 'x')
  if (expectWhole(count, 'count') > M)
    throw new RangeError(`expected count to be at most M = ${M}, got ${count}`)
  const basis = Tensor.generate([M, count], i => {
    const [m, k] = [Math.floor(i / count), i % count]
    return Math.sqrt((k === 0 ? 1 : 2) / M) * Math.cos((Math.PI * k * (m + 0.5)) / M)
  })
  return x.matmul(basis)
}

/**
 * The DCT of the log mel spectrogram: neighbouring bands rise and fall together, and it parts what they share. librosa
 * and HTK differ in details: with `{ preEmphasis: 0.97, window: 'htk', lifter: 22 }` it is near HTK, without near
 * librosa, whose logarithm is in decibels: 10 / ln 10 = 4.34 times ours.
 *
 * @param signal (N) samples
 * @returns (n, coefficients), one row per frame
 * @throws RangeError if an option is out of range or the signal is shorter than a frame
 * @example
 * ```ts
 * const random = new Random(1)
 * const noise = Tensor.generate([1600], () => random.normal())
 * const soft = mfcc(noise, { sampleRate: 8000 })
 * const loud = mfcc(noise.mul(10), { sampleRate: 8000 })
 * soft.shape // → [18, 13]
 * const difference = loud.sub(soft).row(0)
 * difference.at(0) / Math.sqrt(26) // → 4.605
 * difference.slice(1).maxAbs() < 1e-12 // → true
 * ```
 */
export function mfcc(signal: Tensor, { coefficients = 13, lifter = 0, ...mel }: MfccOptions): Tensor {
  const spectrum = logMelSpectrogram(signal, mel)
  const bands = spectrum.shape[1]
  if (coefficients > bands)
    throw new RangeError(`expected coefficients to be at most the ${bands} bands, got ${coefficients}`)
  const cepstrum = dct(spectrum, coefficients)
  if (lifter === 0) return cepstrum
  if (!(lifter > 0)) throw new RangeError(`expected lifter to be 0 or above, got ${lifter}`)
  return cepstrum.map((c, i) => c * (1 + (lifter / 2) * Math.sin((Math.PI * (i % coefficients)) / lifter)))
}
