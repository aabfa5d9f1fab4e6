/** Characters that a reader does not see, and that change what is read: in the text around cells. */
import { type Diagnostic, errorAt, warningAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { Cell } from './chapter.ts'

/** Cells' code is checked with the code. */
export function hiddenCharacters(file: string, index: LineIndex, cells: readonly Cell[]): Diagnostic[] {
  return [...index.text.matchAll(hidden)].flatMap(({ index: start, 0: character }) => {
    if (cells.some(c => start >= c.open.start && start < c.close.end)) return []
    const span = { start, end: start + 1 }
    const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    if (/[\u202a-\u202e\u2066-\u2069]/.test(character))
      return errorAt(file, index, span, {
        rule: 'character-hidden',
        message: `the character ${code} changes the direction of what stands behind it, without being seen`,
        help: 'Remove it; for text from right to left write `<bdo dir="rtl">…</bdo>`.',
      })
    if (/[\u200b\u2060\ufeff]/.test(character))
      return warningAt(file, index, span, {
        rule: 'character-hidden',
        message: `the character ${code} has no width: nobody sees it`,
        help: 'It often comes along when text is copied. Remove it.',
      })
    return errorAt(file, index, span, {
      rule: 'character-hidden',
      message: `the control character ${code} may not stand in a page`,
      help: 'Remove it.',
    })
  })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
const hidden = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g
