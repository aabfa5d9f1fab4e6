/**
 * Which HTML a chapter may hold: what GitHub lets through (the schema of hast-util-sanitize), and a few elements for
 * figures, sound, film and fine print.
 */

import { defaultSchema } from 'hast-util-sanitize'
import { own } from '../../base/own.ts'

const more =
  'figure figcaption mark abbr cite dfn small u time wbr data bdi bdo video audio track caption colgroup col'
const elements = new Set([...(defaultSchema.tagNames ?? []), ...more.split(' ')])

/** Attributes by their names in HTML, dashes left out: the schema has those of the DOM. */
const plainName = (name: string) => name.toLowerCase().replaceAll('-', '')
const allowed = (tag: string) =>
  (defaultSchema.attributes?.[tag] ?? []).map(a => plainName(typeof a === 'string' ? a : String(a[0])))
const everywhere = new Set([
  ...allowed('*'),
  ...[
    'class',
    'style',
    'role',
    'cite',
    'loading',
    'decoding',
    'rel',
    'target',
    'download',
    'type',
    'reversed',
  ],
])
const ofElement: Readonly<Record<string, readonly string[]>> = {
  video: ['src', 'poster', 'controls', 'loop', 'muted', 'preload', 'playsinline'],
  audio: ['src', 'controls', 'loop', 'muted', 'preload'],
  track: ['src', 'kind', 'srclang', 'default'],
  source: ['src', 'srcset', 'sizes'],
  img: ['srcset', 'sizes'],
}

export const isElement = (tag: string) => elements.has(tag)

export function isAttribute(tag: string, name: string): boolean {
  if (/^(data|aria)-/.test(name)) return true
  const plain = plainName(name)
  return (
    everywhere.has(plain) || allowed(tag).includes(plain) || (own(ofElement, tag)?.includes(plain) ?? false)
  )
}

/** Elements without an end. */
export const isVoid = (tag: string) =>
  /^(area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/.test(tag)

/** Attributes that lead somewhere, and what they lead to. */
export const targets: Readonly<Record<string, 'link' | 'image' | 'images'>> = {
  href: 'link',
  cite: 'link',
  src: 'image',
  poster: 'image',
  longdesc: 'link',
  srcset: 'images',
}

/** What to do in place of an element that no chapter may hold. */
export const advice: Readonly<Record<string, string>> = {
  script: 'Pages need no scripts: compute in a cell (```ts exec).',
  style: 'How pages look belongs into the theme; write `style="…"` on one element, or a class.',
  title: 'The title of a page stands in its front matter: `title: …`.',
  iframe: 'Link to the other site: readers without internet see this page, too.',
  svg: 'Save the drawing as a file and show it: `![what it shows](drawing.svg)`; or draw it in a cell.',
  math: 'Write formulas as `$…$`.',
  font: 'Use emphasis, or a class.',
  center: 'Write `<div align="center">`.',
  form: 'Pages are static: a form has nobody to send to.',
  button: 'Pages are static: a button has nothing to do.',
  object: 'Show a picture by `![…](…)`, link to everything else.',
  embed: 'Show a picture by `![…](…)`, link to everything else.',
  link: 'Style sheets belong into the theme.',
  meta: 'What describes a page belongs into its front matter.',
  base: 'Links are relative to the chapter’s file.',
}
