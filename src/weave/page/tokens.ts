/** What a page is besides its HTML: contents, labels, plain text; and small changes to tokens beforehand. */
import type { Token } from 'markdown-it'
import type { Outputs } from '../run/output.ts'
import type { Chapter, Formula, InlineExpression, Target } from '../source/chapter.ts'
import { escapeHtml } from './html.ts'
import { kindOf, type Numbering, referenceText } from './number.ts'
import { type RenderEnv, renderInline } from './render.ts'
import type { Label, TocEntry } from './types.ts'

/** Without the first heading when it repeats the title: the layout shows the title. Its id stays, as an anchor. */
export function withoutTitle(tokens: readonly Token[], title: string): readonly Token[] {
  const at = titleAt(tokens, title)
  if (at === -1) return tokens
  for (const heading of tokens.slice(at, at + 3)) heading.hidden = true
  return tokens
}

function titleAt(tokens: readonly Token[], title: string): number {
  const at = tokens.findIndex(t => t.type === 'heading_open' && t.tag === 'h1')
  return at !== -1 && plainText(tokens[at + 1]?.children ?? []) === title.trim() ? at : -1
}

/** An image with a label, alone in its paragraph, is a figure: the paragraph round it goes. */
export function withFigures(tokens: readonly Token[]): readonly Token[] {
  for (const [i, token] of tokens.entries()) {
    const [image, ...others] = token.children ?? []
    if (token.type !== 'inline' || others.length > 0 || image?.type !== 'image') continue
    if (!kindOf(String(image.attrGet('id') ?? ''))) continue
    if (tokens[i - 1]?.type === 'paragraph_open') tokens[i - 1].hidden = true
    if (tokens[i + 1]?.type === 'paragraph_close') tokens[i + 1].hidden = true
  }
  return tokens
}

/** Labels of images that are figures. */
export function imageLabels(tokens: readonly Token[]): ReadonlyMap<Target, string> {
  const found = tokens
    .filter((t, i) => t.type === 'inline' && tokens[i - 1]?.hidden)
    .flatMap(t => t.children ?? [])
    .filter(t => t.type === 'image' && kindOf(String(t.attrGet('id') ?? '')))
  return new Map(found.map(t => [(t.meta as { target: Target }).target, String(t.attrGet('id'))] as const))
}

export function tocOf(tokens: readonly Token[], env: RenderEnv): TocEntry[] {
  return tokens.flatMap((token, i) => {
    const id = token.type === 'heading_open' ? token.attrGet('id') : null
    if (!id || token.hidden) return []
    const children = (tokens[i + 1]?.children ?? []).filter(t => !/^(link_|footnote_|reference)/.test(t.type))
    return [{ level: Number(token.tag.slice(1)), id: String(id), html: renderInline(children, env) }]
  })
}

/** All that references can point at: what is numbered, and labelled headings. */
export function labelsOf(
  { labels, title }: Chapter,
  numbering: Numbering,
  tokens: readonly Token[],
  env: RenderEnv,
): Label[] {
  const numbered = new Map([...numbering.values()].flatMap(n => (n.label ? [[n.label, n]] : [])))
  const headings = new Map(tocOf(tokens, env).map(entry => [entry.id, entry.html]))
  const own = tokens.find(t => t.type === 'heading_open' && t.hidden)?.attrGet('id')
  if (own) headings.set(String(own), escapeHtml(title))
  return labels.flatMap(({ label, span }): Label[] => {
    const kind = kindOf(label)
    const number = numbered.get(label)
    if (number) {
      const html = referenceText(number, env.words)
      return [{ label, kind: number.kind, html, number: number.number, span }]
    }
    const heading = headings.get(label)
    return kind === 'sec' && heading !== undefined ? [{ label, kind, html: heading, span }] : []
  })
}

interface Meta {
  readonly formula?: Formula
  readonly inline?: InlineExpression
}

function plainText(tokens: readonly Token[], outputs?: Outputs): string {
  return tokens
    .map(({ type, content, meta, children }) => {
      const { formula, inline } = (meta ?? {}) as Meta
      if (formula) return formula.latex.replace(/\\label\s*\{[^{}]*\}/g, '')
      if (inline) return outputs?.inlines[inline.index] ?? ''
      if (type === 'softbreak' || type === 'hardbreak') return ' '
      return type === 'image' ? plainText(children ?? []) : type === 'html_inline' ? '' : content
    })
    .join('')
    .trim()
}

/** Prose alone, a line per block. */
export function textOf(tokens: readonly Token[], outputs: Outputs): string {
  return tokens
    .filter(t => t.type === 'inline')
    .map(t => plainText(t.children ?? [], outputs))
    .filter(text => text !== '')
    .join('\n')
}
