/** Where a bracket or bar that was opened ends. */
import type { Cursor } from './cursor.ts'
import { scriptsOf } from './cursor.ts'
import { FormulaError } from './expression.ts'
import type { Node } from './nodes.ts'

export interface Enclosed {
  readonly body: readonly Node[]
  /** The closing sign, with its scripts. */
  readonly close: Node
}

/** From an opening bracket at the cursor to the one that closes it; the cursor is behind it afterwards. */
export function bracketBody(cursor: Cursor): Enclosed {
  const start = cursor.at
  let depth = 0
  for (let i = start; i < cursor.nodes.length; i++) {
    const { base } = scriptsOf(cursor.nodes[i])
    if (base.kind !== 'sign') continue
    if (base.role === 'open') depth++
    if (base.role === 'close' && --depth === 0) return enclosed(cursor, i)
  }
  throw new FormulaError(
    'this bracket is not closed',
    cursor.nodes[start].span,
    'Expected its closing bracket.',
  )
}

/** From a bar, which opens and closes alike, to the next one of its kind. */
export function barBody(cursor: Cursor, bar: string): Enclosed {
  const closes = (n: Node) => {
    const { base } = scriptsOf(n)
    return base.kind === 'sign' && base.role === 'bar' && base.text === bar
  }
  const end = cursor.nodes.findIndex((n, i) => i > cursor.at && closes(n))
  if (end === -1)
    throw new FormulaError(
      'this bar is not closed',
      cursor.nodes[cursor.at].span,
      `Expected a second ${bar}.`,
    )
  return enclosed(cursor, end)
}

function enclosed(cursor: Cursor, end: number): Enclosed {
  const body = cursor.nodes.slice(cursor.at + 1, end)
  cursor.at = end + 1
  return { body, close: cursor.nodes[end] }
}
