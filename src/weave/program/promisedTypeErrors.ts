/** `type-error: 2322`: a cell promises a type error. Kept promises vanish, broken ones are errors. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Program } from './program.ts'

/** A chapter's type errors, less those that its cells promise, plus those that they promise in vain. */
export function promisedTypeErrors(
  { chapter, broken }: Program,
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  const promising = chapter.cells.filter(c => c.options['type-error'] !== undefined && !broken.includes(c))
  if (promising.length === 0) return found
  const index = new LineIndex(chapter.text)
  const kept = new Set<Diagnostic>()
  const broke: Diagnostic[] = []
  for (const cell of promising) {
    const codes = cell.options['type-error'] ?? []
    const { start, end } = index.range({ start: cell.open.start, end: cell.close.end })
    const inside = found.filter(
      d => d.range && d.range.start.line >= start.line && d.range.start.line <= end.line,
    )
    const matching = inside.filter(d => codes.some(code => d.rule === `TS${code}`))
    for (const d of matching) kept.add(d)
    const missing = codes.filter(code => !matching.some(d => d.rule === `TS${code}`)).map(code => `TS${code}`)
    if (missing.length === 0) continue
    const others = [...new Set(inside.map(d => d.rule))].join(', ')
    broke.push(
      errorAt(chapter.file, index, cell.optionSpans['type-error'] ?? cell.open, {
        rule: 'type-error-missing',
        message: `expected type error ${missing.join(', ')} in this cell, got ${others || 'none'}`,
        help: 'Remove the `type-error:` option, or make the cell wrong in the way it says.',
      }),
    )
  }
  return [...found.filter(d => !kept.has(d)), ...broke]
}
