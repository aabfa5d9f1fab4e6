/**
 * tanh and the logistic function in steps that are fixed to the last bit: Math.tanh and Math.exp may be rounded
 * differently by each engine, and the same seed must give the same numbers everywhere. `wasm/activation.ts` takes the
 * same steps.
 *
 * With x = n ln 2 + r, |r| at most ½ ln 2, e^x - 1 is 2^n p + (2^n - 1), where p = e^r - 1 by its Taylor series to r^13.
 * Within 3 units in the last place.
 */

/** tanh x = (e^{2x} - 1) / (e^{2x} + 1) */
export function tanh(x: number): number {
  const y = 2 * clamp(x, 20)
  const n = nearestWhole(y * Math.LOG2E)
  const scale = powersOfTwo[n + bias]
  const e = scale - 1 + scale * expm1OfRest(y, n)
  return e / (e + 2)
}

/** σ(x) = 1 / (1 + e^{-x}) */
export function sigmoid(x: number): number {
  const y = clamp(-x, 708)
  const n = nearestWhole(y * Math.LOG2E)
  const scale = powersOfTwo[n + bias]
  return 1 / (1 + (scale + scale * expm1OfRest(y, n)))
}

/**
 * x, with 0 for what is too small to matter. A number below 2e-308 (float32: 1e-38) is denormal, and processors
 * calculate with those up to a hundred times slower; vanishing gradients are made of them.
 */
export function flush(x: number, tiny: number): number {
  return Math.abs(x) < tiny ? 0 : x
}

/** Where `flush` begins. */
export const tiniest = { float64: 1e-290, float32: 1e-30 } as const

/** Written so that NaN stays. */
function clamp(x: number, limit: number): number {
  return x > limit ? limit : x < -limit ? -limit : x
}

/** Numbers of this size have no fraction, so the sum is rounded to a whole number, ties to even. */
const wholeFrom = 1.5 * 2 ** 52

function nearestWhole(x: number): number {
  return x + wholeFrom - wholeFrom
}

const bias = 1022

/** 2^-1022 … 2^1023, by doubling: exact. */
const powersOfTwo = new Float64Array(2046)
for (let n = 0, power = 2 ** -1022; n < powersOfTwo.length; n++, power *= 2) powersOfTwo[n] = power

/** ln 2 in two parts, so that n times the first is exact. */
const ln2 = [0.6931471803691238, 1.9082149292705877e-10] as const

/** 1/13!, …, 1/2! */
const taylor = [
  1.6059043836821613e-10, 2.08767569878681e-9, 2.505210838544172e-8, 2.755731922398589e-7,
  2.7557319223985893e-6, 2.48015873015873e-5, 1.984126984126984e-4, 1.388888888888889e-3,
  8.333333333333333e-3, 4.1666666666666664e-2, 1.6666666666666666e-1, 0.5,
] as const

/** e^r - 1 for r = y - n ln 2. By pairs of terms in r², as the vectors do it: fewer steps wait for one another. */
function expm1OfRest(y: number, n: number): number {
  const r = y - n * ln2[0] - n * ln2[1]
  const r2 = r * r
  let p = taylor[1] + taylor[0] * r
  for (let k = 2; k < taylor.length; k += 2) p = taylor[k + 1] + taylor[k] * r + p * r2
  return r + p * r2
}
