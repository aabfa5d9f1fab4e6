/**
 * What an expression is worth: a number (shape []), a vector ([n], neither row nor column), a matrix ([r, c]). Beside
 * the numbers goes a bound on what rounding may have done to them, so that `a - b = 0` can be judged.
 */
export interface Value {
  readonly shape: readonly number[]
  readonly data: Float64Array
  /** How far any of the numbers may be off, absolutely. */
  readonly error: number
}

/** Operands that do not fit: `cannot add`, and why. The evaluator says which they are. */
export class OperandError extends Error {
  override readonly name = 'OperandError'
}

/** Rounding of one float64 operation, relative. */
export const rounding = 2 ** -52

export function makeValue(shape: readonly number[], data: ArrayLike<number>, error?: number): Value {
  const numbers = data instanceof Float64Array ? data : Float64Array.from(data)
  return { shape, data: numbers, error: error ?? rounding * largest(numbers) }
}

export function scalar(x: number, error?: number): Value {
  return makeValue([], [x], error)
}

export function largest(data: Float64Array): number {
  let max = 0
  for (const x of data) max = Math.max(max, Math.abs(x))
  return max
}

export function isScalar({ shape }: Value): boolean {
  return shape.length === 0
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i])
}

/** `a number`, `3`, `4x4`. */
export function shapeText({ shape }: Pick<Value, 'shape'>): string {
  return shape.length === 0 ? 'a number' : shape.join('x')
}

/** f of each number. The error is carried by looking at f around the number. */
export function mapValue(a: Value, f: (x: number) => number): Value {
  const data = a.data.map(f)
  let error = rounding * largest(data)
  for (const x of a.data) {
    const moved = Math.abs(f(x + a.error) - f(x))
    if (Number.isFinite(moved)) error = Math.max(error, moved)
  }
  return { shape: a.shape, data, error }
}

/**
 * f of each pair of numbers. Shapes must agree, or one is a number and the other a number, a vector or a row.
 *
 * @param error from both operands and the result's numbers
 * @throws OperandError
 */
export function zipValues(
  a: Value,
  b: Value,
  f: (x: number, y: number) => number,
  error: (result: Float64Array) => number,
  broadcastMatrix = false,
): Value {
  const flat = ({ shape }: Value) => broadcastMatrix || shape.length < 2 || shape.includes(1)
  const shape = sameShape(a.shape, b.shape)
    ? a.shape
    : isScalar(a) && flat(b)
      ? b.shape
      : isScalar(b) && flat(a)
        ? a.shape
        : isColumn(a, b)
          ? [a.data.length]
          : undefined
  if (!shape) throw new OperandError('their shapes differ')
  const [sa, sb] = [isScalar(a) ? 0 : 1, isScalar(b) ? 0 : 1]
  const n = Math.max(a.data.length, b.data.length)
  const data = Float64Array.from({ length: n }, (_, i) => f(a.data[i * sa], b.data[i * sb]))
  return { shape, data, error: error(data) + rounding * largest(data) }
}

/** A vector and a matrix of one column are the same thing. */
export function isColumn(a: Value, b: Value): boolean {
  const column = ({ shape }: Value) => shape.length === 1 || (shape.length === 2 && shape[1] === 1)
  return column(a) && column(b) && a.data.length === b.data.length
}
