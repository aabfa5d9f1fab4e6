/** SVG text as a tree and back. Small on purpose: what engines write is well-formed, and nothing else comes here. */

export interface SvgElement {
  name: string
  /** Values as they stand in the text: still escaped. */
  attributes: Map<string, string>
  /** Strings are text, still escaped. */
  children: (SvgElement | string)[]
}

/**
 * The root element of an SVG text. Prolog, doctype, comments and processing instructions are left behind
 * (PlantUML puts the whole source into one); CDATA becomes plain text.
 *
 * @throws SyntaxError if elements do not nest
 */
export function parseMarkup(text: string): SvgElement {
  const root: SvgElement = { name: '', attributes: new Map(), children: [] }
  const open = [root]
  for (const [token, cdata] of text.matchAll(pieces)) {
    const parent = open[open.length - 1]
    if (cdata !== undefined) parent.children.push(escapeText(cdata))
    else if (!token.startsWith('<')) parent.children.push(token)
    else if (token.startsWith('</')) {
      const name = token.slice(2, -1).trim()
      if (open.length === 1 || parent.name !== name)
        throw new SyntaxError(`expected </${parent.name}>, got ${token}`)
      open.pop()
    } else if (!/^<[!?]/.test(token)) {
      const element = startTag(token)
      parent.children.push(element)
      if (!token.endsWith('/>')) open.push(element)
    }
  }
  if (open.length > 1) throw new SyntaxError(`missing </${open[open.length - 1].name}>`)
  const svg = root.children.find(child => typeof child !== 'string' && child.name === 'svg')
  if (svg === undefined || typeof svg === 'string') throw new SyntaxError('missing <svg>')
  return svg
}

const pieces =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!(?:[^>"'[]|"[^"]*"|'[^']*'|\[[\s\S]*?\])*>|<(?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+/g

function startTag(token: string): SvgElement {
  const name = /^<\s*([^\s/>]+)/.exec(token)?.[1] ?? ''
  const attributes = new Map<string, string>()
  const rest = token.slice(token.indexOf(name) + name.length)
  for (const [, key, double, single] of rest.matchAll(/([^\s=/>"']+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    attributes.set(key, double ?? single.replaceAll('"', '&quot;'))
  return { name, attributes, children: [] }
}

export function printMarkup(element: SvgElement): string {
  const attributes = [...element.attributes].map(([key, value]) => ` ${key}="${value}"`).join('')
  if (element.children.length === 0) return `<${element.name}${attributes}/>`
  const inside = element.children
    .map(child => (typeof child === 'string' ? child : printMarkup(child)))
    .join('')
  return `<${element.name}${attributes}>${inside}</${element.name}>`
}

/** Every element below and including this one, parents first. */
export function* elementsOf(element: SvgElement): Generator<SvgElement> {
  yield element
  for (const child of element.children) if (typeof child !== 'string') yield* elementsOf(child)
}

/** All text inside an element, still escaped. */
export function textOf(element: SvgElement): string {
  return element.children.map(child => (typeof child === 'string' ? child : textOf(child))).join('')
}

export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Undoes the five named references of XML and the numbered ones. */
export function unescapeText(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_all, hex, decimal, name) =>
    name
      ? ({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name as string] ?? '')
      : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number.parseInt(decimal, 10)),
  )
}
