/** Named functions and what they are applied to; sums, products and extrema over a range. */
import { type Cursor, isPunctuation, listOf, scriptsOf, signAt, startsFactor } from './cursor.ts'
import { bracketBody } from './delimiters.ts'
import { type BigExpression, type Expression, FormulaError } from './expression.ts'
import { symbolOf } from './names.ts'
import { canonical, type Node, shortest, spanOf } from './nodes.ts'
import { scripted } from './scripts.ts'

/** `\tanh(x)`, `\tanh'(x)`, `\tanh^2 x`, `\log_2 n`, `\operatorname{softmax}(z)_i`, `\max_i z_i`. */
export function parseCall(cursor: Cursor, letters: string, node: Node): Expression {
  const { sub, sup, primes } = scriptsOf(node)
  if ((letters === 'max' || letters === 'min') && sub.length > 0) return parseExtremum(cursor, letters, node)
  const { grammar } = cursor
  const name = `\\${letters}${sub.length > 0 ? `_${shortest(sub)}` : ''}`
  // `\text{loss} = …`: a name that is applied to nothing is a symbol.
  if (!startsFactor(cursor) && !signAt(cursor, '-'))
    return symbolOf(grammar, { letter: `\\${letters}`, sub, sup, primes }, node.span)
  const power = sup.length > 0 ? grammar.expression(sup) : undefined
  const start = cursor.at
  const args = parseArguments(cursor)
  const last = cursor.nodes[cursor.at - 1]
  const span = spanOf([node, last])
  const whole = canonical([node, ...cursor.nodes.slice(start, cursor.at)])
  const call: Expression = { kind: 'call', name, whole, primes, power, arguments: args, span }
  // Scripts on the closing bracket are the call's: `softmax(z)_i`.
  const bracket = last.kind === 'scripts' ? last.base : undefined
  const closes = bracket?.kind === 'fenced' || (bracket?.kind === 'sign' && bracket.role === 'close')
  return closes ? scripted(grammar, call, scriptsOf(last), { ...last, span }) : call
}

/** What stands in brackets, or the factors behind a function's name up to the next function: `\log p`, `\sin 2x`. */
export function parseArguments(cursor: Cursor): readonly Expression[] {
  const node = cursor.nodes[cursor.at]
  if (!node)
    throw new FormulaError('a function without an argument', cursor.around, 'Write what it is applied to.')
  const { base } = scriptsOf(node)
  if (base.kind === 'fenced' && /^(\(|\[|\\\{|\\lbrace)$/.test(base.left)) {
    cursor.at++
    return listOf(cursor, base.body)
  }
  if (base.kind === 'sign' && base.role === 'open' && !/Vert|vert|langle/.test(base.text))
    return listOf(cursor, bracketBody(cursor).body)
  const minus = signAt(cursor, '-')
  let value = cursor.grammar.factor(cursor)
  while (!minus && startsFactor(cursor) && scriptsOf(cursor.nodes[cursor.at]).base.kind !== 'function') {
    const right = cursor.grammar.factor(cursor)
    value = { kind: 'binary', op: 'multiply', left: value, right, span: spanOf([value, right]) }
  }
  return [value]
}

/** `\sum_{i=1}^{n}` and the rest of its term. */
export function parseBig(cursor: Cursor, op: 'sum' | 'prod', node: Node): Expression {
  const range = rangeOf(cursor, node)
  const body = cursor.grammar.term(cursor)
  return { kind: 'big', op, ...range, body, span: spanOf([node, body]) }
}

function parseExtremum(cursor: Cursor, op: 'max' | 'min', node: Node): Expression {
  const range = rangeOf(cursor, node)
  const body = cursor.grammar.beside(cursor)
  return { kind: 'big', op, ...range, body, span: spanOf([node, body]) }
}

type IndexRange = Pick<BigExpression, 'index' | 'from' | 'to'>

/** `_{i=1}^{n}`; `_{1 \le i \le n}`; `_i`, over everything. */
function rangeOf({ grammar }: Cursor, node: Node): IndexRange {
  const { sub, sup } = scriptsOf(node)
  const signs = sub.flatMap((n, at) => (n.kind === 'sign' && n.role === 'rel' ? [{ text: n.text, at }] : []))
  const unreadable = new FormulaError(
    'cannot read this range',
    node.span,
    'Write `_{i=1}^{n}`, `_{1 \\le i \\le n}`, or `_i` for everything that i counts.',
  )
  const letter = (nodes: readonly Node[]) => {
    const name = canonical(nodes)
    if (nodes.length !== 1 || nodes[0].kind !== 'symbol') throw unreadable
    return name
  }
  if (sub.some(isPunctuation)) throw unreadable
  const isLe = (text: string) => /^\\leq?(slant)?$|^≤$/.test(text)
  const [first, second] = signs
  if (signs.length === 0 && sup.length === 0) return { index: letter(sub), from: undefined, to: undefined }
  if (signs.length === 1 && first.text === '=' && sup.length > 0)
    return {
      index: letter(sub.slice(0, first.at)),
      from: grammar.expression(sub.slice(first.at + 1), node.span),
      to: grammar.expression(sup),
    }
  if (signs.length === 2 && isLe(first.text) && isLe(second.text) && sup.length === 0)
    return {
      index: letter(sub.slice(first.at + 1, second.at)),
      from: grammar.expression(sub.slice(0, first.at), node.span),
      to: grammar.expression(sub.slice(second.at + 1), node.span),
    }
  throw unreadable
}
