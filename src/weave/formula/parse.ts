/**
 * Nodes → expression, by recursive descent. From loose to tight: `+ -`; `\odot \otimes`; `\cdot \times /`; things side
 * by side. So `a \odot W x` is a ⊙ (W x), as it is read; `\sum` and `\prod` take the rest of their term.
 */
import { parseBrackets, parseFenced } from './brackets.ts'
import { parseBig, parseCall } from './calls.ts'
import { matrixRows } from './cases.ts'
import { type Cursor, type Grammar, scriptsOf, signAt, startsFactor, unexpected } from './cursor.ts'
import { type BinaryOp, type Expression, FormulaError } from './expression.ts'
import { parseFraction, parseRoot } from './fractions.ts'
import { type Node, type Place, spanOf } from './nodes.ts'
import { raised, scripted } from './scripts.ts'
import { parseNabla, parseSymbol } from './symbols.ts'

const grammar: Grammar = {
  expression: parseExpression,
  term: parseTerm,
  beside: parseBeside,
  factor: parseFactor,
}

/** @throws FormulaError for what is not understood */
export function parseExpression(nodes: readonly Node[], around: Place = spanOf(nodes)): Expression {
  const cursor: Cursor = { grammar, nodes, at: 0, around }
  const value = parseSum(cursor)
  const rest = cursor.nodes[cursor.at]
  if (rest) throw unexpected(rest)
  return value
}

function join(op: BinaryOp, left: Expression, right: Expression): Expression {
  return { kind: 'binary', op, left, right, span: spanOf([left, right]) }
}

function parseSum(cursor: Cursor): Expression {
  const head = cursor.nodes[cursor.at]
  const first = signAt(cursor, '+', '-')
  if (first) cursor.at++
  const start = parseTerm(cursor)
  let value: Expression = first === '-' ? { kind: 'negate', of: start, span: spanOf([head, start]) } : start
  for (;;) {
    const sign = signAt(cursor, '+', '-')
    if (!sign) return value
    cursor.at++
    value = join(sign === '+' ? 'add' : 'subtract', value, parseTerm(cursor))
  }
}

const looseOps: Readonly<Record<string, BinaryOp>> = {
  '\\odot': 'hadamard',
  '\\circ': 'hadamard',
  '∘': 'hadamard',
  '\\otimes': 'outer',
}
const tightOps: Readonly<Record<string, BinaryOp>> = {
  '\\cdot': 'dot',
  '⋅': 'dot',
  '\\times': 'multiply',
  '×': 'multiply',
  '*': 'multiply',
  '∗': 'multiply',
  '\\ast': 'multiply',
  '/': 'divide',
}

function parseTerm(cursor: Cursor): Expression {
  return parseChain(cursor, looseOps, () => parseChain(cursor, tightOps, () => parseBeside(cursor)))
}

function parseChain(
  cursor: Cursor,
  ops: Readonly<Record<string, BinaryOp>>,
  parseNext: () => Expression,
): Expression {
  let value = parseNext()
  for (;;) {
    const sign = signAt(cursor, ...Object.keys(ops))
    if (!sign) return value
    cursor.at++
    value = join(ops[sign], value, parseNext())
  }
}

/** Factors side by side: a product. */
function parseBeside(cursor: Cursor): Expression {
  let value = parseFactor(cursor)
  while (startsFactor(cursor)) value = join('multiply', value, parseFactor(cursor))
  return value
}

function parseFactor(cursor: Cursor): Expression {
  const node = cursor.nodes[cursor.at]
  if (!node)
    throw new FormulaError(
      'something is missing here',
      cursor.around,
      'Expected a number, a symbol or a function.',
    )
  cursor.at++
  if (node.kind === 'sign' && /^[+-]$/.test(node.text)) {
    // `a \cdot -b`
    const of = parseFactor(cursor)
    return node.text === '-' ? { kind: 'negate', of, span: spanOf([node, of]) } : of
  }
  const { base, sub, sup, primes } = scriptsOf(node)
  const whole = (of: Expression) => scripted(grammar, of, { sub, sup }, node)
  switch (base.kind) {
    case 'number':
      if (sub.length > 0 || primes > 0) throw unexpected(node)
      return raised(grammar, { kind: 'number', value: Number(base.text), span: base.span }, sup, node)
    case 'big':
      return parseBig(cursor, base.name, node)
    case 'function':
    case 'words':
      return parseCall(cursor, base.kind === 'words' ? base.text.trim() : base.name, node)
    case 'symbol':
      return base.text === '\\nabla' ? parseNabla(cursor, node) : parseSymbol(cursor, node)
    case 'group':
      return whole(parseExpression(base.body, base.span))
    case 'fraction':
      return whole(parseFraction(grammar, base))
    case 'root':
      return whole(parseRoot(grammar, base))
    case 'fenced':
      return parseFenced(cursor, base, { sub, sup }, node)
    case 'array':
      return whole({ kind: 'matrix', rows: matrixRows(grammar, base.rows), span: base.span })
    case 'sign':
      if (primes === 0 && (base.role === 'open' || base.role === 'bar'))
        return parseBrackets(cursor, base, node)
      throw unexpected(node)
    default:
      throw unexpected(node)
  }
}
