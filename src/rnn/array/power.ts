/**
 * x^n by squaring: only products, which the language fixes to the last bit. Engines round `**` differently (V8 of 2023
 * and of 2025 in one of ten cases), and the same seed must give the same numbers everywhere.
 */

/**
 * n ↦ x^n, the product of those of x, x², x⁴, … whose bits n has. Within n / 2 units in the last place; where n is not
 * a whole number from 0 and below 2³¹, the engine's own `x ** n`.
 */
export function powersOf(x: number): (n: number) => number {
  const squares = [x]
  while (squares.length < 31) squares.push(squares[squares.length - 1] * squares[squares.length - 1])
  return n => {
    if (n !== (n | 0) || n < 0) return x ** n
    let result = 1
    for (let rest = n; rest > 0; rest &= rest - 1) result *= squares[31 - Math.clz32(rest & -rest)]
    return result
  }
}
