/** cos πx in steps that are fixed to the last bit: engines round Math.cos differently, as they do `**`. */

/**
 * cos πx = 1 - (πx)²/2! + (πx)⁴/4! - …, Taylor's series, for |x| ≤ ¼; beyond, by symmetry, or as sin π(½ - x). Within
 * 2.3e-16. (IEEE 754 calls it cosPi)
 */
export function cosPi(x: number): number {
  const turned = Math.abs(x) % 2
  const upper = turned > 1 ? 2 - turned : turned
  const sign = upper > 0.5 ? -1 : 1
  const part = upper > 0.5 ? 1 - upper : upper
  if (part <= 0.25) return sign * alternating(square(Math.PI * part), 17)
  const rest = Math.PI * (0.5 - part)
  return sign * rest * alternating(square(rest), 18)
}

/** 1 - q/(k(k+1)) (1 - q/((k+2)(k+3)) (1 - …)) from k = 1 or 2 up to `last`. */
function alternating(q: number, last: number): number {
  let sum = 1
  for (let k = last; k > 0; k -= 2) sum = 1 - (q * sum) / (k * (k + 1))
  return sum
}

function square(x: number): number {
  return x * x
}
