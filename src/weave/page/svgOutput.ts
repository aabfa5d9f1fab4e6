/** SVG that cells draw: ids of its own on the page, and words for those who do not see it. */
import type { Span } from '../base/position.ts'
import { withUniqueIds } from '../diagram/svg.ts'
import { escapeHtml } from './html.ts'

export interface SvgContext {
  /** Unique on the page. */
  readonly prefix: string
  /** What the first one shows. */
  readonly alt: string | undefined
  /** Told of each that is not well-formed. */
  readonly onMalformed: (message: string) => void
}

/** Every `<svg>` in the HTML gets ids under `prefix`. One that is not well-formed is reported, and shows as text. */
export function adoptSvg(html: string, { prefix, alt, onMalformed }: SvgContext): string {
  let result = ''
  let at = 0
  for (const [i, { start, end }] of svgsIn(html).entries()) {
    result += html.slice(at, start)
    at = end
    const svg = html.slice(start, end)
    try {
      const own = i === 0 ? prefix : `${prefix}-${i + 1}`
      result += inline(withUniqueIds(svg, own, { title: i === 0 ? alt : undefined }))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      onMalformed(error.message)
      result += `<pre>${escapeHtml(svg)}</pre>`
    }
  }
  return result + html.slice(at)
}

/** The outermost SVG elements; one that does not end takes the rest. */
function svgsIn(html: string): Span[] {
  const found: Span[] = []
  let depth = 0
  let start = 0
  for (const { 0: tag, index } of html.matchAll(/<svg(?=[\s/>])(?:[^>"']|"[^"]*"|'[^']*')*>?|<\/svg\s*>/gi)) {
    const opens = tag[1] !== '/'
    if (opens && depth === 0) start = index
    if (opens && !tag.endsWith('/>')) depth++
    else if (!opens && depth > 0) depth--
    else if (!opens) continue
    if (depth === 0) found.push({ start, end: index + tag.length })
  }
  return depth > 0 ? [...found, { start, end: html.length }] : found
}

/** `height: intrinsic` is Observable Plot's hint for old browsers, and not CSS. */
function inline(svg: string): string {
  return svg.replace(/\s*height: intrinsic;/g, '')
}
