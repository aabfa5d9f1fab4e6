/** Letters with their scripts: names under which something is bound, or names and operations on them. */
import { parseArguments } from './calls.ts'
import { type Cursor, scriptsOf, unexpected } from './cursor.ts'
import type { Expression } from './expression.ts'
import { attempt, symbolOf } from './names.ts'
import { canonical, type Node, spanOf } from './nodes.ts'
import { scripted } from './scripts.ts'

/** A letter, perhaps with an argument: `W_{hh}`, `f(x)`, `\sigma'(a)`. */
export function parseSymbol(cursor: Cursor, node: Node): Expression {
  const { grammar } = cursor
  const { base, sub, sup, primes } = scriptsOf(node)
  const letter = base.kind === 'symbol' ? base.text : ''
  const symbol = symbolOf(grammar, { letter, sub, sup, primes }, node.span)
  const start = cursor.at
  if (!opensCall(cursor.nodes[start])) return symbol

  const args = parseArguments(cursor)
  const after = cursor.at
  const last = cursor.nodes[after - 1]
  const scripts = scriptsOf(last)
  const span = spanOf([node, last])
  const name = symbolOf(grammar, { letter, sub, sup: [], primes: 0 }, node.span).name
  const whole = canonical([node, ...cursor.nodes.slice(start, after - 1), scripts.base])
  const power = sup.length > 0 ? attempt(() => grammar.expression(sup)) : undefined
  const call: Expression = { kind: 'call', name, whole, primes, power, arguments: args, span }

  cursor.at = start
  const factor = attempt(() => grammar.factor(cursor))
  cursor.at = after
  return {
    kind: 'either',
    name,
    whole,
    call: scripted(grammar, call, scripts, { ...last, span }),
    product: factor && { kind: 'binary', op: 'multiply', left: symbol, right: factor, span },
    span,
  }
}

/** An opening round bracket. */
function opensCall(node: Node | undefined): boolean {
  const base = node?.kind === 'scripts' ? node.base : node
  return (
    (base?.kind === 'sign' && base.role === 'open' && base.text === '(') ||
    (base?.kind === 'fenced' && base.left === '(')
  )
}

/** `\nabla_W L`: one symbol with what follows. */
export function parseNabla(cursor: Cursor, node: Node): Expression {
  const next = cursor.nodes[cursor.at]
  if (!next) throw unexpected(node)
  cursor.at++
  const name = canonical([node, next])
  return { kind: 'symbol', name, base: name, indices: undefined, span: spanOf([node, next]) }
}
