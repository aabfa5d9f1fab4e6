/** Characters that nobody sees in code that runs or is checked: in names and between them, in texts, in comments. */
import type { Diagnostic } from '../base/diagnostic.ts'
import type { LineIndex, Span } from '../base/position.ts'
import { findHidden, hiddenDiagnostic } from '../source/hiddenCharacters.ts'
import type { ParsedCode } from './parse.ts'
import { nodesIn, type Tree } from './scan.ts'

/**
 * In texts and comments joiners and spaces of other kinds may be meant, and what is invisible is a warning. Between
 * names, or in them, where two names may look the same, it is an error. What turns the order of reading always is.
 */
export function hiddenInCode(
  file: string,
  index: LineIndex,
  lines: readonly Span[],
  parsed: ParsedCode | undefined,
): readonly Diagnostic[] {
  const found = lines.flatMap(({ start, end }) =>
    findHidden(index.text.slice(start, end)).map(h => ({ ...h, at: h.start + start, offset: start })),
  )
  if (found.length === 0) return []
  const texts = parsed
    ? [...parsed.comments, ...parsed.trees.flatMap(t => [...textsIn(t, parsed.offset)])]
    : []
  return found.flatMap(({ at, offset, ...hidden }) => {
    const isText = texts.some(({ start, end }) => at >= start && at < end)
    const { kind } = hidden
    if (isText && (kind === 'space' || kind === 'joiner')) return []
    const isGrave = kind === 'order' || kind === 'control' || (!isText && kind !== 'space')
    return [hiddenDiagnostic(file, index, hidden, offset, isGrave ? 'error' : 'warning')]
  })
}

function* textsIn(tree: Tree, offset: number): Generator<Span> {
  for (const { type, value, start, end } of nodesIn(tree))
    if (type === 'TemplateElement' || (type === 'Literal' && typeof value !== 'number'))
      yield { start: start + offset, end: end + offset }
}
