import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dropoutMask, numericGradient, Random, relativeError, Tensor } from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussians } from '../support.ts'

describe('dropoutMask', () => {
  it.each([0.1, 0.5, 0.9])(
    'with p = %s drops that share, and its mean is 1: 20,000 within 4 standard errors',
    p => {
      const mask = dropoutMask(new Random(1), [200, 100], p)
      const dropped = mask.map(m => (m === 0 ? 1 : 0)).mean()
      const error = 4 * Math.sqrt((p * (1 - p)) / 20_000)
      expect(Math.abs(dropped - p)).toBeLessThan(error)
      expect(Math.abs(mask.mean() - 1)).toBeLessThan(error / (1 - p))
    },
  )

  it('holds nothing but 0 and 1/(1 - p), and with p = 0 nothing but 1', () =>
    always(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (seed, p) => {
        const values = new Set(dropoutMask(new Random(seed), [50], p).data)
        expect([...values].filter(m => m !== 0 && m !== 1 / (1 - p))).toEqual([])
        expect(dropoutMask(new Random(seed), [5, 2], 0).equals(Tensor.full([5, 2], 1))).toBe(true)
      }),
    ))

  it('gives the same bits for the same seed, in either dtype, and others for another', () => {
    const draw = (seed: number, dtype?: 'float32') => dropoutMask(new Random(seed), [4, 25], 0.3, dtype)
    expect(draw(1).equals(draw(1))).toBe(true)
    expect(draw(1, 'float32').equals(draw(1).astype('float32'))).toBe(true)
    expect(draw(1).equals(draw(2))).toBe(false)
    expect([draw(1).dtype, draw(1, 'float32').dtype]).toEqual(['float64', 'float32'])
  })

  it('with a larger p drops what a smaller one drops, and more, and moves the generator as far', () =>
    always(
      fc.property(fc.nat(), seed => {
        const [few, many] = [new Random(seed), new Random(seed)]
        const [mild, strong] = [dropoutMask(few, [64], 0.2), dropoutMask(many, [64], 0.8)]
        expect(strong.data.every((m, k) => m === 0 || mild.data[k] !== 0)).toBe(true)
        const zeros = (mask: Tensor) => mask.data.filter(m => m === 0).length
        expect(zeros(strong)).toBeGreaterThan(zeros(mild))
        expect(few.state).toEqual(many.state)
      }),
    ))

  it('is its own way back: dx = m ⊙ dy agrees with central differences of y = m ⊙ x to 1e-9', () => {
    const { x, dy } = gaussians(1, { x: [3, 4], dy: [3, 4] })
    const mask = dropoutMask(new Random(1), x.shape, 0.5)
    const numeric = numericGradient(v => v.mul(mask).dot(dy), x)
    expect(relativeError(dy.mul(mask), numeric)).toBeLessThan(1e-9)
  })

  it.each<[string, () => unknown]>([
    [
      'RangeError: expected p to be from 0 to 0.9999999999999999, got 1',
      () => dropoutMask(new Random(), [2], 1),
    ],
    [
      'RangeError: expected p to be from 0 to 0.9999999999999999, got -0.1',
      () => dropoutMask(new Random(), [2], -0.1),
    ],
    [
      'RangeError: expected p to be from 0 to 0.9999999999999999, got NaN',
      () => dropoutMask(new Random(), [2], Number.NaN),
    ],
    [
      "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
      () => dropoutMask(new Random(), [2], 0.5, 'float16' as 'float32'),
    ],
  ])('refuses misuse: %s', (complaint, misuse) => {
    expect(complaintOf(misuse)).toBe(complaint)
  })
})
