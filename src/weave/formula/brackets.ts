/** Brackets, bars, norms, matrices and what stands at their shoulders. */
import { matrixRows, parseCases } from './cases.ts'
import { type Cursor, isPunctuation, listOf, scriptsOf, unexpected } from './cursor.ts'
import { barBody, bracketBody } from './delimiters.ts'
import type { Expression } from './expression.ts'
import { canonical, type Node, spanOf } from './nodes.ts'
import { raised, scripted } from './scripts.ts'

interface Feet {
  readonly sub: readonly Node[]
  readonly sup: readonly Node[]
}

/** `(…)`, `[…]`, `|…|`, `\|…\|`, `\langle a, b \rangle`, written without `\left`. The cursor is behind the first sign. */
export function parseBrackets(cursor: Cursor, base: Node & { kind: 'sign' }, node: Node): Expression {
  cursor.at--
  const isBar = base.role === 'bar'
  const { body, close } = isBar ? barBody(cursor, base.text) : bracketBody(cursor)
  const whole: Node = { ...close, span: spanOf([node, close]) }
  return isBar
    ? barred(cursor, base.text, body, scriptsOf(close), whole)
    : bracketed(cursor, base.text, body, scriptsOf(close), whole)
}

/** The same with `\left` and `\right`; and matrices and cases, which KaTeX reads so. */
export function parseFenced(
  cursor: Cursor,
  { left, right, body, span }: Node & { kind: 'fenced' },
  feet: Feet,
  whole: Node,
): Expression {
  const { grammar } = cursor
  const [only] = body
  if (body.length === 1 && only.kind === 'array') {
    if (/^(\\\{|\\lbrace)$/.test(left) && right === '.') return parseCases(grammar, only.rows, span)
    const of: Expression = { kind: 'matrix', rows: matrixRows(grammar, only.rows), span: whole.span }
    if (!isBar(left)) return scripted(grammar, of, feet, whole)
    const det = { kind: 'call', name: '\\det', whole: '', primes: 0, power: undefined } as const
    return raised(grammar, { ...det, arguments: [of], span }, feet.sup, whole)
  }
  return isBar(left) ? barred(cursor, left, body, feet, whole) : bracketed(cursor, left, body, feet, whole)
}

function isBar(text: string): boolean {
  return /^(\||\\\||\\[lr]?[vV]ert)$/.test(text)
}

function bracketed(cursor: Cursor, left: string, body: readonly Node[], feet: Feet, whole: Node): Expression {
  const { grammar } = cursor
  const { span } = whole
  if (isBar(left)) return barred(cursor, left, body, feet, whole)
  if (left === '\\langle') {
    const [first, second, ...more] = listOf(cursor, body)
    if (!second || more.length > 0) throw unexpected(whole)
    return scripted(grammar, { kind: 'inner', left: first, right: second, span }, feet, whole)
  }
  if (left === '[' && body.some(isPunctuation))
    return scripted(grammar, { kind: 'stack', parts: listOf(cursor, body), span }, feet, whole)
  if (left === '\\lfloor' || left === '\\lceil') throw unexpected(whole)
  return scripted(grammar, { ...grammar.expression(body, span), span }, feet, whole)
}

function barred(
  { grammar }: Cursor,
  bar: string,
  body: readonly Node[],
  feet: Feet,
  whole: Node,
): Expression {
  const of = grammar.expression(body, whole.span)
  const { span } = whole
  const single = /^(\||\\[lr]?vert)$/.test(bar)
  if (single && feet.sub.length > 0) throw unexpected(whole)
  const value: Expression = single
    ? { kind: 'absolute', of, span }
    : { kind: 'norm', of, order: canonical(feet.sub), span }
  return raised(grammar, value, feet.sup, whole)
}
