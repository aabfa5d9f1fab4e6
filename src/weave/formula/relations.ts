/** One chain of relations, `a = b \le c`, as sides and what is claimed between them. */
import { own } from '../base/own.ts'
import type { Grammar } from './cursor.ts'
import { FormulaError, type RelationOp, type Statement } from './expression.ts'
import { type Node, spanOf } from './nodes.ts'

const relationOps: Readonly<Record<string, RelationOp>> = {
  '=': '=',
  ':=': '=',
  '\\equiv': '=',
  '≡': '=',
  '\\approx': '\\approx',
  '≈': '\\approx',
  '\\simeq': '\\approx',
  '<': '<',
  '\\lt': '<',
  '>': '>',
  '\\gt': '>',
  '\\le': '\\le',
  '\\leq': '\\le',
  '\\leqslant': '\\le',
  '≤': '\\le',
  '\\ge': '\\ge',
  '\\geq': '\\ge',
  '\\geqslant': '\\ge',
  '≥': '\\ge',
  '\\ne': '\\ne',
  '\\to': '\\to',
  '\\rightarrow': '\\to',
  '→': '\\to',
}

/** @throws FormulaError for a relation that is not known */
export function parseChain(parse: Grammar['expression'], nodes: readonly Node[]): Statement {
  const sides: Node[][] = [[]]
  const relations: { op: RelationOp; span: Node['span'] }[] = []
  for (const node of nodes) {
    if (!isRelation(node)) {
      sides[sides.length - 1].push(node)
      continue
    }
    const op = own(relationOps, node.text)
    if (!op)
      throw new FormulaError(
        `cannot verify the relation ${node.text}`,
        node.span,
        'Relations that can be verified: = \\approx < \\le > \\ge \\ne \\to',
      )
    relations.push({ op, span: node.span })
    sides.push([])
  }
  return { sides: sides.map(side => parse(side, spanOf(side) ?? spanOf(nodes))), relations }
}

export function isRelation(node: Node): node is Node & { kind: 'sign' } {
  return node.kind === 'sign' && node.role === 'rel'
}
