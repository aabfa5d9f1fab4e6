/**
 * Sums, products, powers and transposes of values. A vector is neither row nor column: W h and h W are both products,
 * h^T is a row, h^T g a number, h g^T a matrix. Two vectors side by side are no product.
 */
import { inverse as invert, Matrix } from 'ml-matrix'
import {
  isScalar,
  largest,
  makeValue,
  mapValue,
  OperandError,
  rounding,
  scalar,
  type Value,
  zipValues,
} from './value.ts'

export function add(a: Value, b: Value): Value {
  return zipValues(
    a,
    b,
    (x, y) => x + y,
    () => a.error + b.error,
  )
}

export function subtract(a: Value, b: Value): Value {
  return zipValues(
    a,
    b,
    (x, y) => x - y,
    () => a.error + b.error,
  )
}

export function negate(a: Value): Value {
  return { ...a, data: a.data.map(x => -x) }
}

/** Element by element. */
export function hadamard(a: Value, b: Value): Value {
  return zipValues(
    a,
    b,
    (x, y) => x * y,
    () => a.error * largest(b.data) + b.error * largest(a.data),
    true,
  )
}

/** Element by element, or by a number. */
export function divide(a: Value, b: Value): Value {
  if (isScalar(a) && b.shape.length === 2) throw new OperandError('one does not divide by a matrix')
  const least = b.data.reduce((min, x) => Math.min(min, Math.abs(x)), Infinity)
  return zipValues(
    a,
    b,
    (x, y) => x / y,
    data => (least > 0 ? (a.error + largest(data) * b.error) / least : 0),
    true,
  )
}

/** The product of things side by side. @throws OperandError for shapes that have none */
export function multiply(a: Value, b: Value): Value {
  if (isScalar(a) || isScalar(b)) return hadamard(a, b)
  const [ra, rb] = [a.shape.length, b.shape.length]
  if (ra > 2 || rb > 2) throw new OperandError('it has more than two axes')
  if (ra === 1 && rb === 1)
    throw new OperandError('two vectors side by side have no product: write \\odot, \\cdot, or a transpose')
  // A vector is a row on the left and a column on the right, save before a row: v w^T.
  const outer = ra === 1 && rb === 2 && b.shape[0] === 1
  const [n, k] = ra === 2 ? a.shape : outer ? [a.shape[0], 1] : [1, a.shape[0]]
  const [l, m] = rb === 2 ? b.shape : [b.shape[0], 1]
  if (k !== l) throw new OperandError(`the inner sizes ${k} and ${l} differ`)
  const data = productOf(a.data, b.data, n, k, m)
  const shape = ra === 1 && !outer ? [m] : rb === 1 ? [n] : [n, m]
  const single = shape.length === 1 && shape[0] === 1 && (ra === 1 || a.shape[0] === 1)
  return { shape: single ? [] : shape, data, error: productError(a, b, data, k) }
}

/** `\cdot`: the inner product of two vectors, otherwise the product. */
export function dot(a: Value, b: Value): Value {
  if (a.shape.length !== 1 || b.shape.length !== 1) return multiply(a, b)
  if (a.shape[0] !== b.shape[0]) throw new OperandError(`the lengths ${a.shape[0]} and ${b.shape[0]} differ`)
  const data = productOf(a.data, b.data, 1, a.shape[0], 1)
  return { shape: [], data, error: productError(a, b, data, a.shape[0]) }
}

/** `\otimes`: the outer product of two vectors. */
export function outer(a: Value, b: Value): Value {
  if (a.shape.length !== 1 || b.shape.length !== 1) throw new OperandError('\\otimes is for two vectors')
  return multiply(a, transpose(b))
}

export function transpose(a: Value): Value {
  if (isScalar(a)) return a
  if (a.shape.length === 1) return { ...a, shape: [1, a.shape[0]] }
  if (a.shape.length > 2) throw new OperandError('it has more than two axes')
  const [r, c] = a.shape
  if (r === 1) return { ...a, shape: [c] }
  const data = Float64Array.from({ length: r * c }, (_, i) => a.data[(i % r) * c + Math.floor(i / r)])
  return { ...a, shape: [c, r], data }
}

/** @throws OperandError for a matrix that has none */
export function inverse(a: Value): Value {
  if (isScalar(a)) return divide(scalar(1, 0), a)
  const inverted = squareOf(a, 'only a square matrix has an inverse')
  let result: Matrix
  try {
    result = invert(inverted)
  } catch {
    throw new OperandError('this matrix is singular')
  }
  const data = Float64Array.from(result.to1DArray())
  const size = largest(data)
  return { shape: a.shape, data, error: a.error * size * size * a.shape[0] + rounding * size * a.shape[0] }
}

/**
 * Numbers and vectors element by element (either of both may be the vector); a square matrix as often as the whole
 * exponent says.
 */
export function power(base: Value, exponent: Value, elementwise: boolean): Value {
  if (base.shape.length < 2 || base.shape.includes(1) || elementwise) {
    const f = (x: number, y: number) => x ** y
    const result = zipValues(base, exponent, f, () => 0, true)
    if (!isScalar(exponent)) return result
    const [y] = exponent.data
    return { ...result, error: Math.max(result.error, mapValue(base, x => f(x, y)).error) }
  }
  squareOf(base, 'only a square matrix has powers; element by element is written A^{\\odot 2}')
  const n = exponent.data[0]
  if (!isScalar(exponent) || !Number.isInteger(n) || n < 0)
    throw new OperandError('a matrix is raised to a whole number')
  let result = makeValue(base.shape, Matrix.eye(base.shape[0]).to1DArray(), 0)
  for (let i = 0; i < n; i++) result = multiply(result, base)
  return result
}

/** The matrix for ml-matrix. @throws OperandError with this message unless square */
export function squareOf(a: Value, message: string): Matrix {
  if (a.shape.length !== 2 || a.shape[0] !== a.shape[1]) throw new OperandError(message)
  return matrixOf(a)
}

export function matrixOf({ data, shape }: Value): Matrix {
  return Matrix.from1DArray(shape[0], shape[1], [...data])
}

function productOf(A: Float64Array, B: Float64Array, n: number, k: number, m: number): Float64Array {
  const C = new Float64Array(n * m)
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++) for (let j = 0; j < m; j++) C[i * m + j] += A[i * k + l] * B[l * m + j]
  return C
}

/** Relative errors add up in a product. */
function productError(a: Value, b: Value, data: Float64Array, k: number): number {
  const relative = (v: Value) => (v.error === 0 ? 0 : v.error / Math.max(largest(v.data), Number.MIN_VALUE))
  const sum = relative(a) + relative(b) + k * rounding
  return Number.isFinite(sum) ? largest(data) * sum : 0
}
