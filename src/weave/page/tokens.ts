/** What a page is besides its HTML: contents, labels, plain text; and small changes to tokens beforehand. */
import type { Token } from 'markdown-it'
import type { Outputs } from '../run/output.ts'
import type { Chapter, Target } from '../source/chapter.ts'
import { kindOf, type Numbering, referenceText } from './number.ts'
import { plainText } from './plainText.ts'
import { type RenderEnv, renderInline } from './render.ts'
import type { Label, TocEntry } from './types.ts'

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

/** Headings, as the contents show them: without links. */
export function tocOf(tokens: readonly Token[], env: RenderEnv): TocEntry[] {
  const linkless = { ...env, linkless: true }
  return tokens.flatMap((token, i) => {
    const id = token.type === 'heading_open' ? token.attrGet('id') : null
    if (!id || token === env.chapter.titleHeading) return []
    const children = (tokens[i + 1]?.children ?? []).filter(t => !/^(link_|footnote_)/.test(t.type))
    const text = plainText(children, env.outputs)
    return [
      { level: Number(token.tag.slice(1)), id: String(id), html: renderInline(children, linkless), text },
    ]
  })
}

/** All that references can point at: what is numbered, and labelled headings. */
export function labelsOf(
  { labels, titleHeading }: Chapter,
  {
    numbering,
    toc,
    title,
  }: { numbering: Numbering; toc: readonly TocEntry[]; title: Pick<TocEntry, 'html' | 'text'> },
  env: RenderEnv,
): Label[] {
  const numbered = new Map([...numbering.values()].flatMap(n => (n.label ? [[n.label, n]] : [])))
  const headings = new Map<string, Pick<TocEntry, 'html' | 'text'>>(toc.map(entry => [entry.id, entry]))
  const own = titleHeading?.attrGet('id')
  if (own) headings.set(String(own), title)
  return labels.flatMap(({ label, span }): Label[] => {
    const kind = kindOf(label)
    const number = numbered.get(label)
    if (number) {
      const text = referenceText(number, env.words)
      return [{ label, kind: number.kind, html: text, text, number: number.number, span }]
    }
    const heading = headings.get(label)
    return kind === 'sec' && heading ? [{ label, kind, html: heading.html, text: heading.text, span }] : []
  })
}

/** Prose alone, a line per block. */
export function textOf(tokens: readonly Token[], outputs: Outputs): string {
  return tokens
    .filter(t => t.type === 'inline')
    .map(t => plainText(t.children ?? [], outputs))
    .filter(text => text !== '')
    .join('\n')
}
