/** A piece of HTML → its tags with their places, by htmlparser2's tokenizer. */
import { Tokenizer } from 'htmlparser2'
import type { Span } from '../../base/position.ts'

export interface HtmlAttribute {
  readonly name: string
  readonly span: Span
  /** Entities decoded. */
  readonly value: string
  /** Where the value is written, without quotes; undefined when there is none. */
  readonly valueSpan?: Span
}

export interface HtmlTag {
  /** `other`: a declaration, an instruction, CDATA. */
  readonly kind: 'open' | 'close' | 'comment' | 'other'
  readonly name: string
  /** With its brackets. */
  readonly span: Span
  readonly attributes: readonly HtmlAttribute[]
}

export interface HtmlPieces {
  readonly tags: readonly HtmlTag[]
  /** What stands between them. */
  readonly texts: readonly Span[]
  /** Where a tag begins that does not end. */
  readonly unfinished?: number
}

export function readHtml(html: string): HtmlPieces {
  const tags: HtmlTag[] = []
  const texts: Span[] = []
  let tag: { name: string; start: number; attributes: HtmlAttribute[] } | undefined
  let attribute: { readonly start: number; readonly end: number; value: string } | undefined
  const end = (at: number) => {
    if (!tag) return
    const { name, start, attributes } = tag
    tags.push({ kind: 'open', name, span: { start, end: at + 1 }, attributes })
    tag = undefined
  }
  const single = (kind: HtmlTag['kind'], name: string, inside: number, to: number) => {
    const start = Math.max(0, html.lastIndexOf('<', inside - 1))
    const isOther = kind === 'comment' && !html.startsWith('<!--', start)
    const span = { start, end: Math.min(to, html.length) }
    tags.push({ kind: isOther ? 'other' : kind, name: isOther ? 'instruction' : name, span, attributes: [] })
  }
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      onopentagname: (start, to) => {
        tag = { name: html.slice(start, to).toLowerCase(), start: start - 1, attributes: [] }
      },
      onattribname: (start, to) => {
        attribute = { start, end: to, value: '' }
      },
      onattribdata: (start, to) => {
        if (attribute) attribute.value += html.slice(start, to)
      },
      onattribentity: code => {
        if (attribute) attribute.value += String.fromCodePoint(code)
      },
      onattribend: (_quote, to) => {
        if (!attribute) return
        const { start, end: nameEnd, value } = attribute
        const name = html.slice(start, nameEnd).toLowerCase()
        // The value begins behind `=` and a quote; an entity may be its first character.
        const [lead = '', quote = ''] = /^\s*=\s*(["']?)/.exec(html.slice(nameEnd)) ?? []
        const from = nameEnd + lead.length
        const until = quote === '' ? to : html.indexOf(quote, from)
        const valueSpan = lead === '' ? undefined : { start: from, end: Math.max(from, until) }
        tag?.attributes.push({ name, span: { start, end: nameEnd }, value, valueSpan })
        attribute = undefined
      },
      onopentagend: end,
      onselfclosingtag: end,
      onclosetag: (start, to) => {
        const close = html.indexOf('>', to)
        single('close', html.slice(start, to).toLowerCase(), start, close === -1 ? html.length : close + 1)
      },
      oncomment: (start, to) => single('comment', '', start, to + 1),
      oncdata: (start, to) => single('other', 'CDATA', html.lastIndexOf('<![', start) + 1, to + 1),
      ondeclaration: (start, to) => single('other', 'declaration', start, to + 1),
      onprocessinginstruction: (start, to) => single('other', 'instruction', start, to + 1),
      ontext: (start, to) => void texts.push({ start, end: to }),
      ontextentity: () => {},
      onend: () => {},
    },
  )
  tokenizer.write(html)
  tokenizer.end()
  const read = Math.max(0, ...[...tags.map(t => t.span), ...texts].map(s => s.end))
  const rest = html.slice(read).search(/\S/)
  return { tags, texts, unfinished: rest === -1 ? undefined : read + rest }
}
