/** Two runs of a chapter that should not differ in a single digit. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Outputs } from '../run/output.ts'
import type { Chapter } from '../source/chapter.ts'
import { comparable, diffText } from './compare.ts'
import { cellName, recordedCells } from './record.ts'

const help = 'Seed what is random, and mark a cell that shows times or dates: `//| volatile: true`.'

/** The first output of the chapter that differs; volatile cells may. */
export function compareRuns(chapter: Chapter, first: Outputs, second: Outputs): readonly Diagnostic[] {
  const index = new LineIndex(chapter.text)
  const rule = 'not-deterministic'
  for (const cell of recordedCells(chapter)) {
    const [one, two] = [first, second].map(o => (o.cells[cell.index] ?? []).map(comparable).join('\n'))
    if (one === two) continue
    const message = `${cellName(cell)} gives something else when it runs again`
    const detail = diffText(one, two, 0).replace('- recorded\n+ now', '- first run\n+ second run')
    return [errorAt(chapter.file, index, cell.open, { rule, message, detail, help })]
  }
  for (const inline of chapter.inlines) {
    const [one, two] = [first.inlines[inline.index], second.inlines[inline.index]]
    if (one === two) continue
    const message = `\`${inline.code}\` is ${JSON.stringify(one)} in one run and ${JSON.stringify(two)} in another`
    return [errorAt(chapter.file, index, inline.span, { rule, message, help })]
  }
  return []
}
