/**
 * The mel spectrogram: power over time in bands that are equally wide to the ear, narrow for low frequencies and wide
 * for high ones. (Stevens, Volkmann and Newman 1937; Davis and Mermelstein 1980)
 *
 * Conventions: frames, windows and spectrum are librosa's with `center=False`; the mel scale is HTK's, and the triangles
 * are straight over frequency with height 1, as librosa has them with `htk=True, norm=None` and torchaudio unasked.
 */
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { nextPowerOfTwo, powerSpectrum } from './fourier.ts'
import { frames, type WindowName, windows } from './frames.ts'

/** How a signal is cut into frames, and frequencies into bands. */
export interface MelOptions {
  /** Samples per second (Hz) */
  readonly sampleRate: number
  /** Samples in a frame; 25 ms unless given */
  readonly frameSize?: number
  /** Samples from one frame to the next; 10 ms unless given */
  readonly hop?: number
  /** 'hann' unless given */
  readonly window?: WindowName
  /** The frame with zeros behind it; the next power of two unless given */
  readonly fftSize?: number
  /** M; 26 unless given */
  readonly bands?: number
  /** The lower edge of the first band (Hz); 0 unless given */
  readonly low?: number
  /** The upper edge of the last band (Hz); half of the sample rate unless given */
  readonly high?: number
  /** α of x_i - α x_{i-1}, which lifts high frequencies; 0 unless given, 0.97 in HTK */
  readonly preEmphasis?: number
}

/**
 * mel = 2595 log₁₀(1 + f / 700), f in Hz: about linear up to 1000 Hz, which is 1000 mel, and logarithmic above.
 *
 * @example
 * ```ts
 * hertzToMel(1000) // → 999.99
 * melToHertz(hertzToMel(8000)) // → 8000.000
 * ```
 */
export function hertzToMel(hertz: number): number {
  return 2595 * Math.log10(1 + hertz / 700)
}

/** The inverse. */
export function melToHertz(mel: number): number {
  return 700 * (10 ** (mel / 2595) - 1)
}

/**
 * The weights of M triangles over the bins of a spectrum. Their M + 2 corners are equally far apart in mel from `low` to
 * `high`; band m rises from corner m to 1 at corner m + 1 and falls to 0 at corner m + 2, so that two neighbours add
 * up to 1 between their peaks.
 *
 * @returns (M, fftSize/2 + 1)
 * @throws RangeError if the edges are out of order, or a band is so narrow that no bin falls into it
 * @example
 * ```ts
 * const bank = melFilterBank({ sampleRate: 8000, fftSize: 512, bands: 20 })
 * bank.shape // → [20, 257]
 * bank.argmax().slice(0, 3) // → [4, 9, 14]
 * ```
 */
export function melFilterBank({
  sampleRate,
  fftSize,
  bands = 26,
  low = 0,
  high = sampleRate / 2,
}: Pick<MelOptions, 'sampleRate' | 'bands' | 'low' | 'high'> & { readonly fftSize: number }): Tensor {
  expectWhole(bands, 'bands')
  if (!(0 <= low && low < high && high <= sampleRate / 2))
    throw new RangeError(`expected 0 ≤ low < high ≤ ${sampleRate / 2} Hz, got low = ${low}, high = ${high}`)
  const [first, last] = [hertzToMel(low), hertzToMel(high)]
  const corner = Array.from({ length: bands + 2 }, (_, i) =>
    melToHertz(first + ((last - first) * i) / (bands + 1)),
  )
  const F = fftSize / 2 + 1
  const bank = Tensor.generate([bands, F], k => {
    const [m, f] = [Math.floor(k / F), ((k % F) * sampleRate) / fftSize]
    const rise = (f - corner[m]) / (corner[m + 1] - corner[m])
    const fall = (corner[m + 2] - f) / (corner[m + 2] - corner[m + 1])
    return Math.max(0, Math.min(rise, fall))
  })
  const empty = bank.rows().findIndex(band => band.sum() === 0)
  if (empty >= 0)
    throw new RangeError(
      `band ${empty} of ${bands} has no bin in it, expected fewer bands or an fftSize above ${fftSize}`,
    )
  return bank
}

/**
 * @param signal (N) samples
 * @returns (n, M) power in each band, one row per frame; frame i begins at sample i · hop
 * @throws RangeError if an option is out of range or the signal is shorter than a frame
 * @example
 * ```ts
 * const sampleRate = 8000
 * const tone = Tensor.generate([800], i => Math.sin((2 * Math.PI * 1000 * i) / sampleRate))
 * const power = melSpectrogram(tone, { sampleRate })
 * power.shape // → [8, 26]
 * power.argmax() // → [12, 12, 12, 12, 12, 12, 12, 12]
 * const width = hertzToMel(sampleRate / 2) / 27
 * melToHertz(13 * width) // → 1051.0
 * ```
 */
export function melSpectrogram(signal: Tensor, options: MelOptions): Tensor {
  const { sampleRate, preEmphasis = 0, window = 'hann' } = options
  if (!(sampleRate > 0)) throw new RangeError(`expected sampleRate to be above 0 Hz, got ${sampleRate}`)
  if (!Object.hasOwn(windows, window))
    throw new TypeError(`unknown window: ${window}, expected ${Object.keys(windows).join(', ')}`)
  const { frameSize = Math.round(0.025 * sampleRate), hop = Math.round(0.01 * sampleRate) } = options
  const { fftSize = nextPowerOfTwo(frameSize) } = options
  const lifted = preEmphasis === 0 ? signal : emphasize(signal, preEmphasis)
  const shape = windows[window](frameSize)
  const windowed = frames(lifted, frameSize, hop).map((v, k) => v * shape.data[k % frameSize])
  return powerSpectrum(windowed, fftSize).matmul(melFilterBank({ ...options, fftSize }).transpose())
}

/**
 * ln of the power, but of no less than `floor`, whatever silence there is: (n, M).
 *
 * @example
 * ```ts
 * const silence = Tensor.zeros([200])
 * logMelSpectrogram(silence, { sampleRate: 8000, bands: 2 }) // → [[-23.03, -23.03]]
 * ```
 */
export function logMelSpectrogram(signal: Tensor, options: MelOptions, floor = 1e-10): Tensor {
  return melSpectrogram(signal, options).map(power => Math.log(Math.max(power, floor)))
}

/** y_i = x_i - α x_{i-1}, with the first sample taken twice: y_0 = (1 - α) x_0. */
function emphasize(signal: Tensor, alpha: number): Tensor {
  return signal.map((v, i) => v - alpha * signal.data[Math.max(0, i - 1)])
}
