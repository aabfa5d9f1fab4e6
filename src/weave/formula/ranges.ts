/** Sums, products and extrema: over whole numbers from … to, over what the index is bound to, or over an array. */
import { add, multiply } from './arithmetic.ts'
import { lengthOf } from './bindings.ts'
import { type BigExpression, childrenOf, type Expression, FormulaError } from './expression.ts'
import { computed, type Scope, textOf } from './scope.ts'
import { wholeNumber } from './symbolValue.ts'
import { scalar, type Value, zipValues } from './value.ts'

type Fold = (a: Value, b: Value) => Value

const folds: Readonly<Record<BigExpression['op'], { readonly fold: Fold; readonly verb: string }>> = {
  sum: { fold: add, verb: 'add' },
  prod: { fold: multiply, verb: 'multiply' },
  max: { fold: (a, b) => zipValues(a, b, Math.max, () => Math.max(a.error, b.error)), verb: 'compare' },
  min: { fold: (a, b) => zipValues(a, b, Math.min, () => Math.max(a.error, b.error)), verb: 'compare' },
}

/** Terms of one sum. More is a mistake in a bound, or not for a build. */
const most = 1_000_000

export function bigValue(e: BigExpression, scope: Scope): Value {
  const { fold, verb } = folds[e.op]
  let result: Value | undefined
  for (const i of rangeOf(e, scope)) {
    const inside = { ...scope, indices: new Map([...scope.indices, [e.index, i]]) }
    const term = scope.evaluate(e.body, inside)
    const before = result
    result = before
      ? computed(
          e,
          inside,
          verb,
          [
            [e, before],
            [e.body, term],
          ],
          () => fold(before, term),
        )
      : term
  }
  if (result) return result
  if (e.op === 'sum' || e.op === 'prod') return scalar(e.op === 'sum' ? 0 : 1, 0)
  throw new FormulaError(`${e.op} over nothing`, e.span, 'Bind a range with at least one element.')
}

function rangeOf(e: BigExpression, scope: Scope): readonly number[] {
  if (e.from && e.to) {
    const [from, to] = [wholeNumber(e.from, scope), wholeNumber(e.to, scope)]
    if (to - from >= most)
      throw new FormulaError(`a range of ${to - from + 1} terms`, e.span, `Expected at most ${most}.`)
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
  }
  if (scope.bindings.has(e.index)) {
    const raw = scope.bindings.raw(e.index)
    const n = lengthOf(raw)
    if (n === undefined || n === 0)
      throw new FormulaError(
        `${e.index} is bound to no list`,
        e.span,
        `Bind it to the list of its values: '${e.index}': [0, 1, 2].`,
      )
    return Array.from(raw as ArrayLike<number>, Number)
  }
  const lengths = [...new Set(lengthsIn(e.body, e.index, scope))]
  if (lengths.length === 1) return Array.from({ length: lengths[0] }, (_, i) => i)
  throw new FormulaError(
    lengths.length === 0
      ? `nothing says what ${e.index} runs over`
      : `${e.index} would run over ${lengths.join(' and over ')} elements`,
    e.span,
    `Bind '${e.index}' to the list of its values, or write the range.`,
  )
}

/** How long the arrays are that are indexed by just this letter. */
function lengthsIn(e: Expression, index: string, scope: Scope): number[] {
  const inside = childrenOf(e).flatMap(child => lengthsIn(child, index, scope))
  if (e.kind !== 'symbol' && e.kind !== 'element') return inside
  const axis = (e.indices ?? []).findIndex(i => i.kind === 'symbol' && i.name === index)
  if (axis < 0) return inside
  if (e.kind === 'element') {
    // Only where its inside does not itself depend on the index.
    const n = textOf(e.of, scope).includes(index) ? undefined : scope.evaluate(e.of, scope).shape[axis]
    return n === undefined ? inside : [n, ...inside]
  }
  let raw = scope.bindings.raw(e.base)
  for (let i = 0; i < axis; i++) raw = (raw as ArrayLike<unknown> | undefined)?.[0]
  const n = lengthOf(raw)
  return n === undefined ? inside : [n, ...inside]
}
