/**
 * x^n by squaring: only products, which the language fixes to the last bit. Engines round `**` differently (V8 of 2023
 * and of 2025 in one of ten cases), and the same seed must give the same numbers everywhere.
 */

/**
 * x^n = (x²)^⌊n/2⌋, times x if n is odd. Within n / 2 units in the last place.
 *
 * @param n a whole number from 0 and below 2³¹; for any other the engine's own `x ** n`
 */
export function power(x: number, n: number): number {
  if (n !== (n | 0) || n < 0) return x ** n
  let result = 1
  for (let square = x, rest = n; rest > 0; rest >>>= 1) {
    if (rest & 1) result *= square
    square *= square
  }
  return result
}
