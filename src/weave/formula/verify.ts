/** A formula and what its symbols are bound to → whether it holds, and if not, where the sides part. */
import { BindingError, Bindings } from './bindings.ts'
import { evaluate } from './evaluate.ts'
import { type Expression, FormulaError, type RelationOp, type Statement } from './expression.ts'
import { converges } from './limit.ts'
import { canonical, type Place } from './nodes.ts'
import { comparable, deviation, holds } from './relate.ts'
import { type Scope, textOf } from './scope.ts'
import { parseStatements } from './statements.ts'
import { nodesOf } from './tree.ts'
import { unlike } from './unlike.ts'
import type { Value } from './value.ts'

export interface Claim {
  readonly latex: string
  /** Relative; stated by the author. `\approx` and `\to` need it. */
  readonly tolerance?: number
  /** KaTeX macros. */
  readonly macros?: Readonly<Record<string, string>>
}

export type Verdict =
  | {
      readonly kind: 'holds'
      readonly bindings: number
      /** The largest relative difference of two sides that are said to be equal. */
      readonly deviation: number
      /** Names that the formula has no use for. */
      readonly unused: readonly string[]
    }
  | ({ readonly kind: 'refuted'; readonly bindings: number; readonly binding: number } & Problem)
  /** A part of the formula cannot be read or computed. */
  | ({ readonly kind: 'unreadable' } & Problem)
  /** What was bound is no binding. */
  | { readonly kind: 'unbound'; readonly message: string; readonly help: string }

interface Problem {
  readonly span: Place
  readonly message: string
  readonly help: string
  readonly detail?: string
}

/**
 * Relative tolerance of `=`: rounding, or what a numerical derivative or float32 numbers allow. Sides whose difference
 * rounding explains are equal.
 */
const tolerances = { exact: 1e-9, numeric: 1e-7, single: 1e-4 } as const

/**
 * Verifies all relations of a formula for every binding.
 *
 * @param given what the cell shows: an object of symbols, or an array of such
 */
export function verify({ latex, tolerance, macros = {} }: Claim, given: unknown): Verdict {
  try {
    const all = bindingsOf(given, macros)
    const nodes = nodesOf(latex, macros)
    const statements = parseStatements(nodes)
    const limits = new Map<Statement, Value[][]>()
    let worst = 0
    for (const [at, bindings] of all.entries()) {
      const notes = { numeric: false, single: false }
      const scope: Scope = { bindings, latex, notes, indices: new Map(), moved: new Map(), evaluate }
      for (const statement of statements) {
        const sides = statement.sides.map(side => (isInfinity(side) ? undefined : evaluate(side, scope)))
        for (const [i, { op, span }] of statement.relations.entries()) {
          const [a, b] = [sides[i], sides[i + 1]]
          if (op === '\\to') {
            limits.set(statement, [...(limits.get(statement) ?? []), [a, b].filter(v => v !== undefined)])
            continue
          }
          if (!a || !b) throw unlimited(statement.sides[a ? i + 1 : i])
          if (op === '\\approx' && tolerance === undefined) throw noTolerance('\\approx', span)
          const allowed =
            tolerance ??
            (notes.single ? tolerances.single : notes.numeric ? tolerances.numeric : tolerances.exact)
          if (!holds(op, a, b, allowed)) {
            const pair = [statement.sides[i], statement.sides[i + 1]] as const
            return refuted(op, pair, [a, b], { scope, allowed, at, count: all.length, span })
          }
          if (op === '=' || op === '\\approx') worst = Math.max(worst, deviation(a, b))
        }
      }
    }
    for (const [statement, sequence] of limits) {
      const { span } = statement.relations[0]
      if (tolerance === undefined) throw noTolerance('\\to', span)
      const problem = converges(sequence, tolerance)
      if (problem)
        return {
          kind: 'refuted',
          bindings: all.length,
          binding: all.length,
          span,
          message: problem,
          help: helpRefuted,
        }
    }
    const text = canonical(nodes)
    const unused = [...new Set(all.flatMap(b => b.unused))].filter(name => !text.includes(name))
    return { kind: 'holds', bindings: all.length, deviation: worst, unused }
  } catch (error) {
    if (error instanceof FormulaError)
      return { kind: 'unreadable', span: error.span, message: error.message, help: error.help }
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      const [message, help] = ['this is nested too deeply', 'Take it apart.']
      return { kind: 'unreadable', span: undefined, message, help }
    }
    if (error instanceof BindingError)
      return {
        kind: 'unbound',
        message: error.message,
        help: 'Bind symbols in LaTeX to numbers, arrays, tensors or functions.',
      }
    throw error
  }
}

const helpRefuted =
  'Correct the formula or the code. If the chapter shows that it is wrong, say so: `//| expect: refuted`.'

function bindingsOf(given: unknown, macros: Readonly<Record<string, string>>): readonly Bindings[] {
  const list = Array.isArray(given) ? given : [given]
  if (list.length === 0) throw new BindingError('there is no binding: the array is empty')
  return list.map(one => {
    if (typeof one !== 'object' || one === null)
      throw new BindingError(
        `expected an object such as ({ 'h_t': h, 'W_{hh}': W }), or an array of them, got ${one === null ? 'null' : typeof one}`,
      )
    return new Bindings(one as Record<string, unknown>, macros)
  })
}

function isInfinity(e: Expression): boolean {
  return e.kind === 'symbol' && (e.name === '\\infty' || e.name === '∞')
}

function unlimited(e: Expression): FormulaError {
  return new FormulaError('infinity stands only behind \\to', e.span, 'Write a number.')
}

function noTolerance(op: string, span: Place): FormulaError {
  return new FormulaError(
    `${op} says nothing without a tolerance`,
    span,
    'State it in the cell that verifies: `//| tolerance: 1e-3` (relative).',
  )
}

interface Context {
  readonly scope: Scope
  readonly allowed: number
  readonly at: number
  readonly count: number
  readonly span: Place
}

function refuted(
  op: RelationOp,
  [left, right]: readonly [Expression, Expression],
  [a, b]: readonly [Value, Value],
  { scope, allowed, at, count, span }: Context,
): Verdict {
  const which = count > 1 ? ` for binding ${at + 1} of ${count}` : ''
  const sides = comparable(a, b) || op !== '='
  return {
    kind: 'refuted',
    bindings: count,
    binding: at + 1,
    span,
    message: `${textOf(left, scope)} ${op} ${textOf(right, scope)} does not hold${which}${sides ? '' : ': the shapes differ'}`,
    help: helpRefuted,
    detail: unlike(
      op,
      { text: textOf(left, scope), value: a },
      { text: textOf(right, scope), value: b },
      allowed,
    ),
  }
}
