/** Fractions, derivatives written as fractions, and roots. */
import { type Grammar, unexpected } from './cursor.ts'
import type { Expression } from './expression.ts'
import { canonical, type Node, spanOf } from './nodes.ts'

/** `\partial` (or an upright d) in both halves makes a derivative. */
export function parseFraction(grammar: Grammar, node: Node & { kind: 'fraction' }): Expression {
  const { over, under, span } = node
  const [of, by] = [withoutDifferential(over), withoutDifferential(under)]
  if (!of || !by) {
    const [left, right] = [grammar.expression(over, span), grammar.expression(under, span)]
    return { kind: 'binary', op: 'divide', left, right, span }
  }
  const variable = grammar.expression(by)
  if (variable.kind !== 'symbol') throw unexpected({ kind: 'group', body: by, span: spanOf(by) ?? span })
  return { kind: 'derivative', name: canonical([node]), of: grammar.expression(of), by: variable, span }
}

function withoutDifferential(nodes: readonly Node[]): readonly Node[] | undefined {
  const [first, ...rest] = nodes
  const isD = first?.kind === 'symbol' && /^(\\partial|∂|\\mathrm\{d\})$/.test(first.text)
  return isD && rest.length > 0 ? rest : undefined
}

export function parseRoot(grammar: Grammar, { body, index, span }: Node & { kind: 'root' }): Expression {
  const of = grammar.expression(body, span)
  if (index.length === 0)
    return { kind: 'call', name: '\\sqrt', whole: '', primes: 0, power: undefined, arguments: [of], span }
  const n = grammar.expression(index)
  const one: Expression = { kind: 'number', value: 1, span: n.span }
  const exponent: Expression = { kind: 'binary', op: 'divide', left: one, right: n, span: n.span }
  return { kind: 'power', base: of, exponent, elementwise: true, span }
}
