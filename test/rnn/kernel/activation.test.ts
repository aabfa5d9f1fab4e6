/** tanh and the logistic function, in the plain loops and in WebAssembly: how near, how alike, and what is special. */
import { describe, expect, it } from 'vitest'
import { allocate, type DType, type Numbers, toNumbers } from '../../../src/rnn/array/numbers.ts'
import { Random } from '../../../src/rnn/index.ts'
import { flush, sigmoid, tanh, tiniest } from '../../../src/rnn/kernel/activation.ts'
import type { Kernel } from '../../../src/rnn/kernel/interface.ts'
import { reference } from '../../../src/rnn/kernel/reference/reference.ts'
import { createSimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { expectNear, expectSameBits } from './blocks.ts'
import { operations } from './operations.ts'

const simd = createSimdKernel()

/** From -40 to 40 in equal steps, at random, and small and large by powers of two, in both signs. */
const points = Float64Array.of(
  ...Array.from({ length: 40_001 }, (_, i) => (i - 20_000) / 500),
  ...(random => Array.from({ length: 20_000 }, () => random.normal(0, 3)))(new Random(1)),
  ...(random => Array.from({ length: 20_000 }, () => random.uniform(-708, 708)))(new Random(2)),
  ...Array.from({ length: 4 * 1084 }, (_, i) => (i % 2 ? -1 : 1) * 1.37 * 2 ** ((i >> 2) - 1074)),
)
const special = [0, -0, Infinity, -Infinity, Number.NaN, 5e-324, -5e-324, 1e-310, 1e308, -1e308]

const logistic = (x: number) => 1 / (1 + Math.exp(-x))

/** Place in the order of all float64 numbers: neighbours differ by 1, and 0 and -0 are one. */
function placeOf(x: number): bigint {
  const [bits] = new BigInt64Array(Float64Array.of(x).buffer)
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits
}

/** How many numbers lie from a to b. */
function unitsBetween(a: number, b: number): number {
  const units = Number(placeOf(a) - placeOf(b))
  return units < 0 ? -units : units
}

/** Whole multiples of 2^-256, as big integers. */
const unit = 1n << 256n
const toFixed = (x: number) => BigInt(x * 2 ** 60 * 2 ** 60) << 136n

/** e^x by its Taylor series for x / 2^16, squared 16 times: some 200 bits are right. */
function exactExp(x: bigint): bigint {
  const r = x >> 16n
  let term = unit
  let sum = unit
  for (let k = 1n; term !== 0n && k < 40n; k++) {
    term = (term * r) / (k * unit)
    sum += term
  }
  for (let i = 0; i < 16; i++) sum = (sum * sum) >> 256n
  return sum
}

const exactly = {
  tanh(x: number): bigint {
    const e = exactExp(2n * toFixed(x))
    return ((e - unit) * unit) / (e + unit)
  },
  sigmoid: (x: number) => (unit * unit) / (unit + exactExp(-toFixed(x))),
} as const

/** How far y is from an exact value, in units in y's last place. */
function unitsOff(y: number, exact: bigint): number {
  const ulp = 2 ** (Math.floor(Math.log2(Math.abs(y))) - 52)
  return Math.abs(Number(((toFixed(y) - exact) * 1000n) / toFixed(ulp))) / 1000
}

/** Numbers from -40 to 40, most of them near 0, that have few enough digits for exact arithmetic. */
const exactPoints = (random =>
  Array.from({ length: 3000 }, (_, i) => random.uniform(-1, 1) * [0.3, 2, 10, 40][i % 4]))(
  new Random(3),
).filter(x => Math.abs(x) > 1e-6)

const largest = (xs: Iterable<number>) => {
  let max = 0
  for (const x of xs) if (!(x <= max)) max = x
  return max
}

describe('tanh', () => {
  it('is within 3 units in the last place of the exact value', () => {
    expect(largest(exactPoints.map(x => unitsOff(tanh(x), exactly.tanh(x))))).toBeLessThan(3)
  })

  // V8's Math.tanh is itself up to 2 units off.
  it('is within 5 units in the last place of Math.tanh', () => {
    expect(largest(points.map(x => unitsBetween(tanh(x), Math.tanh(x))))).toBeLessThanOrEqual(5)
  })

  it('is odd within 3 units, from -1 to 1, and monotone within 3', () => {
    expect(largest(points.map(x => unitsBetween(tanh(-x), -tanh(x))))).toBeLessThanOrEqual(3)
    expect(largest(points.map(x => Math.abs(tanh(x))))).toBe(1)
    expect(largestFall(tanh)).toBeLessThanOrEqual(3)
  })

  it('of what is special is what it should be', () => {
    expect([Infinity, 1e308, 21].map(tanh)).toEqual([1, 1, 1])
    expect([-Infinity, -1e308, -21].map(tanh)).toEqual([-1, -1, -1])
    expect([5e-324, -5e-324, 1e-310].map(tanh)).toEqual([5e-324, -5e-324, 1e-310])
    expect(Math.abs(tanh(0)) + Math.abs(tanh(-0))).toBe(0)
    expect(tanh(Number.NaN)).toBeNaN()
  })
})

describe('sigmoid', () => {
  it('is within 3 units in the last place of the exact value', () => {
    expect(largest(exactPoints.map(x => unitsOff(sigmoid(x), exactly.sigmoid(x))))).toBeLessThan(3)
  })

  it('is within 3 units in the last place of 1 / (1 + e^-x) from -708 on', () => {
    const within = points.filter(x => x >= -708)
    expect(largest(within.map(x => unitsBetween(sigmoid(x), logistic(x))))).toBeLessThanOrEqual(3)
  })

  it('σ(x) + σ(-x) is 1 to 3e-16, σ is from 0 to 1, and monotone within 3 units', () => {
    expect(largest(points.map(x => Math.abs(sigmoid(x) + sigmoid(-x) - 1)))).toBeLessThan(3e-16)
    expect(points.every(x => sigmoid(x) > 0 && sigmoid(x) <= 1)).toBe(true)
    expect(largestFall(sigmoid)).toBeLessThanOrEqual(3)
  })

  it('of what is special is what it should be: far below it stays under 4e-308', () => {
    expect([Infinity, 1e308, 40].map(sigmoid)).toEqual([1, 1, 1])
    expect([0, -0, 5e-324, -5e-324].map(sigmoid)).toEqual([0.5, 0.5, 0.5, 0.5])
    for (const x of [-Infinity, -1e308, -709, -745]) {
      expect(sigmoid(x)).toBeGreaterThan(0)
      expect(sigmoid(x)).toBeLessThan(4e-308)
    }
    expect(sigmoid(Number.NaN)).toBeNaN()
  })
})

/** The most units by which f is lower at a number than at the one before, over all points in order. */
function largestFall(f: (x: number) => number): number {
  const values = points.toSorted().map(f)
  return largest(values.map((y, i) => (i > 0 && y < values[i - 1] ? unitsBetween(y, values[i - 1]) : 0)))
}

/** A function of many numbers as a kernel calculates it. */
function inKernel(name: 'tanh' | 'sigmoid', kernel: Kernel, dtype: DType, xs: ArrayLike<number>): Numbers {
  const result = allocate(xs.length, dtype)
  kernel[name](result, toNumbers(xs, dtype), xs.length)
  return result
}

describe('in WebAssembly', () => {
  const all = [...points, ...special, ...special]

  for (const { name, forAll } of operations.elementwise) {
    it(`${name} agrees with the plain loop, to the last bit in float64, to 2e-7 in float32`, () =>
      forAll(perform => {
        expectSameBits(perform(simd, 'float64'), perform(reference, 'float64'))
        expectNear(perform(simd, 'float32'), perform(reference, 'float32'), 2e-7)
      }))
  }

  it.each(['tanh', 'sigmoid'] as const)('%s has the bits of the plain function in float64', name => {
    const f = { tanh, sigmoid }[name]
    for (const kernel of [simd, reference]) {
      const result = inKernel(name, kernel, 'float64', all)
      expect(all.findIndex((x, i) => !Object.is(result[i], f(x)))).toBe(-1)
    }
  })

  const rounded = Float32Array.from(points)
  const relative = (actual: Numbers, f: (x: number) => number, from: number) =>
    largest(
      Array.from(rounded, (x, i) => {
        const expected = f(x)
        return x < from || Math.abs(expected) < 2 ** -126
          ? 0
          : Math.abs(actual[i] - expected) / Math.abs(expected)
      }),
    )

  it('tanh in float32 is within 2e-7 of Math.tanh, relative to it', () => {
    expect(relative(inKernel('tanh', simd, 'float32', rounded), Math.tanh, -Infinity)).toBeLessThan(2e-7)
  })

  it('sigmoid in float32 is within 2e-7 of 1 / (1 + e^-x), relative to it, from -87 on', () => {
    expect(relative(inKernel('sigmoid', simd, 'float32', rounded), logistic, -87)).toBeLessThan(2e-7)
  })

  it('what is special in float32 is what it should be', () => {
    const xs = [Infinity, -Infinity, 0, 1e30, -1e30]
    const withNaN = allocate(6, 'float32')
    withNaN.set([...xs, Number.NaN])
    expect([...inKernel('tanh', simd, 'float32', withNaN)]).toEqual([1, -1, 0, 1, -1, Number.NaN])
    const [one, least, half, alsoOne, alsoLeast, none] = inKernel('sigmoid', simd, 'float32', withNaN)
    expect([one, half, alsoOne, none]).toEqual([1, 0.5, 1, Number.NaN])
    for (const x of [least, alsoLeast]) {
      expect(x).toBeGreaterThan(0)
      expect(x).toBeLessThan(2e-38)
    }
  })
})

describe('flush', () => {
  it('gives 0 for what is smaller than the threshold, and all else back', () => {
    for (const tiny of Object.values(tiniest)) {
      expect([tiny / 2, -tiny / 2, 5e-324, 0, -0].map(x => flush(x, tiny))).toEqual([0, 0, 0, 0, 0])
      const kept = [tiny, -tiny, 1, -1, Infinity, -Infinity, Number.NaN]
      expect(kept.map(x => flush(x, tiny))).toEqual(kept)
    }
  })

  it('begins far above denormal numbers, so that products of what is left are rarely denormal', () => {
    expect(tiniest.float64).toBeGreaterThan(2 ** -1022)
    expect(tiniest.float32).toBeGreaterThan(2 ** -126)
  })
})
