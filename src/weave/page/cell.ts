/** A cell and its outputs → HTML: code, folded or not; outputs, as a numbered figure or table or plainly. */
import type { Typeset } from '../math/typeset.ts'
import type { Output } from '../run/output.ts'
import type { Cell, CodeLook } from '../source/chapter.ts'
import { codeKey, type Highlighted, plainCode } from './highlight.ts'
import { attributes, escapeHtml } from './html.ts'
import type { Numbered } from './number.ts'
import { renderOutput } from './output.ts'
import type { Words } from './words.ts'

export interface CellContext {
  readonly highlighted: Highlighted
  readonly formulas: Typeset
  readonly words: Words
  readonly numbered: Numbered | undefined
  /** A formula's number, `(3.1)`, by its label. */
  readonly equationNumber: (label: string) => string
  /** A caption (`fig-cap`, `tbl-cap`, `code-summary`) as inline HTML. */
  readonly caption: (key: string) => string | undefined
  /** What a figure shows, for those who do not see it. */
  readonly alt: string | undefined
}

/** The code that readers see: without its option lines. */
export function shownCode({ code, optionLines, language }: Cell): { code: string; language: string } {
  return { code: code.split('\n').slice(optionLines).join('\n').trim(), language }
}

/** The id of a cell's element. */
export function cellId({ options, index }: Cell): string {
  return `cell-${options.label ?? index + 1}`
}

/** Whether a page has the cell's code. */
export function isShown(cell: Cell): boolean {
  return cell.options.echo !== false && shownCode(cell).code !== ''
}

export function renderCell(cell: Cell, outputs: readonly Output[], context: CellContext): string {
  const { options, index } = cell
  const parts = [
    options.echo === false ? '' : renderCode(cell, context),
    options.output === false ? '' : renderOutputs(cell, outputs, context),
  ].filter(part => part !== '')
  if (parts.length === 0) return ''
  return `<div class="cell"${attributes({ id: cellId(cell), 'data-cell': index })}>${parts.join('\n')}</div>\n`
}

function renderCode(cell: Cell, { highlighted, words, equationNumber, caption }: CellContext): string {
  const shown = shownCode(cell)
  if (shown.code === '') return ''
  const html = codeFrame(shown, highlighted, cell.look)
  const { verify } = cell.options
  const fold = cell.options['code-fold'] ?? verify !== undefined
  if (!fold) return html
  const proved = verify && [words.verification, ...verify.map(equationNumber)].join(' ')
  const summary = caption('code-summary') ?? escapeHtml(proved ?? words.code)
  return `<details class="fold"${fold === 'show' ? ' open' : ''}><summary>${summary}</summary>${html}</details>`
}

/** A block of code in its frame, with its title above, and some of its lines marked. */
export function codeFrame(
  block: { code: string; language: string },
  highlighted: Highlighted,
  { title, lines = [] }: CodeLook = {},
  own: Readonly<Record<string, string>> = {},
): string {
  const html = highlighted.get(codeKey(block)) ?? plainCode(block.code)
  const head = title === undefined ? '' : `<p class="code-title">${escapeHtml(title)}</p>`
  const { class: name, ...others } = own
  const frame = { class: ['code', name].filter(Boolean).join(' '), 'data-lang': block.language || undefined }
  return `<div${attributes({ ...frame, ...others })}>${head}${withMarks(html, lines)}</div>`
}

function withMarks(html: string, lines: readonly number[]): string {
  if (lines.length === 0) return html
  const marked = new Set(lines)
  let line = 0
  return html.replace(/<span class="line"/g, start =>
    marked.has(++line) ? '<span class="line marked"' : start,
  )
}

function renderOutputs(cell: Cell, outputs: readonly Output[], context: CellContext): string {
  if (outputs.length === 0) return ''
  const { index } = cell
  const { numbered, formulas, alt, words } = context
  const render = (output: Output, i: number) =>
    renderOutput(output, { formulas, alt, prefix: `cell${index + 1}-${i + 1}` })
  if (!numbered) return `<div class="outputs">${outputs.map(render).join('\n')}</div>`
  const printed = outputs.filter(o => o.output_type === 'stream')
  const shown = outputs.filter(o => o.output_type !== 'stream')
  const before = printed.length > 0 ? `<div class="outputs">${printed.map(render).join('\n')}</div>` : ''
  const content = `<div class="outputs">${shown.map((o, i) => render(o, i + printed.length)).join('\n')}</div>`
  const caption =
    context.caption(numbered.kind === 'tbl' ? 'tbl-cap' : 'fig-cap') ?? context.caption('fig-cap')
  return before + figure(content, { numbered, caption, words })
}

/** A figure with its number and caption (inline HTML): below it, above a table. */
export function figure(
  content: string,
  {
    numbered,
    caption,
    words,
    kind = '',
  }: { numbered: Numbered; caption: string | undefined; words: Words; kind?: string },
): string {
  const number = `<span class="number">${words[numbered.kind]} ${numbered.number}</span>`
  const text = `<figcaption>${number}${caption ? ` ${caption}` : ''}</figcaption>`
  const isTable = numbered.kind === 'tbl'
  const name = ['figure', isTable ? 'table' : '', kind].filter(Boolean).join(' ')
  const body = isTable ? `${text}\n${content}` : `${content}\n${text}`
  return `<figure${attributes({ class: name, id: numbered.label })}>${body}</figure>`
}
