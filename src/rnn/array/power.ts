/**
 * x^n by squaring: only products, which the language fixes to the last bit. Engines round `**` differently (V8 of 2023
 * and of 2025 in one of ten cases), and the same seed must give the same numbers everywhere.
 */

/**
 * x^n = (x²)^⌊n/2⌋, times x if n is odd. Within n / 2 units in the last place.
 *
 * @param n a whole number from 0; for any other the engine's own `x ** n`
 */
export function power(x: number, n: number): number {
  if (!Number.isInteger(n) || n < 0) return x ** n
  let result = 1
  for (let square = x, rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square
    square *= square
  }
  return result
}
