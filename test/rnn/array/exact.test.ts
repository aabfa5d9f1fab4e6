/** Powers and cosines that every engine rounds alike: near the engine's own, and where they are known, exact. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosPi } from '../../../src/rnn/array/cosine.ts'
import { powersOf } from '../../../src/rnn/array/power.ts'
import { always } from '../support.ts'

describe('powersOf', () => {
  it('is within n/2 units in the last place of x ** n', () => {
    const cases = [fc.double({ min: 0.5, max: 1.5, noNaN: true }), fc.integer({ min: 0, max: 500 })] as const
    always(
      fc.property(...cases, (x, n) => {
        const expected = x ** n
        const units = Math.max(1, n / 2 + 1) * Number.EPSILON
        expect(Math.abs(powersOf(x)(n) - expected)).toBeLessThanOrEqual(units * expected)
      }),
      1000,
    )
  })

  it('is exact where the result fits: 3^33, 2^-1000, (-1)^n, x^0', () => {
    expect(powersOf(3)(33)).toBe(5559060566555523)
    expect(powersOf(0.5)(1000)).toBe(2 ** -1000)
    expect([0, 1, 2, 3].map(n => powersOf(-1)(n))).toEqual([1, -1, 1, -1])
    expect([0, 2.5, Number.NaN].map(x => powersOf(x)(0))).toEqual([1, 1, 1])
  })

  it('is as the engine has it where n is not a whole number from 0', () => {
    expect(powersOf(2)(0.5)).toBe(Math.SQRT2)
    expect(powersOf(2)(-1)).toBe(0.5)
  })
})

describe('cosPi', () => {
  it('is within 1e-15 of Math.cos(πx), for |x| up to 4', () => {
    always(
      fc.property(fc.double({ min: -4, max: 4, noNaN: true }), x => {
        const part = x % 2 // exact; π times a large number would have lost digits
        expect(Math.abs(cosPi(x) - Math.cos(Math.PI * part))).toBeLessThan(1e-15)
      }),
      1000,
    )
  })

  it('is exact at every quarter of a turn, and ½ to 1e-16 at a sixth', () => {
    expect([0, 0.5, 1, 1.5, 2, 101].map(cosPi).map(Math.abs)).toEqual([1, 0, 1, 0, 1, 1])
    expect([0, 1, 2, 3, -1].map(cosPi)).toEqual([1, -1, 1, -1, -1])
    expect(Math.abs(cosPi(1 / 3) - 0.5)).toBeLessThan(2e-16)
    expect(Math.abs(cosPi(0.25) - Math.SQRT1_2)).toBeLessThan(2e-16)
  })

  it('is even, and changes its sign after half a turn', () => {
    always(
      fc.property(fc.integer({ min: -4096, max: 4096 }), k => {
        const x = k / 1024
        expect(cosPi(-x)).toBe(cosPi(x))
        expect(cosPi(x + 1) + cosPi(x)).toBe(0)
      }),
    )
  })
})
