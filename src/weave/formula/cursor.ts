/** A place in a list of nodes, and the grammar's loops, so that rules in other files can call back into them. */
import { type Expression, FormulaError } from './expression.ts'
import { canonical, type Node, type Place, spanOf } from './nodes.ts'

/** The grammar's own rules, from loose to tight (see parse.ts). */
export interface Grammar {
  readonly expression: (nodes: readonly Node[], around?: Place) => Expression
  readonly term: (cursor: Cursor) => Expression
  readonly beside: (cursor: Cursor) => Expression
  readonly factor: (cursor: Cursor) => Expression
}

export interface Cursor {
  readonly grammar: Grammar
  readonly nodes: readonly Node[]
  at: number
  /** Where to point when there is nothing. */
  readonly around: Place
}

/** A node with what stands at its feet and shoulders. */
export interface Scripts {
  readonly base: Node
  readonly sub: readonly Node[]
  readonly sup: readonly Node[]
  readonly primes: number
}

export function scriptsOf(node: Node): Scripts {
  if (node.kind !== 'scripts') return { base: node, sub: [], sup: [], primes: 0 }
  if (!node.base) throw unexpected(node)
  return { base: node.base, sub: node.sub, sup: node.sup, primes: node.primes }
}

/** The sign at the cursor, if it is one of these. */
export function signAt({ nodes, at }: Cursor, ...texts: readonly string[]): string | undefined {
  const node = nodes[at]
  return node?.kind === 'sign' && texts.includes(node.text) ? node.text : undefined
}

export function startsFactor({ nodes, at }: Cursor): boolean {
  const node = nodes[at]
  if (!node) return false
  const base = node.kind === 'scripts' ? node.base : node
  return base?.kind !== 'sign' || base.role === 'open' || base.role === 'bar'
}

export function isPunctuation(node: Node): boolean {
  return node.kind === 'sign' && node.role === 'punct'
}

/** What stands between commas. */
export function splitAtCommas(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const parts: Node[][] = [[]]
  for (const node of nodes) {
    if (isPunctuation(node)) parts.push([])
    else parts[parts.length - 1].push(node)
  }
  return parts
}

/** Each part of a list between commas, as an expression. */
export function listOf({ grammar }: Cursor, nodes: readonly Node[]): readonly Expression[] {
  return splitAtCommas(nodes).map(part => grammar.expression(part, spanOf(nodes)))
}

export function unexpected(node: Node): FormulaError {
  return new FormulaError(
    `cannot compute ${canonical([node])} here`,
    node.span,
    'Write the formula with operations that the guide lists, or bind the whole symbol.',
  )
}
