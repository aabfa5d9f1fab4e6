/**
 * A chapter's cells as one TypeScript module whose lines and columns are the chapter's own.
 *
 * Everything that is not cell code is blanked: newlines stay, other characters become spaces. The compiler's
 * diagnostics then need no translation. Where statements have to be added they go onto fence lines, which are
 * free, or behind the end of a statement, so that no code moves to another column.
 */
import { type Diagnostic, errorAt, hasErrors, type Result } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'
import type { Cell, Chapter, InlineExpression } from '../source/chapter.ts'
import { isRunning } from '../source/running.ts'
import { blank } from './blank.ts'
import { cellProblems, hasNoPlace, type ParsedInline } from './cellRules.ts'
import { type CheckFile, checkFilesOf, isFile } from './checkFiles.ts'
import { hiddenInCode } from './hiddenInCode.ts'
import { instrument } from './instrument.ts'
import { type ParsedCell, type ParsedCode, parseCode } from './parse.ts'

export interface Program {
  readonly chapter: Chapter
  /** What the type checker reads. Same lines and positions as the chapter, fence lines aside. */
  readonly types: string
  /** Cells that are files of their own to the type checker. */
  readonly files: readonly CheckFile[]
  /** What runs: the same with marks round the cells. Undefined when nothing runs, or something does not parse. */
  readonly code: string | undefined
  /** Cells that do not parse, or not where they would stand, left out of `types`: names that they would declare are not missing. */
  readonly broken: readonly Cell[]
}

/** Cells and inline expressions to run, by their indices; all when absent. */
export interface Selection {
  readonly cells: ReadonlySet<number>
  readonly inlines: ReadonlySet<number>
}

/** Chapter → Program. Code that does not parse is reported at its own cell and does not spoil the others. */
export function toProgram(chapter: Chapter, only?: Selection): Result<Program> {
  const index = new LineIndex(chapter.text)
  const diagnostics: Diagnostic[] = []
  const cells: ParsedCell[] = []
  const broken: Cell[] = []
  for (const cell of chapter.cells) {
    const parsed = parseCell(chapter.text, index, cell)
    const runs = isRunning(cell)
    const read = 'problems' in parsed ? undefined : parsed
    diagnostics.push(...hiddenInCode(chapter.file, index, cell.lines, read))
    if (!('problems' in parsed)) {
      cells.push({ cell, parsed, runs, scoped: !runs || isPromised(cell.options.error) })
      continue
    }
    broken.push(cell)
    for (const { message, span, help } of parsed.problems)
      diagnostics.push(errorAt(chapter.file, index, within(span, cell), { rule: 'syntax', message, help }))
  }
  const inlines = chapter.inlines.flatMap((inline): ParsedInline[] => {
    const parsed = parseInline(inline)
    const read = 'rule' in parsed ? undefined : parsed
    diagnostics.push(...hiddenInCode(chapter.file, index, [inline.span], read))
    if (!('rule' in parsed)) return [{ inline, parsed }]
    diagnostics.push(errorAt(chapter.file, index, inline.span, parsed))
    return []
  })
  diagnostics.push(...cellProblems(chapter, index, cells, inlines))
  const expressions = inlines.map(i => i.inline)
  const { files, exported } = checkFilesOf(chapter, index, cells)
  const inModule = cells.filter(c => !isFile(c) && !hasNoPlace(c))
  const types =
    blankedWith(chapter, inModule, expressions, 'types') + (exported.length > 0 ? `;export{${exported}}` : '')
  const runnable = !hasErrors(diagnostics) && (cells.some(c => c.runs) || inlines.length > 0)
  // Without a statement of a module's kind, a chapter that says `module` would be taken for CommonJS.
  const code = runnable ? `${blankedWith(chapter, cells, expressions, 'run', only)};export{}` : undefined
  const unread = [...broken, ...cells.filter(hasNoPlace).map(c => c.cell)]
  return { value: { chapter, types, files, code, broken: unread }, diagnostics }
}

/** A chapter whose program could not be made: nothing of it is checked or run. */
export function blankProgram(chapter: Chapter): Program {
  return { chapter, types: '', files: [], code: undefined, broken: chapter.cells }
}

/** Whether an `error:` option promises an error. */
export function isPromised(error: boolean | string | undefined): error is true | string {
  return error !== undefined && error !== false
}

/** The module: blanked text with the statements that `instrument` asks for. */
function blankedWith(
  chapter: Chapter,
  cells: readonly ParsedCell[],
  inlines: readonly InlineExpression[],
  purpose: 'types' | 'run',
  only?: Selection,
): string {
  const kept = cells.filter(c => purpose === 'types' || c.runs)
  const chosen = kept.filter(c => !only || only.cells.has(c.cell.index))
  const spoken = inlines.filter(i => !only || only.inlines.has(i.index))
  // Modules load as they do in the whole chapter, whichever of its cells run.
  const imports = kept.filter(c => only && !only.cells.has(c.cell.index)).flatMap(importsOf)
  // A caption's line is a comment when the cell runs, and holds the expression when its types are checked.
  const inPlace = spoken.filter(i => !i.caption || purpose === 'types').map(i => i.span)
  const holds = ({ start, end }: Span) => inPlace.some(span => span.start >= start && span.end <= end)
  const lines = chosen.flatMap(c => c.cell.lines.filter((line, i) => i >= c.cell.optionLines || !holds(line)))
  const spans = [...lines, ...imports, ...inPlace].sort((a, b) => a.start - b.start)
  const edits = instrument(chosen, spoken, purpose)
  const text = blank(chapter.text, spans)
  let result = ''
  let at = 0
  for (const { span, text: replacement } of edits) {
    result += text.slice(at, span.start) + replacement
    at = span.end
  }
  return `${result}${text.slice(at)}`
}

function importsOf({ parsed }: ParsedCell): readonly Span[] {
  return parsed.statements.filter(s => s.type === 'ImportDeclaration')
}

/** The cell's lines as one text, in which every column is the chapter's. */
function parseCell(text: string, index: LineIndex, { lines, language }: Cell): ReturnType<typeof parseCode> {
  const first = lines.at(0)?.start ?? 0
  const { line, column } = index.position(first)
  const offset = first - column + 1
  const own = lines.map(({ start, end }) => ({ start: start - offset, end: end - offset }))
  const code = blank(text.slice(offset, lines.at(-1)?.end ?? offset), own)
  const parsed = parseCode(code, { language, offset, line })
  if (language === 'ts' || !('problems' in parsed) || 'problems' in parseCode(code)) return parsed
  const [{ span }] = parsed.problems
  return {
    problems: [{ message: 'this is TypeScript, in a cell of JavaScript', span, help: 'Write `ts exec`.' }],
  }
}

function parseInline({
  span,
  code,
}: InlineExpression): ParsedCode | { rule: string; message: string; help: string } {
  const help = 'Write one TypeScript expression: `{ts} ratio.toFixed(3)`.'
  const parsed = parseCode(`(${code}\n)`, { offset: span.start - 1 })
  if ('problems' in parsed) return { rule: 'syntax', message: parsed.problems[0].message, help }
  const [statement] = parsed.statements
  return parsed.statements.length === 1 && statement.type === 'ExpressionStatement'
    ? parsed
    : { rule: 'syntax', message: 'expected one expression', help }
}

/** A parser may point behind the code (an unclosed brace), or at a line's end: a character of the cell is meant. */
function within({ start, end }: Span, cell: Cell): Span {
  const last = cell.lines.findLast(line => line.end > line.start)
  if (!last) return cell.open
  return start >= last.end ? { start: last.end - 1, end: last.end } : { start, end: Math.max(end, start + 1) }
}
