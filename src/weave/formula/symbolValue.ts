/**
 * What a symbol is worth. Looked for in this order: a running index; the whole name (`h_{t-1}`, `x^*`); the name
 * without its shoulder, which is then an operation; the name with its indices computed (`h_4`); the letter bound to
 * an array, indexed; a constant.
 */

import { nearest } from '../base/nearest.ts'
import { elementOf, isSingle, lengthOf } from './bindings.ts'
import { type Expression, FormulaError, type SymbolExpression } from './expression.ts'
import { boundValue, finite, indicesIn, type Scope, textOf } from './scope.ts'
import { scalar, type Value } from './value.ts'

const constants: Readonly<Record<string, number>> = { e: Math.E, '\\pi': Math.PI, π: Math.PI }

export function symbolValue(symbol: SymbolExpression, scope: Scope): Value {
  const { name, operated } = symbol
  const moved = scope.moved.get(name)
  if (moved) return moved
  const index = scope.indices.get(name)
  if (index !== undefined) return scalar(index, 0)
  if (scope.bindings.has(name)) return boundTo(name, symbol, scope)
  if (operated) return scope.evaluate(operated, scope)
  const element = indexed(symbol, scope)
  if (element) return element
  if (Object.hasOwn(constants, name)) return scalar(constants[name])
  throw unbound(name, symbol, scope)
}

/** What is bound to a whole name: a value, or a function of the running indices in the name. */
export function boundTo(name: string, e: Expression, scope: Scope): Value {
  const { bindings, notes } = scope
  const running = indicesIn(name, scope)
  const call = bindings.function(name)
  if (call && running.length > 0) {
    const result = call(...running.map(([, i]) => i))
    if (isSingle(result)) notes.single = true
    return boundValue(result, `${name} for ${running.map(([n, i]) => `${n} = ${i}`).join(', ')}`, e)
  }
  if (call)
    throw new FormulaError(
      `${name} is bound to a function, and has no argument here`,
      e.span,
      'Bind it to a value, or write its argument in brackets.',
    )
  if (running.length > 0)
    throw new FormulaError(
      `${name} is bound to one value, but ${running.map(([n]) => n).join(' and ')} runs`,
      e.span,
      `Bind ${name} to a function of ${running.map(([n]) => n).join(', ')}, or the letter alone to an array.`,
    )
  const raw = bindings.raw(name)
  if (isSingle(raw)) notes.single = true
  return boundValue(raw, name, e)
}

/** `h_{t-i+1}` with `h` bound to an array, or with `h_4` bound; `h_{t,i}` with `h_t` bound. Arrays count from 0. */
function indexed(symbol: SymbolExpression, scope: Scope): Value | undefined {
  const { base, indices, name } = symbol
  const { bindings } = scope
  if (!indices) return undefined
  const names = indices.map(e => textOf(e, scope))
  const heads = [base, ...indices.slice(0, -1).map((_, i) => `${base}_${braced(names.slice(0, i + 1))}`)]
  const head = heads.findLastIndex(h => bindings.has(h))
  const anyNumbered = bindings.names.some(n => n.startsWith(`${base}_`))
  if (head < 0 && !anyNumbered) return undefined
  // `W_{hh}` is a name, not W at h, h; unless W is an array, and then its index is what is wrong.
  const numbers = indices.map((e, i) => (i < head ? Number.NaN : index(e, scope, head < 0)))
  if (numbers.some(n => n === undefined)) return undefined
  const numbered = `${base}_${braced(numbers.map(String))}`
  if (bindings.has(numbered)) return boundTo(numbered, symbol, { ...scope, indices: new Map() })
  if (head < 0) return undefined
  const letter = heads[head]
  const call = bindings.function(letter)
  const rest = numbers.slice(head) as readonly number[]
  const raw = call
    ? call(...rest)
    : rest.reduce<unknown>((r, i) => part(r, i, symbol, letter), bindings.raw(letter))
  if (isSingle(raw) || isSingle(bindings.raw(letter))) scope.notes.single = true
  return finite(symbol, boundValue(raw, name, symbol), scope)
}

/** An index's number; if it may be part of a name, undefined where it has none. */
function index(e: Expression, scope: Scope, mayBeName: boolean): number | undefined {
  try {
    return wholeNumber(e, scope)
  } catch (error) {
    if (mayBeName && error instanceof FormulaError) return undefined
    throw error
  }
}

function part(raw: unknown, i: number, e: Expression, letter: string): unknown {
  const found = elementOf(raw, i)
  if (found !== undefined) return found
  const n = lengthOf(raw)
  const problem =
    n === undefined ? `${letter} has no element ${i}` : `${letter} has no element ${i}, it has ${n}`
  throw new FormulaError(
    problem,
    e.span,
    n === undefined
      ? `Bind ${letter} to an array.`
      : 'Arrays count from 0; a function of the index may count as the formula does.',
  )
}

/** @throws FormulaError for an index that is no whole number */
export function wholeNumber(e: Expression, scope: Scope): number {
  const value = scope.evaluate(e, scope)
  const [x] = value.data
  if (value.shape.length === 0 && Number.isInteger(x)) return x
  throw new FormulaError(
    `the index ${textOf(e, scope)} is not a whole number`,
    e.span,
    'Indices are whole numbers.',
  )
}

function braced(parts: readonly string[]): string {
  const text = parts.map(p => p.replace(/\s+/g, '')).join(',')
  return /^(.|\\[A-Za-z]+)$/su.test(text) ? text : `{${text}}`
}

export function unbound(name: string, e: Expression, { bindings }: Scope): FormulaError {
  const known = bindings.names
  const near = name.length > 1 ? nearest(name, known) : undefined
  return new FormulaError(
    `${name} is not bound`,
    e.span,
    near
      ? `Did you mean ${near}? The cell binds ${known.join(', ')}.`
      : `Bind it: '${name.replaceAll('\\', '\\\\')}': … The cell binds ${known.join(', ') || 'nothing'}.`,
  )
}
