import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dct,
  frames,
  hertzToMel,
  logMelSpectrogram,
  melFilterBank,
  melSpectrogram,
  melToHertz,
  mfcc,
  powerSpectrum,
  Random,
  Tensor,
  windows,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussian } from '../support.ts'

const tone = (hertz: number, sampleRate: number, N: number) =>
  Tensor.generate([N], i => Math.sin((2 * Math.PI * hertz * i) / sampleRate))

describe('frames', () => {
  it('frame i begins at sample i · hop, and as many are there as fit', () => {
    const [size, hop] = [fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })]
    always(
      fc.property(fc.integer({ min: 9, max: 60 }), size, hop, (N, frameSize, step) => {
        const cut = frames(
          Tensor.generate([N], i => i),
          frameSize,
          step,
        )
        for (const [i, frame] of cut.rows().entries())
          expect([...frame.data]).toEqual(Array.from({ length: frameSize }, (_, k) => i * step + k))
        const end = (cut.shape[0] - 1) * step + frameSize
        expect(end <= N && end + step > N).toBe(true)
      }),
    )
  })
})

describe('windows', () => {
  it('have the ends and the middle of their formulas, to 1e-15', () => {
    expect(
      windows
        .hann(8)
        .maxAbsDifference(Tensor.from([0, 1, 2, 3, 4, 3, 2, 1].map(i => Math.sin((Math.PI * i) / 8) ** 2))),
    ).toBeLessThan(1e-15)
    expect(windows.hamming(8).at(0)).toBeCloseTo(0.08, 15)
    expect(windows.hamming(8).at(4)).toBeCloseTo(1, 15)
    expect(
      [windows.htk(9).at(0), windows.htk(9).at(4), windows.htk(9).at(8)].map(v => v.toFixed(12)),
    ).toEqual([0.08, 1, 0.08].map(v => v.toFixed(12)))
    expect(windows.none(3).toArray()).toEqual([1, 1, 1])
    expect(windows.htk(1).toArray()).toEqual([1])
  })
})

describe('powerSpectrum', () => {
  it('keeps the energy: Σ x² is the mean of |X|² over all N frequencies, to 1e-12 (Parseval)', () => {
    always(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 70 }), fc.constantFrom(128, 256), (seed, size, N) => {
        const x = gaussian(new Random(seed), [2, size])
        const power = powerSpectrum(x, N)
        expect(power.shape).toEqual([2, N / 2 + 1])
        for (const [i, row] of power.rows().entries()) {
          const all = 2 * row.sum() - row.at(0) - row.at(-1)
          expect(Math.abs(all / N / x.row(i).dot(x.row(i)) - 1)).toBeLessThan(1e-12)
        }
      }),
      50,
    )
  })

  it('is the sum of its definition, to 1e-10', () => {
    const x = gaussian(new Random(1), [1, 16])
    const power = powerSpectrum(x)
    for (let k = 0; k <= 8; k++) {
      const part = (f: (angle: number) => number) =>
        x
          .row(0)
          .map((v, i) => v * f((2 * Math.PI * k * i) / 16))
          .sum()
      expect(Math.abs(power.at(0, k) - part(Math.cos) ** 2 - part(Math.sin) ** 2)).toBeLessThan(1e-10)
    }
  })

  it('of a tone of amplitude A that fits the frame is (A N / 2)² in its own bin and 0 elsewhere, to 1e-9', () => {
    const power = powerSpectrum(tone(1000, 8000, 64).mul(3).reshape([1, 64])).row(0)
    expect(power.at(8)).toBeCloseTo((3 * 32) ** 2, 9)
    expect(power.sum() - power.at(8)).toBeLessThan(1e-9)
  })

  it('fills a frame up with zeros, also after a longer power of two', () => {
    const x = gaussian(new Random(2), [3, 5])
    const zeros = Tensor.zeros([3, 27])
    expect(powerSpectrum(x, 32).equals(powerSpectrum(Tensor.concat([x, zeros], 1)))).toBe(true)
    expect(powerSpectrum(x).shape).toEqual([3, 5])
    expect(powerSpectrum(Tensor.from([[2]])).toArray()).toEqual([[4, 4]])
  })
})

describe('the mel scale', () => {
  it('puts 1000 Hz at 1000 mel, to 0.02, and melToHertz undoes hertzToMel to 1e-9', () => {
    expect(Math.abs(hertzToMel(1000) - 1000)).toBeLessThan(0.02)
    expect(hertzToMel(0)).toBe(0)
    always(
      fc.property(fc.double({ min: 0, max: 20_000, noNaN: true }), hertz => {
        expect(Math.abs(melToHertz(hertzToMel(hertz)) - hertz)).toBeLessThan(1e-9)
      }),
    )
  })
})

describe('melFilterBank', () => {
  const [sampleRate, fftSize, bands] = [16_000, 4096, 20]
  const bank = melFilterBank({ sampleRate, fftSize, bands, low: 100, high: 7000 })
  const hertz = (k: number) => (k * sampleRate) / fftSize

  it('adds up to 1 between the first peak and the last, to 1e-12, and is 0 outside of low and high', () => {
    const total = bank.sum(0)
    const step = (hertzToMel(7000) - hertzToMel(100)) / (bands + 1)
    const [first, last] = [1, bands].map(i => melToHertz(hertzToMel(100) + i * step))
    for (let k = 0; k < total.data.length; k++) {
      if (hertz(k) >= first && hertz(k) <= last) expect(Math.abs(total.at(k) - 1)).toBeLessThan(1e-12)
      if (hertz(k) < 100 || hertz(k) > 7000) expect(total.at(k)).toBe(0)
    }
  })

  it('has its peaks, near 1, equally far apart in mel: within a bin', () => {
    const step = (hertzToMel(7000) - hertzToMel(100)) / (bands + 1)
    for (const [m, band] of bank.rows().entries()) {
      const peak = hertz(band.argmax().at())
      expect(Math.abs(peak - melToHertz(hertzToMel(100) + (m + 1) * step))).toBeLessThan(hertz(1))
      expect(band.maxAbs()).toBeGreaterThan(0.9)
    }
  })
})

describe('melSpectrogram', () => {
  it.each([150, 440, 1000, 1700, 3300])(
    'of a tone of %i Hz is largest in the band whose peak is nearest',
    hertz => {
      const sampleRate = 8000
      const power = melSpectrogram(tone(hertz, sampleRate, 2000), { sampleRate, bands: 20, fftSize: 1024 })
      const peaks = Array.from({ length: 20 }, (_, m) => melToHertz(((m + 1) * hertzToMel(4000)) / 21))
      const weights = peaks.map(peak => -Math.abs(hertzToMel(peak) - hertzToMel(hertz)))
      const nearest = weights.indexOf(Math.max(...weights))
      expect([...power.argmax().data]).toEqual(Array(power.shape[0]).fill(nearest))
    },
  )

  it('grows with the square of the signal, and its logarithm has a floor for silence', () => {
    const x = gaussian(new Random(3), [1000])
    const [soft, loud] = [x, x.mul(3)].map(v => melSpectrogram(v, { sampleRate: 8000 }))
    expect(loud.div(soft).sub(9).maxAbs()).toBeLessThan(1e-12)
    expect(logMelSpectrogram(Tensor.zeros([400]), { sampleRate: 8000 }).at(0, 0)).toBe(Math.log(1e-10))
  })
})

describe('dct', () => {
  it('is orthonormal: it keeps lengths and angles, and its transpose undoes it, to 1e-13', () => {
    for (const M of [1, 2, 13, 26]) {
      const D = dct(Tensor.identity(M))
      expect(D.transpose().matmul(D).maxAbsDifference(Tensor.identity(M))).toBeLessThan(1e-13)
    }
    const x = gaussian(new Random(4), [3, 26])
    expect(
      dct(x, 13).equals(
        Tensor.stack(
          dct(x)
            .rows()
            .map(row => row.slice(0, 13)),
        ),
      ),
    ).toBe(true)
  })

  it('of a cosine of its own is one number: √(M/2) in place k', () => {
    const wave = Tensor.generate([1, 8], m => Math.cos((Math.PI * 3 * (m + 0.5)) / 8))
    const expected = Tensor.generate([1, 8], k => (k === 3 ? 2 : 0))
    expect(dct(wave).maxAbsDifference(expected)).toBeLessThan(1e-15)
  })
})

describe('mfcc', () => {
  // Two tones and a sawtooth of whole numbers; the coefficients of frame 3 by NumPy's rfft and SciPy's dct.
  const signal = Tensor.generate(
    [800],
    i =>
      Math.sin((2 * Math.PI * 440 * i) / 8000) +
      0.5 * Math.sin((2 * Math.PI * 1850 * i) / 8000 + 0.3) +
      (0.01 * (((i * 7919) % 101) - 50)) / 50,
  )
  // biome-ignore format: thirteen numbers
  const plain = [
    -13.33394538877, 1.945993125492, -1.621058308017, -2.100650240156, -16.48835508421, -12.50219250818, 5.672631122233,
    -0.2973262423138, 3.427396379013, 8.802870323846, -5.503124628759, 0.007745884742615, -1.258574692766,
  ]
  // biome-ignore format: thirteen numbers
  const htk = [
    -7.025091801039, -2.451582503042, -8.007966050037, 5.64692354701, -71.794045531129, -52.911970926603,
    48.692398408323, -0.876149511751, 51.288685571493, 86.770963797128, -55.672120199757, -2.888487490482,
    -25.463187904869,
  ]

  it('agrees with NumPy and SciPy to 1e-9, with the plain options and with those of HTK', () => {
    const found = mfcc(signal, { sampleRate: 8000 })
    expect(found.shape).toEqual([8, 13])
    expect(found.row(3).maxAbsDifference(Tensor.from(plain))).toBeLessThan(1e-9)
    const options = { sampleRate: 8000, preEmphasis: 0.97, window: 'htk', lifter: 22 } as const
    expect(mfcc(signal, options).row(3).maxAbsDifference(Tensor.from(htk))).toBeLessThan(1e-9)
  })

  it('of a signal that begins a hop later is the same, one frame later, to 1e-12', () => {
    const later = mfcc(signal.slice(80), { sampleRate: 8000 })
    expect(later.maxAbsDifference(mfcc(signal, { sampleRate: 8000 }).slice(1))).toBeLessThan(1e-12)
  })
})

it.each<[string, () => unknown]>([
  [
    'RangeError: signal has 5 samples, expected at least one frame of 8',
    () => frames(Tensor.zeros([5]), 8, 1),
  ],
  ['RangeError: expected hop to be a whole number from 1, got 0', () => frames(Tensor.zeros([5]), 2, 0)],
  ['RangeError: signal has shape [2, 5], expected [N]', () => frames(Tensor.zeros([2, 5]), 2, 1)],
  [
    'RangeError: fftSize is 12, expected a power of two from 9',
    () => powerSpectrum(Tensor.zeros([1, 9]), 12),
  ],
  ['RangeError: fftSize is 8, expected a power of two from 9', () => powerSpectrum(Tensor.zeros([1, 9]), 8)],
  [
    'RangeError: expected 0 ≤ low < high ≤ 4000 Hz, got low = 0, high = 5000',
    () => melFilterBank({ sampleRate: 8000, fftSize: 256, high: 5000 }),
  ],
  [
    'RangeError: band 0 of 100 has no bin in it, expected fewer bands or an fftSize above 256',
    () => melFilterBank({ sampleRate: 8000, fftSize: 256, bands: 100 }),
  ],
  [
    'RangeError: expected sampleRate to be above 0 Hz, got 0',
    () => melSpectrogram(Tensor.zeros([500]), { sampleRate: 0 }),
  ],
  [
    'TypeError: unknown window: box, expected none, hann, hamming, htk',
    () => melSpectrogram(Tensor.zeros([500]), { sampleRate: 8000, window: 'box' as 'hann' }),
  ],
  ['RangeError: expected count to be at most M = 3, got 4', () => dct(Tensor.zeros([2, 3]), 4)],
  [
    'RangeError: expected coefficients to be at most the 26 bands, got 27',
    () => mfcc(Tensor.zeros([500]), { sampleRate: 8000, coefficients: 27 }),
  ],
  [
    'RangeError: expected lifter to be 0 or above, got -1',
    () => mfcc(Tensor.zeros([500]), { sampleRate: 8000, lifter: -1 }),
  ],
])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))
