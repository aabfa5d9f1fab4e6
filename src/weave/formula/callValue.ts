/** What a function makes of its arguments: one that is bound, or one that everybody knows. */
import { nearest } from '../base/nearest.ts'
import { power } from './arithmetic.ts'
import { type BoundFunction, rawLike } from './bindings.ts'
import { differentiate } from './derivative.ts'
import { type CallExpression, type Expression, FormulaError } from './expression.ts'
import { applyFunction, functionNames, isFunction } from './functions.ts'
import { boundValue, computed, type Scope } from './scope.ts'
import { boundTo } from './symbolValue.ts'
import { isScalar, OperandError, type Value } from './value.ts'

export function callValue(e: CallExpression, scope: Scope): Value {
  const { bindings } = scope
  if (bindings.has(e.whole)) return boundTo(e.whole, e, scope)
  const bound = bindings.function(primed(e)) ?? bindings.function(e.name)
  const values = e.arguments.map(a => scope.evaluate(a, scope))
  const operands = e.arguments.map((a, i) => [a, values[i]] as const)
  const value = bound
    ? computed(e, scope, `apply ${e.name} to`, operands, () => applyBound(bound, e, values, scope))
    : computed(e, scope, `apply ${e.name} to`, operands, () => {
        if (!isFunction(e.name)) throw unknown(e)
        return applyFunction(e.name, e.primes, values)
      })
  if (!e.power) return value
  const exponent = scope.evaluate(e.power, scope)
  return computed(e, scope, 'raise', [[e, value]], () => power(value, exponent, false))
}

/** Whether a letter with brackets behind it is a call. */
export function isCall(
  { name, whole }: { readonly name: string; readonly whole: string },
  scope: Scope,
): boolean {
  const { bindings } = scope
  return (
    bindings.has(whole) ||
    bindings.function(name) !== undefined ||
    (isFunction(name) && !bindings.has(name) && !scope.indices.has(name))
  )
}

function primed({ name, primes }: CallExpression): string {
  return primes === 0 ? name : `${name}${"'".repeat(primes)}`
}

function applyBound(f: BoundFunction, e: CallExpression, values: readonly Value[], scope: Scope): Value {
  const { bindings, notes } = scope
  const like = (a: Expression) =>
    a.kind === 'symbol' && bindings.has(a.name) ? bindings.raw(a.name) : undefined
  const call = (...args: readonly Value[]) =>
    boundValue(f(...args.map((v, i) => rawLike(v, like(e.arguments[i])))), `${e.name}(…)`, e)
  if (e.primes === 0 || bindings.function(primed(e))) return call(...values)
  if (e.primes > 1 || values.length !== 1) throw new OperandError('only f′ of one argument can be computed')
  notes.numeric = true
  const [x] = values
  const slope = differentiate(call, x)
  if (isScalar(x)) return slope
  // f' of a vector is taken element by element: f must not mix them.
  const n = x.data.length
  if (slope.shape.join() !== `${n},${n}`) throw new OperandError('it does not work element by element')
  const mixes = slope.data.some((d, i) => i % (n + 1) !== 0 && Math.abs(d) > 1e-8)
  if (mixes) throw new OperandError('it does not work element by element')
  return {
    shape: [n],
    data: Float64Array.from({ length: n }, (_, i) => slope.data[i * (n + 1)]),
    error: slope.error,
  }
}

function unknown(e: CallExpression): FormulaError {
  const near = nearest(e.name, functionNames)
  return new FormulaError(
    `unknown function: ${e.name}`,
    e.span,
    near
      ? `Did you mean ${near}? Otherwise bind it to a function.`
      : `Bind it: '${e.name.replace('\\', '\\\\')}': x => …`,
  )
}
