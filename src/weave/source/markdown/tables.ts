/**
 * Tables by markdown-it's own rule, with what it lacks: a `|` inside code or a formula belongs to that, a row with
 * more cells than its header is reported (GFM drops them), and cells know their places.
 */
import type { MarkdownIt, StateBlock, Token } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import type { Span } from '../../base/position.ts'
import { type Env, envOf } from './env.ts'
import { wrapRule } from './rules.ts'

/** Stands for a `|` that belongs to code or a formula while markdown-it splits rows; no chapter contains it. */
const bar = '\0'

export function tablePlugin(md: MarkdownIt): void {
  wrapRule(md.block.ruler, 'table', rule => (state, startLine, endLine, silent) => {
    if (!isDelimiterRow(state, startLine + 1, endLine)) return rule(state, startLine, endLine, silent)
    const { src } = state
    state.src = masked(state, startLine, endLine)
    const first = state.tokens.length
    const found = rule(state, startLine, endLine, silent)
    const rows = state.src
    state.src = src
    if (silent) return found
    if (found) placeCells(state.tokens.slice(first), rows, state)
    else reportHeader(state, startLine, rows)
    return found
  })
}

/** `|---|:-:|`. */
function isDelimiterRow({ src, bMarks, eMarks, tShift }: StateBlock, line: number, endLine: number): boolean {
  return (
    line < endLine && /^[|:\- \t]*-[|:\- \t]*$/.test(src.slice(bMarks[line] + tShift[line], eMarks[line]))
  )
}

/** The text with every `|` replaced that lies inside code or a formula, in the lines up to the next empty one. */
function masked(state: StateBlock, startLine: number, endLine: number): string {
  const { src, bMarks, eMarks, tShift } = state
  let result = ''
  let at = 0
  for (let line = startLine; line < endLine && !state.isEmpty(line); line++) {
    const start = bMarks[line] + tShift[line]
    const row = src.slice(start, eMarks[line])
    const changed = row.replace(inside, span => (span.startsWith('\\') ? span : maskBars(span)))
    if (changed === row) continue
    result += src.slice(at, start) + changed
    at = eMarks[line]
  }
  return at === 0 ? src : result + src.slice(at)
}

/** An escaped character, a code span, or a formula (by the rules of math.ts): whichever comes first. */
const inside =
  /\\.|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|\$\$(?:\\.|[^$\\])+\$\$|\$(?![\s$])(?:\\.|[^$\\`])*?(?<!\s)\$(?!\d)/g

/** `\|` stays: in a table it is a `|` everywhere. */
function maskBars(span: string): string {
  return span.replace(/\\\||\|/g, found => (found === '|' ? bar : found))
}

/** Gives each cell's content its bars back, and its place. */
function placeCells(tokens: readonly Token[], rows: string, state: StateBlock): void {
  const env = envOf(state)
  let header = 0
  let cells: readonly Span[] = []
  let column = 0
  for (const token of tokens) {
    if (token.type === 'tr_open' && token.map) {
      cells = cellsOf(rows, rowSpan(state, token.map[0]))
      header ||= cells.length
      column = 0
      reportExtra(cells, header, env)
    }
    if (token.type !== 'inline') continue
    const cell = cells[column++]
    token.content = token.content.replaceAll(bar, '|')
    token.meta = { origin: { locate: placeIn(rows, cell ?? cells.at(-1)) } }
  }
}

function rowSpan({ bMarks, eMarks, tShift }: StateBlock, line: number): Span {
  return { start: bMarks[line] + tShift[line], end: eMarks[line] }
}

/** Where the cells of a row lie, without the space round them. */
function cellsOf(text: string, { start, end }: Span): Span[] {
  const row = text.slice(start, end)
  const bars = [...row.matchAll(/(?<!\\)\|/g)].map(m => m.index)
  const edges = [-1, ...bars, row.length]
  const pieces = edges.slice(1).map((to, i) => {
    const from = edges[i] + 1
    const content = row.slice(from, to)
    const lead = content.length - content.trimStart().length
    return { start: start + from + lead, end: start + from + lead + content.trim().length }
  })
  const isBlank = ({ start: from, end: to }: Span) => from === to
  if (pieces.length > 1 && isBlank(pieces[0])) pieces.shift()
  if (pieces.length > 1 && isBlank(pieces[pieces.length - 1])) pieces.pop()
  return pieces
}

/** An offset into a cell's content, in which `\|` has become `|`, as an offset into the text. */
function placeIn(text: string, cell: Span | undefined): (at: number) => number {
  if (!cell) return () => 0
  const raw = text.slice(cell.start, cell.end)
  const escapes = [...raw.matchAll(/\\\|/g)].map((m, i) => m.index - i)
  return at => cell.start + at + escapes.filter(e => e < at).length
}

function reportExtra(cells: readonly Span[], header: number, { file, index, diagnostics }: Env): void {
  if (cells.length <= header) return
  const span = { start: cells[header].start, end: cells[cells.length - 1].end }
  diagnostics.push(
    errorAt(file, index, span, {
      rule: 'table-cells',
      message: `this row has ${cells.length} cells, its table has ${header} columns`,
      help: 'Give the header a column more; write a bar that belongs to the text as `\\|`.',
    }),
  )
}

/** A delimiter row below a row of another length: markdown-it takes both for a paragraph. */
function reportHeader(state: StateBlock, line: number, rows: string): void {
  const header = rowSpan(state, line)
  const text = state.src.slice(header.start, header.end)
  const delimiters = rowSpan(state, line + 1)
  if (!text.includes('|') || !state.src.slice(delimiters.start, delimiters.end).includes('|')) return
  const [above, below] = [cellsOf(rows, header).length, cellsOf(rows, delimiters).length]
  if (above === below) return
  const { file, index, diagnostics, reported } = envOf(state)
  if (reported.has(delimiters.start)) return
  reported.add(delimiters.start)
  diagnostics.push(
    errorAt(file, index, delimiters, {
      rule: 'table-columns',
      message: `this is no table: its header has ${above} cells, this row has ${below}`,
      help: 'Write as many `---` as the header has cells, with a bar between them.',
    }),
  )
}
