/**
 * A chapter's cells as one TypeScript module whose lines and columns are the chapter's own.
 *
 * Everything that is not cell code is blanked: newlines stay, other characters become spaces. The compiler's
 * diagnostics then need no translation. Where statements have to be added they go onto fence lines, which are
 * free, or behind the end of a statement, so that no code moves to another column.
 */
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'
import type { Cell, Chapter, InlineExpression } from '../source/chapter.ts'
import { instrument } from './instrument.ts'
import { type ParsedCell, type ParsedCode, parseCode } from './parse.ts'

export interface Program {
  readonly chapter: Chapter
  /** What the type checker reads. Same length and positions as the chapter, fence lines aside. */
  readonly types: string
  /** What runs: the same with marks round the cells. Undefined when nothing runs, or something does not parse. */
  readonly code: string | undefined
  /** Cells that do not parse, left out of `types`: names that they would declare are not missing. */
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
    const parsed = parseCell(cell, index)
    const runs = cell.kind === 'exec' && cell.options.eval !== false
    const scoped = !runs || isPromised(cell.options.error)
    if ('problems' in parsed) {
      broken.push(cell)
      for (const { message, span, help } of parsed.problems)
        diagnostics.push(errorAt(chapter.file, index, span, { rule: 'syntax', message, help }))
      continue
    }
    if (scoped) diagnostics.push(...lateImports(chapter, index, parsed))
    cells.push({ cell, parsed, runs, scoped })
  }
  const inlines = chapter.inlines.filter(inline => {
    const problem = inlineProblem(inline)
    if (problem) diagnostics.push(errorAt(chapter.file, index, inline.span, problem))
    return !problem
  })
  const types = blankedWith(chapter, cells, inlines, 'types')
  const runnable = diagnostics.length === 0 && (cells.some(c => c.runs) || inlines.length > 0)
  const code = runnable ? blankedWith(chapter, cells, inlines, 'run', only) : undefined
  return { value: { chapter, types, code, broken }, diagnostics }
}

/** A chapter whose program could not be made: nothing of it is checked or run. */
export function blankProgram(chapter: Chapter): Program {
  return { chapter, types: '', code: undefined, broken: chapter.cells }
}

/** Whether an `error:` option promises an error. */
export function isPromised(error: boolean | string | undefined): error is true | string {
  return error !== undefined && error !== false
}

/** Keeps the given spans of a text and every newline; all else becomes spaces. */
export function blank(text: string, keep: readonly Span[]): string {
  let result = ''
  let at = 0
  for (const { start, end } of keep) {
    result += spaces(text.slice(at, start)) + text.slice(start, end)
    at = end
  }
  return result + spaces(text.slice(at))
}

function spaces(text: string): string {
  return text.replace(/[^\n]/g, ' ')
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
  const spans = [...chosen.flatMap(c => c.cell.lines), ...imports, ...spoken.map(i => i.span)].sort(
    (a, b) => a.start - b.start,
  )
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

/** In a scoped cell imports must come first: they cannot stand inside the block. */
function lateImports(chapter: Chapter, index: LineIndex, { statements }: ParsedCode): Diagnostic[] {
  const firstOther = statements.findIndex(s => s.type !== 'ImportDeclaration')
  return statements
    .filter((s, i) => s.type === 'ImportDeclaration' && firstOther !== -1 && i > firstOther)
    .map(s =>
      errorAt(chapter.file, index, s, {
        rule: 'import-order',
        message: 'an import after other statements in a cell with its own scope',
        help: 'In `ts check` cells, and in cells with `eval: false` or `error:`, write the imports first.',
      }),
    )
}

function inlineProblem(
  inline: InlineExpression,
): { rule: string; message: string; help: string } | undefined {
  const parsed = parseCode(`(${inline.code}\n)`)
  const help = 'Write one TypeScript expression: `{ts} ratio.toFixed(3)`.'
  if ('problems' in parsed) return { rule: 'syntax', message: parsed.problems[0].message, help }
  const [statement] = parsed.statements
  return parsed.statements.length === 1 && statement.type === 'ExpressionStatement'
    ? undefined
    : { rule: 'syntax', message: 'expected one expression', help }
}

/** A cell's own lines, parsed; places are the chapter's. */
function parseCell(cell: Cell, index: LineIndex): ReturnType<typeof parseCode> {
  const { code, lines } = cell
  const own = new LineIndex(code)
  const place = (offset: number) => {
    const { line, column } = own.position(offset)
    const { start, end } = lines[line - 1] ?? { start: cell.close.start, end: cell.close.start }
    return Math.min(start + column - 1, end)
  }
  const span = ({ start, end }: Span): Span => ({ start: place(start), end: place(end) })
  const parsed = parseCode(code, offset => index.position(place(offset)).line)
  if ('problems' in parsed)
    return { problems: parsed.problems.map(p => ({ ...p, span: within(span(p.span), cell) })) }
  const statements = parsed.statements.map(({ type, expression, ...s }) => ({
    type,
    ...span(s),
    expression: expression && span(expression),
  }))
  return { statements }
}

/** A parser may point behind the code (an unclosed brace), or at a line's end: a character of the cell is meant. */
function within({ start, end }: Span, cell: Cell): Span {
  const last = cell.lines.findLast(line => line.end > line.start)
  if (!last) return cell.open
  return start >= last.end ? { start: last.end - 1, end: last.end } : { start, end: Math.max(end, start + 1) }
}
