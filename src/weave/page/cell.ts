/** A cell and its outputs → HTML: code, folded or not; outputs, as a numbered figure or table or plainly. */
import type { Typeset } from '../math/typeset.ts'
import type { Output } from '../run/output.ts'
import type { Cell } from '../source/chapter.ts'
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
  /** Caption text → inline HTML. */
  readonly inline: (markdown: string) => string
  /** Told of SVG that the cell shows and that is not well-formed. */
  readonly onMalformed: (message: string) => void
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

function renderCode(cell: Cell, { highlighted, words, equationNumber }: CellContext): string {
  const shown = shownCode(cell)
  if (shown.code === '') return ''
  const html = codeFrame(shown, highlighted)
  const { verify } = cell.options
  const fold = cell.options['code-fold'] ?? verify !== undefined
  if (!fold) return html
  const proved = verify && [words.verification, ...verify.map(equationNumber)].join(' ')
  const summary = cell.options['code-summary'] ?? proved ?? words.code
  return `<details class="fold"${fold === 'show' ? ' open' : ''}><summary>${escapeHtml(summary)}</summary>${html}</details>`
}

/** A block of code in its frame. */
export function codeFrame(block: { code: string; language: string }, highlighted: Highlighted): string {
  const html = highlighted.get(codeKey(block)) ?? plainCode(block.code)
  return `<div class="code"${attributes({ 'data-lang': block.language || undefined })}>${html}</div>`
}

function renderOutputs(cell: Cell, outputs: readonly Output[], context: CellContext): string {
  if (outputs.length === 0) return ''
  const { options, index } = cell
  const { numbered, formulas, onMalformed } = context
  const alt = options['fig-alt'] ?? options['fig-cap']
  const render = (output: Output, i: number) =>
    renderOutput(output, { formulas, alt, prefix: `cell${index + 1}-${i + 1}`, onMalformed })
  if (!numbered) return `<div class="outputs">${outputs.map(render).join('\n')}</div>`
  const printed = outputs.filter(o => o.output_type === 'stream')
  const shown = outputs.filter(o => o.output_type !== 'stream')
  const before = printed.length > 0 ? `<div class="outputs">${printed.map(render).join('\n')}</div>` : ''
  const content = `<div class="outputs">${shown.map((o, i) => render(o, i + printed.length)).join('\n')}</div>`
  const caption = options[numbered.kind === 'tbl' ? 'tbl-cap' : 'fig-cap'] ?? options['fig-cap']
  return before + figure(content, { numbered, caption, context })
}

/** A figure with its number and caption: below it, above a table. */
export function figure(
  content: string,
  {
    numbered,
    caption,
    context,
    kind = '',
  }: {
    numbered: Numbered
    caption: string | undefined
    context: Pick<CellContext, 'words' | 'inline'>
    kind?: string
  },
): string {
  const { words, inline } = context
  const number = `<span class="number">${words[numbered.kind]} ${numbered.number}</span>`
  const text = `<figcaption>${number}${caption ? ` ${inline(caption)}` : ''}</figcaption>`
  const isTable = numbered.kind === 'tbl'
  const name = ['figure', isTable ? 'table' : '', kind].filter(Boolean).join(' ')
  const body = isTable ? `${text}\n${content}` : `${content}\n${text}`
  return `<figure${attributes({ class: name, id: numbered.label })}>${body}</figure>`
}
