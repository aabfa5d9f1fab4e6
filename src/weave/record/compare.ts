/** Outputs of this run against the record: a diagnostic with a diff for every cell that differs. */
import { structuredPatch } from 'diff'
import { type Diagnostic, errorAt, warningAt } from '../base/diagnostic.ts'
import { stableJson } from '../base/hash.ts'
import { LineIndex } from '../base/position.ts'
import { absentDiagnostics, expectedOf } from '../run/attendance.ts'
import type { Output, Outputs } from '../run/output.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { agree, splitNumbers } from './numbers.ts'
import { type ChapterRecord, cellName, isEmptyRecord, recordedCells, toRecord } from './record.ts'

const defaultTolerance = 1e-9
const remove = 'Remove it: npm run check -- --update'
const update = 'If the new output is right, accept it: npm run check -- --update'

/**
 * Compares text exactly, and each number in it on its own (relative, absolute near zero).
 *
 * @param record what is committed; undefined when there is no record yet
 * @param recordFile its path, for messages
 */
export function compareWithRecord(
  chapter: Chapter,
  outputs: Outputs,
  record: ChapterRecord | undefined,
  recordFile: string,
): Diagnostic[] {
  const index = new LineIndex(chapter.text)
  // What did not run has nothing to compare, and an empty record would hide it.
  const absent = absentDiagnostics(chapter.file, index, expectedOf(chapter), outputs)
  if (absent.length > 0) return [...absent]
  const now = toRecord(chapter, outputs)
  if (!record) {
    if (isEmptyRecord(now)) return []
    const at = chapter.cells[0]?.open ?? chapter.inlines[0]?.outer ?? { start: 0, end: 0 }
    const message = `this chapter has outputs but no record (${recordFile})`
    return [errorAt(chapter.file, index, at, { rule: 'record-missing', message, help: update })]
  }
  if (isEmptyRecord(record) && isEmptyRecord(now)) {
    const message = `${recordFile} is empty: this chapter shows nothing`
    const at = chapter.cells[0]?.open ?? index.lineSpan(1)
    return [warningAt(chapter.file, index, at, { rule: 'record-empty', message, help: remove })]
  }
  return [
    ...recordedCells(chapter).flatMap(cell => compareCell(chapter, index, cell, now, record)),
    ...compareInlines(chapter, index, now, record),
    ...orphans(chapter, index, record, recordFile),
  ]
}

function compareCell(
  chapter: Chapter,
  index: LineIndex,
  cell: Cell,
  now: ChapterRecord,
  record: ChapterRecord,
): Diagnostic[] {
  const name = cellName(cell)
  const find = (r: ChapterRecord) => r.cells.find(c => c.cell === name)?.outputs ?? []
  const tolerance = cell.options.tolerance ?? defaultTolerance
  const expected = find(record).map(comparable).join('\n')
  const got = find(now).map(comparable).join('\n')
  const difference = differenceOf(expected, got, tolerance)
  if (!difference) return []
  return [
    errorAt(chapter.file, index, cell.open, {
      rule: 'record-differs',
      message: `${name} no longer gives its recorded output: ${difference}`,
      detail: diffText(expected, got, tolerance),
      help: update,
    }),
  ]
}

function compareInlines(
  chapter: Chapter,
  index: LineIndex,
  now: ChapterRecord,
  record: ChapterRecord,
): Diagnostic[] {
  return chapter.inlines.flatMap((inline, i) => {
    const expected = record.inlines[i]
    const got = now.inlines[i]
    const problem = !expected
      ? 'is not in the record'
      : expected.expression !== inline.code
        ? `is recorded as \`${expected.expression}\``
        : differenceOf(expected.text, got.text, defaultTolerance) &&
          `recorded ${JSON.stringify(expected.text)}, now ${JSON.stringify(got.text)}`
    if (!problem) return []
    const message = `\`${inline.code}\` ${problem}`
    return [errorAt(chapter.file, index, inline.span, { rule: 'record-differs', message, help: update })]
  })
}

/** Recorded cells that the chapter no longer has. */
function orphans(
  chapter: Chapter,
  index: LineIndex,
  record: ChapterRecord,
  recordFile: string,
): Diagnostic[] {
  const names = new Set(recordedCells(chapter).map(cellName))
  const lost = record.cells.map(c => c.cell).filter(name => !names.has(name))
  if (lost.length === 0) return []
  const message = `${recordFile} has outputs of cells that are gone: ${lost.join(', ')}`
  return [warningAt(chapter.file, index, index.lineSpan(1), { rule: 'record-orphan', message, help: update })]
}

/** An output as text that compares: the kind, then each MIME type with its content. */
export function comparable(output: Output): string {
  switch (output.output_type) {
    case 'stream':
      return `[${output.name}]\n${output.text}`
    case 'error':
      return `[error]\n${output.ename}: ${output.evalue}`
    case 'display_data':
    case 'execute_result':
      return Object.entries(output.data)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([type, content]) => `[${type}]\n${typeof content === 'string' ? content : stableJson(content, 1)}`,
        )
        .join('\n')
    default:
      return output satisfies never
  }
}

/** In words what differs first; undefined when nothing does. */
function differenceOf(expected: string, got: string, tolerance: number): string | undefined {
  if (expected === got) return undefined
  const a = splitNumbers(expected)
  const b = splitNumbers(got)
  if (a.words !== b.words)
    return expected === '' ? 'nothing was recorded' : got === '' ? 'it shows nothing' : 'the text differs'
  const first = a.numbers.findIndex((n, i) => !agree(n, b.numbers[i], tolerance))
  if (first === -1) return undefined
  const [was, is] = [a.numbers[first], b.numbers[first]]
  const relative = Math.abs(is - was) / Math.max(Math.abs(was), Math.abs(is))
  return `${was} became ${is}, relative difference ${relative.toExponential(1)}, tolerance ${tolerance.toExponential(0)}`
}

/** Lines of a diff that are shown. */
const diffLines = 24
/** Characters of a line that are shown. */
const lineWidth = 160

/** A unified diff in which lines that agree within the tolerance count as equal. */
export function diffText(expected: string, got: string, tolerance: number): string {
  const before = pieces(expected)
  const after = pieces(got)
  const same = after.map((line, i) => {
    const old = before[i]
    return old !== undefined && !differenceOf(old, line, tolerance) ? old : line
  })
  const { hunks } = structuredPatch('', '', before.join('\n'), same.join('\n'), '', '', { context: 1 })
  const lines = hunks.flatMap(h => h.lines).filter(l => !l.startsWith('\\'))
  const shown = lines.slice(0, diffLines).map(l => (l.length > lineWidth ? `${l.slice(0, lineWidth)}…` : l))
  return [
    '- recorded',
    '+ now',
    ...shown,
    ...(lines.length > diffLines ? [`… ${lines.length - diffLines} more lines`] : []),
  ].join('\n')
}

/** Lines; markup also breaks before each tag, because an SVG is one long line. */
function pieces(text: string): string[] {
  return text.replace(/></g, '>\n<').split('\n')
}
