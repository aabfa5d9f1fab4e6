/** Functions with a name of their own: `\tanh`, `\operatorname{softmax}`, `\sigma` when nothing else is bound to it. */
import { determinant, SVD } from 'ml-matrix'
import { matrixOf, squareOf } from './arithmetic.ts'
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

/** A function of one number, and its derivative. */
interface Elementwise {
  readonly f: (x: number) => number
  readonly slope: (x: number) => number
}

const sigmoid = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

const sigma: Elementwise = { f: sigmoid, slope: x => sigmoid(x) * sigmoid(-x) }
const ln: Elementwise = { f: Math.log, slope: x => 1 / x }

const elementwise: Readonly<Record<string, Elementwise>> = {
  '\\tanh': { f: Math.tanh, slope: x => 1 / Math.cosh(x) ** 2 },
  '\\sigma': sigma,
  '\\sigmoid': sigma,
  '\\relu': { f: x => Math.max(0, x), slope: x => (x > 0 ? 1 : 0) },
  '\\ReLU': { f: x => Math.max(0, x), slope: x => (x > 0 ? 1 : 0) },
  '\\softplus': { f: x => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigmoid },
  '\\exp': { f: Math.exp, slope: Math.exp },
  '\\log': ln,
  '\\ln': ln,
  '\\log_2': { f: Math.log2, slope: x => 1 / (x * Math.LN2) },
  '\\log_{10}': { f: Math.log10, slope: x => 1 / (x * Math.LN10) },
  '\\sqrt': { f: Math.sqrt, slope: x => 0.5 / Math.sqrt(x) },
  '\\sin': { f: Math.sin, slope: Math.cos },
  '\\cos': { f: Math.cos, slope: x => -Math.sin(x) },
  '\\tan': { f: Math.tan, slope: x => 1 / Math.cos(x) ** 2 },
  '\\sinh': { f: Math.sinh, slope: Math.cosh },
  '\\cosh': { f: Math.cosh, slope: Math.sinh },
  '\\sign': { f: Math.sign, slope: () => 0 },
  '\\sgn': { f: Math.sign, slope: () => 0 },
}

/** Functions of whole values. */
const whole: Readonly<Record<string, (...values: Value[]) => Value>> = {
  '\\softmax': only(softmax),
  '\\diag': only(diag),
  '\\tr': only(a => sumOf(a, diagonal(squareOf(a, 'only a square matrix has a trace').to2DArray()))),
  '\\det': only(a => {
    const value = determinant(squareOf(a, 'only a square matrix has a determinant'))
    return scalar(value, rounding * a.shape[0] * largest(a.data) ** a.shape[0])
  }),
  '\\rank': only(a => scalar(new SVD(matrixOf(a)).rank, 0)),
  '\\max': extremum(Math.max),
  '\\min': extremum(Math.min),
  '\\mean': only(a => sumOf(a, [...a.data], a.data.length)),
}

/** Every name, for suggestions. */
export const functionNames: readonly string[] = [...Object.keys(elementwise), ...Object.keys(whole)]

export function isFunction(name: string): boolean {
  return Object.hasOwn(elementwise, name) || Object.hasOwn(whole, name)
}

/** f(x), or f'(x) with one prime. @throws OperandError */
export function applyFunction(name: string, primes: number, values: readonly Value[]): Value {
  if (Object.hasOwn(elementwise, name)) {
    const { f, slope } = elementwise[name]
    if (primes > 1) throw new OperandError('only the first derivative is known')
    return only(a => mapValue(a, primes === 1 ? slope : f))(...values)
  }
  if (primes > 0) throw new OperandError('its derivative is not known: bind it to a symbol of its own')
  return whole[name](...values)
}

function only(f: (a: Value) => Value): (...values: Value[]) => Value {
  return (...values) => {
    if (values.length !== 1) throw new OperandError(`it takes one argument, got ${values.length}`)
    return f(values[0])
  }
}

function softmax(z: Value): Value {
  if (z.shape.length !== 1) throw new OperandError('softmax is for vectors')
  const top = Math.max(...z.data)
  const exps = z.data.map(x => Math.exp(x - top))
  const sum = exps.reduce((a, b) => a + b, 0)
  return { shape: z.shape, data: exps.map(x => x / sum), error: z.error + rounding }
}

/** A vector on the diagonal of a matrix, or the diagonal of a matrix. */
function diag(a: Value): Value {
  if (a.shape.length === 2 && a.shape[0] === a.shape[1]) {
    const data = diagonal(matrixOf(a).to2DArray())
    return makeValue([data.length], data, a.error)
  }
  if (a.shape.length !== 1) throw new OperandError('diag is for vectors and square matrices')
  const n = a.shape[0]
  return makeValue(
    [n, n],
    Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? a.data[i / (n + 1)] : 0)),
    a.error,
  )
}

function diagonal(rows: readonly (readonly number[])[]): number[] {
  return rows.map((row, i) => row[i])
}

function sumOf(a: Value, numbers: readonly number[], divisor = 1): Value {
  const sum = numbers.reduce((x, y) => x + y, 0)
  return scalar(
    sum / divisor,
    (a.error * numbers.length + rounding * largest(a.data) * numbers.length) / divisor,
  )
}

/** Of the numbers of one value; of several, number by number. */
function extremum(choose: (...xs: number[]) => number): (...values: Value[]) => Value {
  return (...values) => {
    const [first, ...rest] = values
    if (rest.length === 0 && !isScalar(first)) return scalar(choose(...first.data), first.error)
    return rest.reduce((a, b) => zipValues(a, b, choose, () => Math.max(a.error, b.error), true), first)
  }
}

/** |x|, number by number. @throws OperandError for a matrix, where bars mean something else */
export function absolute(a: Value): Value {
  if (a.shape.length > 1) throw new OperandError('write \\det A for the determinant, \\|A\\|_F for a norm')
  return mapValue(a, Math.abs)
}

/** ‖x‖: of a vector by its order, of a matrix only with the order said. @throws OperandError */
export function norm(a: Value, order: string): Value {
  const error = a.error * Math.sqrt(a.data.length) * 2
  if (isScalar(a)) return absolute(a)
  const euclid = scalar(Math.hypot(...a.data), error)
  if (a.shape.length === 2 && !a.shape.includes(1)) {
    if (order === 'F') return euclid
    if (order === '2') return scalar(new SVD(matrixOf(a)).norm2, error)
    throw new OperandError('which norm of a matrix? Write \\|A\\|_2 (spectral) or \\|A\\|_F (Frobenius)')
  }
  if (order === '' || order === '2' || order === 'F') return euclid
  if (order === '1')
    return scalar(
      a.data.reduce((s, x) => s + Math.abs(x), 0),
      error * Math.sqrt(a.data.length),
    )
  if (order === '\\infty') return scalar(largest(a.data), error)
  throw new OperandError(`unknown norm: ${order}, expected 1, 2 or \\infty`)
}
