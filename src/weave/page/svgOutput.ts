/** SVG that cells draw: ids of its own on the page, and words for those who do not see it. */
import type { Span } from '../base/position.ts'
import { withUniqueIds } from '../diagram/svg.ts'
import { escapeHtml } from './html.ts'

/** Every `<svg>` in the HTML gets ids under `prefix`; the first one says what it shows. */
export function adoptSvg(html: string, prefix: string, alt: string | undefined): string {
  let at = 0
  return svgsIn(html)
    .map(({ start, end }, i) => {
      const before = html.slice(at, start)
      at = end
      const title = i === 0 ? alt : undefined
      return before + adopted(html.slice(start, end), i === 0 ? prefix : `${prefix}-${i + 1}`, title)
    })
    .concat(html.slice(at))
    .join('')
}

/** The outermost `<svg>` elements; one that is not closed ends with the text. */
export function svgsIn(html: string): readonly Span[] {
  const found: Span[] = []
  let depth = 0
  let start = 0
  for (const { 0: tag, index } of html.matchAll(/<svg(?=[\s/>])(?:"[^"]*"|'[^']*'|[^>"'])*>?|<\/svg\s*>/g)) {
    if (tag.endsWith('/>')) {
      if (depth === 0) found.push({ start: index, end: index + tag.length })
    } else if (!tag.startsWith('</')) {
      if (depth++ === 0) start = index
    } else if (depth > 0 && --depth === 0) found.push({ start, end: index + tag.length })
  }
  return depth > 0 ? [...found, { start, end: html.length }] : found
}

/** What is not well-formed is shown as the text that it is; outputProblems.ts reports it. */
function adopted(svg: string, prefix: string, title: string | undefined): string {
  try {
    return inline(withUniqueIds(svg, prefix, { title }))
  } catch (error) {
    if (error instanceof SyntaxError) return `<pre>${escapeHtml(svg)}</pre>`
    throw error
  }
}

/** `height: intrinsic` is Observable Plot's hint for old browsers, and not CSS. */
function inline(svg: string): string {
  return svg.replace(/\s*height: intrinsic;/g, '')
}
