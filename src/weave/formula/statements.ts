/** A formula's nodes → the claims it makes: lines, chains of relations, what stands beside them. */
import { isPunctuation } from './cursor.ts'
import { FormulaError, type Statement } from './expression.ts'
import { type Node, spanOf } from './nodes.ts'
import { parseExpression } from './parse.ts'
import { isRelation, parseChain } from './relations.ts'

/** All claims of a formula. @throws FormulaError for what is not understood, or claims nothing */
export function parseStatements(nodes: readonly Node[]): readonly Statement[] {
  const clauses = linesOf(nodes).flatMap(clausesOf)
  const idle = clauses.find(clause => !clause.some(isRelation))
  if (idle || clauses.length === 0)
    throw new FormulaError(
      'this claims nothing that could be verified',
      spanOf(idle ?? nodes),
      'Expected a relation: = \\approx < \\le > \\ge \\ne \\to',
    )
  return clauses.map(clause => parseChain(parseExpression, clause))
}

/** Rows of `aligned` and `gathered`; a row that begins with a relation goes on with the one before. */
function linesOf(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const [only] = nodes
  if (nodes.length !== 1 || only.kind !== 'array') return [nodes]
  const lines: (readonly Node[])[] = []
  for (const row of only.rows) {
    const line = row.flat()
    if (line.length === 0) continue
    const previous = lines.at(-1)
    const [first] = line
    const goesOn = first.kind === 'sign' && (first.role === 'rel' || first.role === 'bin')
    if (previous && goesOn) lines[lines.length - 1] = [...previous, ...line]
    else lines.push(line)
  }
  return lines
}

/** Claims side by side, `a = b, \quad c = d`, without asides and the full stop. */
function clausesOf(line: readonly Node[]): readonly (readonly Node[])[] {
  const clauses: Node[][] = [[]]
  let depth = 0
  for (const node of withoutAsides(line)) {
    const base = node.kind === 'scripts' ? node.base : node
    if (base?.kind === 'sign') depth += base.role === 'open' ? 1 : base.role === 'close' ? -1 : 0
    const current = clauses[clauses.length - 1]
    if (depth === 0 && isPunctuation(node) && current.some(isRelation)) clauses.push([])
    else current.push(node)
  }
  return clauses.map(withoutStop).filter(clause => clause.length > 0)
}

/** Words in brackets, `(\text{wrong})`, are a remark. */
function withoutAsides(nodes: readonly Node[]): readonly Node[] {
  return nodes.filter((node, i) => {
    const around = (at: number, role: string) => {
      const n = nodes[at]
      return n?.kind === 'sign' && n.role === role
    }
    if (node.kind === 'words') return !(around(i - 1, 'open') && around(i + 1, 'close'))
    const opens = around(i, 'open') && nodes[i + 1]?.kind === 'words' && around(i + 2, 'close')
    const closes = around(i, 'close') && nodes[i - 1]?.kind === 'words' && around(i - 2, 'open')
    return !opens && !closes
  })
}

function withoutStop(nodes: readonly Node[]): readonly Node[] {
  const last = nodes.at(-1)
  const stop =
    last &&
    (isPunctuation(last) ||
      (last.kind === 'number' && last.text === '.') ||
      (last.kind === 'symbol' && /^[。，；]$/.test(last.text)))
  return stop ? nodes.slice(0, -1) : nodes
}
