/**
 * `\frac{\partial a}{\partial b}`: bound as one symbol, or by central differences of what depends on b. Layout: the
 * derivative of a vector by a vector is (∂a_i/∂b_j) with a row for each a_i; of a number, it has b's shape.
 */
import { type BoundFunction, rawLike } from './bindings.ts'
import { childrenOf, type DerivativeExpression, type Expression, FormulaError } from './expression.ts'
import { boundValue, type Scope, textOf } from './scope.ts'
import { boundTo, symbolValue } from './symbolValue.ts'
import { isScalar, largest, type Value } from './value.ts'

export function derivativeValue(e: DerivativeExpression, scope: Scope): Value {
  const { bindings, notes } = scope
  if (bindings.has(e.name)) return boundTo(e.name, e, scope)
  const f = dependence(e, scope)
  const at = symbolValue(e.by, scope)
  if (at.shape.length > 1 && !isScalar(f(at)))
    throw new FormulaError(
      `the derivative of a vector by a matrix, ${textOf(e, scope)}, has three axes`,
      e.span,
      'Bind it, or write it for one element.',
    )
  notes.numeric = true
  return differentiate(f, at)
}

/** a as a function of b: `a(b)` bound to a function, a itself, or an expression that holds b. */
function dependence({ of, by, name, span }: DerivativeExpression, scope: Scope): (b: Value) => Value {
  const { bindings } = scope
  const aName = of.kind === 'symbol' ? of.name : undefined
  const bound = aName && (bindings.function(`${aName}(${by.name})`) ?? bindings.function(aName))
  if (bound) return called(bound, of, bindings.raw(by.name))
  if (holds(of, by.name))
    return b => scope.evaluate(of, { ...scope, moved: new Map([...scope.moved, [by.name, b]]) })
  throw new FormulaError(
    `nothing says how ${textOf(of, scope)} depends on ${textOf(by, scope)}`,
    span,
    `Bind the derivative, '${name.replaceAll('\\', '\\\\')}', or '${(aName ?? 'f').replaceAll('\\', '\\\\')}(${by.name})' to a function.`,
  )
}

function called(f: BoundFunction, of: Expression, like: unknown): (b: Value) => Value {
  return b => boundValue(f(rawLike(b, like)), 'the function’s result', of)
}

function holds(e: Expression, name: string): boolean {
  return (e.kind === 'symbol' && e.name === name) || childrenOf(e).some(child => holds(child, name))
}

/** Five-point central differences: (−f(x+2h) + 8f(x+h) − 8f(x−h) + f(x−2h)) / 12h. */
export function differentiate(f: (x: Value) => Value, at: Value): Value {
  const columns = Array.from(at.data, (x, j) => {
    const h = 1e-3 * Math.max(1, Math.abs(x))
    const moved = (by: number) => {
      const data = at.data.slice()
      data[j] += by
      return f({ ...at, data })
    }
    const [m2, m1, p1, p2] = [-2 * h, -h, h, 2 * h].map(moved)
    const slope = m1.data.map(
      (_, i) => (m2.data[i] - 8 * m1.data[i] + 8 * p1.data[i] - p2.data[i]) / (12 * h),
    )
    return { slope, shape: m1.shape }
  })
  const { shape } = columns[0]
  const error = 1e-11 * Math.max(...columns.map(c => largest(c.slope)), 1e-3)
  if (isScalar(at)) return { shape, data: columns[0].slope, error }
  const rows = columns[0].slope.length
  const data = Float64Array.from(
    { length: rows * columns.length },
    (_, i) => columns[i % columns.length].slope[Math.floor(i / columns.length)],
  )
  return { shape: shape.length === 0 ? at.shape : [rows, columns.length], data, error }
}
