/** What is known while a formula is computed: bindings, running indices, and where the words for an error come from. */
import { BindingError, type Bindings, toValue } from './bindings.ts'
import { type Expression, FormulaError } from './expression.ts'
import type { Place } from './nodes.ts'
import { OperandError, shapeText, type Value } from './value.ts'

export interface Scope {
  readonly bindings: Bindings
  readonly latex: string
  /** Indices of the sums and products around, outermost first. */
  readonly indices: ReadonlyMap<string, number>
  /** Symbols whose value a derivative moves. */
  readonly moved: ReadonlyMap<string, Value>
  /** What the result's precision depends on. */
  readonly notes: { numeric: boolean; single: boolean }
  readonly evaluate: (e: Expression, scope: Scope) => Value
}

/** An expression as its author wrote it. */
export function textOf({ span }: { readonly span: Place }, { latex }: Scope): string {
  const text = span && latex.slice(span.start, span.end).trim()
  return text ? text : 'what a macro stands for'
}

/** Runs a computation; what does not fit is an error at the expression, with the operands' shapes. */
export function computed(
  e: Expression,
  scope: Scope,
  verb: string,
  operands: readonly (readonly [Expression, Value])[],
  compute: () => Value,
): Value {
  let value: Value
  try {
    value = compute()
  } catch (error) {
    if (!(error instanceof OperandError)) throw error
    const named = operands.map(([o, v]) => `${textOf(o, scope)} (${shapeText(v)})`).join(' and ')
    throw new FormulaError(
      `cannot ${verb} ${named}: ${error.message}`,
      e.span,
      'Check the shapes: arrays of numbers are vectors, arrays of arrays are matrices.',
    )
  }
  return finite(e, value, scope)
}

/** @throws FormulaError where infinity or NaN comes up */
export function finite(e: Expression, value: Value, scope: Scope): Value {
  const bad = value.data.find(x => !Number.isFinite(x))
  if (bad === undefined) return value
  throw new FormulaError(
    `${textOf(e, scope)} gives ${bad}`,
    e.span,
    'Bind values for which it can be computed.',
  )
}

/** What is bound, as a value. @throws FormulaError at the expression */
export function boundValue(raw: unknown, name: string, e: Expression): Value {
  try {
    return toValue(raw, name)
  } catch (error) {
    if (!(error instanceof BindingError)) throw error
    throw new FormulaError(error.message, e.span, 'Bind finite numbers.')
  }
}

/** Running indices that occur in a name, outermost first. */
export function indicesIn(name: string, { indices }: Scope): readonly (readonly [string, number])[] {
  return [...indices].filter(([index]) =>
    new RegExp(`(?<![\\\\A-Za-z])${index.replace(/\\/g, '\\\\')}(?![A-Za-z])`).test(
      name.replace(/\\[A-Za-z]+/g, command => (command === index ? command : ' ')),
    ),
  )
}
