/** Whether a relation holds between two values, and how far they are apart. */
import type { RelationOp } from './expression.ts'
import { isColumn, isScalar, largest, rounding, sameShape, type Value } from './value.ts'

/** Slack of ≤ and ≥, relative. */
const slack = 1e-12

/** Shapes that may be compared; a bare 0 stands for zeros of any shape. */
export function comparable(a: Value, b: Value): boolean {
  const isZero = (v: Value) => isScalar(v) && v.data[0] === 0
  return sameShape(a.shape, b.shape) || isColumn(a, b) || single(a, b) || isZero(a) || isZero(b)
}

/** A vector of one number and that number. */
function single(a: Value, b: Value): boolean {
  return a.data.length === 1 && b.data.length === 1
}

/** Pairs of numbers at the same place. A lone number pairs with all. */
export function pairs(a: Value, b: Value): readonly (readonly [number, number])[] {
  const n = Math.max(a.data.length, b.data.length)
  const at = (v: Value, i: number) => v.data[v.data.length === 1 ? 0 : i]
  return Array.from({ length: n }, (_, i) => [at(a, i), at(b, i)] as const)
}

/** The largest difference, relative to the largest number of both; 0 where rounding explains it. */
export function deviation(a: Value, b: Value): number {
  const scale = Math.max(largest(a.data), largest(b.data))
  const apart = pairs(a, b).reduce((max, [x, y]) => Math.max(max, Math.abs(x - y)), 0)
  return apart <= noise(a, b) ? Math.min(apart / (scale || 1), rounding) : apart / scale
}

/** What rounding may have done to the difference. */
function noise(a: Value, b: Value): number {
  return 2 * (a.error + b.error)
}

/** All relations but ≈ and →, which need a tolerance that is stated. */
export function holds(op: RelationOp, a: Value, b: Value, tolerance = 1e-9): boolean {
  if (op === '=' || op === '\\ne' || op === '\\approx') {
    const equal = comparable(a, b) && deviation(a, b) <= tolerance
    return op === '\\ne' ? !equal : equal
  }
  if (!comparable(a, b) && !isScalar(a) && !isScalar(b)) return false
  const room = slack * Math.max(largest(a.data), largest(b.data)) + noise(a, b)
  return pairs(a, b).every(([x, y]) => {
    if (op === '<') return x < y
    if (op === '>') return x > y
    return op === '\\le' ? x <= y + room : x + room >= y
  })
}
