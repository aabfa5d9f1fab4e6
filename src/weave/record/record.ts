/** Outputs ↔ the committed record of a chapter: JSON that reads well in a diff. */
import type { Output, Outputs } from '../run/output.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { runningCells } from '../source/running.ts'

export interface RecordedCell {
  /** The cell's label, or `cell-3` for the third cell of the chapter. */
  readonly cell: string
  readonly outputs: readonly Output[]
}

export interface RecordedInline {
  readonly expression: string
  readonly text: string
}

/** What `content/_records/<book>/<chapter>.json` holds. */
export interface ChapterRecord {
  readonly cells: readonly RecordedCell[]
  readonly inlines: readonly RecordedInline[]
}

/** How a cell is called in the record and in messages. */
export function cellName({ options, index }: Cell): string {
  return options.label ?? `cell-${index + 1}`
}

/** Cells that are recorded: those that run and are not volatile. */
export function recordedCells(chapter: Chapter): readonly Cell[] {
  return runningCells(chapter).filter(c => !c.options.volatile)
}

/** Volatile cells, and cells without outputs, are left out. */
export function toRecord(chapter: Chapter, outputs: Outputs): ChapterRecord {
  return {
    cells: recordedCells(chapter)
      .map(cell => ({ cell: cellName(cell), outputs: outputs.cells[cell.index] ?? [] }))
      .filter(({ outputs }) => outputs.length > 0),
    inlines: chapter.inlines.map(i => ({ expression: i.code, text: outputs.inlines[i.index] ?? '' })),
  }
}

export function isEmptyRecord({ cells, inlines }: ChapterRecord): boolean {
  return cells.length === 0 && inlines.length === 0
}

/** The record as text. Long texts are lists of lines, as in notebooks, so that a diff shows the line. */
export function formatRecord(record: ChapterRecord): string {
  const cells = record.cells.map(({ cell, outputs }) => ({ cell, outputs: outputs.map(toLines) }))
  return `${JSON.stringify({ cells, inlines: record.inlines }, undefined, 1)}\n`
}

/** The opposite of `formatRecord`. @throws SyntaxError when the text is not a record */
export function parseRecord(text: string): ChapterRecord {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || !('cells' in value) || !('inlines' in value))
    throw new SyntaxError('expected an object with `cells` and `inlines`')
  const { cells, inlines } = value as ChapterRecord
  if (!Array.isArray(cells) || !Array.isArray(inlines))
    throw new SyntaxError('expected `cells` and `inlines` to be lists')
  return { cells: cells.map(({ cell, outputs }) => ({ cell, outputs: outputs.map(fromLines) })), inlines }
}

const linesOf = (text: string): string | string[] => (text.includes('\n') ? text.split(/(?<=\n)/) : text)
const textOf = (lines: unknown): unknown =>
  Array.isArray(lines) && lines.every(l => typeof l === 'string') ? lines.join('') : lines

/** MIME types whose content is text; a list in `application/json` is a list. */
const isText = (type: string) => !/[/+]json$/.test(type)

function toLines(output: Output): unknown {
  if (output.output_type === 'stream') return { ...output, text: linesOf(output.text) }
  if (output.output_type === 'error') return output
  const data = Object.entries(output.data).map(([type, content]) => [
    type,
    isText(type) && typeof content === 'string' ? linesOf(content) : content,
  ])
  return { ...output, data: Object.fromEntries(data) }
}

function fromLines(output: Output): Output {
  if (output.output_type === 'stream') return { ...output, text: String(textOf(output.text)) }
  if (output.output_type === 'error') return output
  const data = Object.entries(output.data).map(([type, content]) => [
    type,
    isText(type) ? textOf(content) : content,
  ])
  return { ...output, data: Object.fromEntries(data) }
}
