/** What is wrong with a source or a picture whatever the engine: letters that no document may hold, a picture of nothing. */
import type { Problem } from './engine.ts'
import { elementsOf, parseMarkup } from './markup.ts'

/** The first character that XML, and so an SVG, cannot hold. */
export function controlCharacter(code: string): Problem | undefined {
  const match = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(code)
  if (!match) return undefined
  const before = code.slice(0, match.index)
  const point = match[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  return {
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
    message: `control character U+${point} in a diagram`,
    help: 'Remove it: no picture can hold it.',
  }
}

/** Whether a cleaned SVG shows nothing: no text, and no shape that is not as big as nothing. */
export function isEmptyPicture(svg: string): boolean {
  return ![...elementsOf(parseMarkup(svg))].some(({ name, attributes, children }) => {
    if (name === 'text') return children.length > 0
    if (name === 'rect') return attributes.has('width') && attributes.has('height')
    return /^(?:circle|ellipse|line|polyline|polygon|path|image|foreignObject)$/.test(name)
  })
}
