/** Characters in the text that nobody sees, or that no page may hold. (Those in code are reported with the code.) */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { Chapter } from './chapter.ts'
import { findHidden, hiddenDiagnostic } from './hiddenCharacters.ts'

export function proseCharacters(
  file: string,
  index: LineIndex,
  { tokens, inlines }: Pick<Chapter, 'tokens' | 'inlines'>,
): Diagnostic[] {
  const { text } = index
  if (!suspect.test(text)) return []
  const blocks = tokens.flatMap(({ type, map }) =>
    map && /^(cell|diagram|fence)$/.test(type)
      ? [{ start: index.lineSpan(map[0] + 1).start, end: index.lineSpan(map[1]).end }]
      : [],
  )
  const code = [...blocks, ...inlines.map(i => i.span)]
  const isProse = (at: number) => !code.some(({ start, end }) => at >= start && at < end)
  const hidden = findHidden(text).filter(
    ({ kind, start }) => /^(order|invisible)$/.test(kind) && start > 0 && isProse(start),
  )
  const controls = [...text.matchAll(control)].filter(m => isProse(m.index))
  return [
    ...hidden.map(found => hiddenDiagnostic(file, index, found, 0)),
    ...controls.map(({ index: start, 0: found }) =>
      errorAt(
        file,
        index,
        { start, end: start + 1 },
        {
          rule: 'hidden-character',
          message: `the control character U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} may not stand in a page`,
          help: 'Remove it.',
        },
      ),
    ),
  ]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]/g
/** One look at the whole text, which nearly always has none: controls, formats, and fillers that count as letters. */
const suspect = /[^\P{C}\n\t]|\u034f|[\u115f\u1160\u2800\u3164\uffa0]/u
