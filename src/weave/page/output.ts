/** nbformat outputs → HTML: the richest type that a page can show. */
import MarkdownIt from 'markdown-it'
import { formulaKey, type Typeset } from '../math/typeset.ts'
import type { MimeBundle, Output } from '../run/output.ts'
import { escapeHtml } from './html.ts'
import { adoptSvg } from './svgOutput.ts'

export interface OutputContext {
  readonly formulas: Typeset
  /** What a figure shows, for those who do not see it. */
  readonly alt?: string
  /** A prefix for ids in SVG, unique on the page. */
  readonly prefix: string
  /** Told of SVG that is not well-formed. */
  readonly onMalformed: (message: string) => void
}

/** One output with its frame. */
export function renderOutput(output: Output, context: OutputContext): string {
  switch (output.output_type) {
    case 'stream':
      return `<div class="output stream ${output.name}"><pre>${escapeHtml(plain(output.text))}</pre></div>`
    case 'error':
      return `<div class="output error"><pre>${escapeHtml(plain(output.traceback.join('\n')))}</pre></div>`
    case 'execute_result':
      return `<div class="output result">${renderBundle(output.data, context)}</div>`
    case 'display_data':
      return `<div class="output display">${renderBundle(output.data, context)}</div>`
    default:
      return output satisfies never
  }
}

/** LaTeX that outputs bring along: to be typeset before pages are rendered. */
export function latexOf(output: Output): string | undefined {
  if (output.output_type !== 'execute_result' && output.output_type !== 'display_data') return undefined
  const latex = output.data['text/latex']
  return typeof latex === 'string' && output.data['text/html'] === undefined ? stripDollars(latex) : undefined
}

function stripDollars(latex: string): string {
  return latex
    .trim()
    .replace(/^\$\$?([\s\S]*?)\$\$?$/, '$1')
    .trim()
}

const renderers: readonly (readonly [string, (content: string, context: OutputContext) => string])[] = [
  ['text/html', htmlOutput],
  ['image/svg+xml', svgOutput],
  ['image/png', (data, { alt }) => imageOutput('image/png', data, alt)],
  ['image/jpeg', (data, { alt }) => imageOutput('image/jpeg', data, alt)],
  [
    'text/latex',
    (latex, { formulas }) =>
      formulas.get(formulaKey({ latex: stripDollars(latex), display: true })) ?? textOutput(latex),
  ],
  ['text/markdown', markdown => new MarkdownIt({ html: false }).render(markdown)],
  ['application/json', textOutput],
  ['text/plain', textOutput],
]

function renderBundle(data: MimeBundle, context: OutputContext): string {
  const found = renderers.find(([type]) => data[type] !== undefined)
  if (!found) return textOutput(Object.keys(data).join(', '))
  const [type, render] = found
  const content = data[type]
  return render(typeof content === 'string' ? content : JSON.stringify(content, undefined, 2), context)
}

function htmlOutput(html: string, { alt, prefix, onMalformed }: OutputContext): string {
  const content = adoptSvg(html, { prefix, alt, onMalformed })
  return /<table[\s>]/.test(content) ? `<div class="table-scroll">${content}</div>` : content
}

function svgOutput(svg: string, { alt, prefix, onMalformed }: OutputContext): string {
  return adoptSvg(svg, { prefix, alt, onMalformed })
}

function imageOutput(type: string, data: string, alt = ''): string {
  return `<img src="data:${type};base64,${data.replace(/\s/g, '')}" alt="${escapeHtml(alt)}">`
}

function textOutput(text: string): string {
  return `<pre>${escapeHtml(plain(text))}</pre>`
}

/** Without terminal colours. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[[\d;]*[A-Za-z]/g, '')
}
