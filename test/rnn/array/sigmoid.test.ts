import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numericGradient, relativeError, sigmoid, sigmoidSlope, Tensor } from '../../../src/rnn/index.ts'
import { always } from '../support.ts'

describe('sigmoid', () => {
  it('is 1/2 at 0, overflows nowhere, and keeps digits where it is tiny', () => {
    expect([0, 1000, -1000, Infinity, -Infinity].map(sigmoid)).toEqual([0.5, 1, 0, 1, 0])
    expect(sigmoid(-700) / Math.exp(-700)).toBeCloseTo(1, 12)
    expect(sigmoid(Number.NaN)).toBeNaN()
  })

  it('is (1 + tanh(a/2))/2 and mirrors itself, σ(-a) = 1 - σ(a), to 1e-15', () =>
    always(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), a => {
        expect(Math.abs(sigmoid(a) - (1 + Math.tanh(a / 2)) / 2)).toBeLessThan(1e-15)
        expect(Math.abs(sigmoid(-a) - (1 - sigmoid(a)))).toBeLessThan(1e-15)
      }),
    ))

  it('has the slope that central differences give, to 1e-9', () => {
    const a = Tensor.from([-3, -0.5, 0, 0.5, 3])
    const numeric = numericGradient(v => v.map(sigmoid).sum(), a)
    expect(relativeError(a.map(sigmoid).map(sigmoidSlope), numeric)).toBeLessThan(1e-9)
  })
})
