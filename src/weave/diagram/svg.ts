/** Makes one SVG fit to stand in a page beside others: ids of its own, and a name for screen readers. */
import { elementsOf, escapeText, parseMarkup, printMarkup, type SvgElement } from './markup.ts'

export interface SvgLabels {
  /** What it is called, as plain text: the caption. */
  readonly title?: string
  /** What it shows, as plain text: the alternative text. */
  readonly description?: string
}

/**
 * The SVG with every id and every reference to one (`url(#a)`, `href`, `aria-labelledby`, `begin`, selectors in
 * `<style>`) under `prefix`, which has to be unique in the page. The root's own id becomes the prefix itself.
 * With labels it also gets `<title>`, `<desc>` and a role; without, it keeps those that it has.
 *
 * @throws RangeError if the prefix is no plain id
 * @throws SyntaxError if the SVG is not well-formed
 */
export function withUniqueIds(svg: string, prefix: string, labels: SvgLabels = {}): string {
  if (!/^[A-Za-z][\w-]*$/.test(prefix))
    throw new RangeError(`expected prefix to be a plain id, got '${prefix}'`)
  const root = parseMarkup(svg)
  const names = new Map<string, string>()
  for (const element of elementsOf(root)) {
    const id = element.attributes.get('id')
    if (id !== undefined) names.set(id, element === root ? prefix : `${prefix}-${id.replace(/^d-/, '')}`)
  }
  for (const element of elementsOf(root)) {
    for (const [key, value] of element.attributes) element.attributes.set(key, renameIn(key, value, names))
    if (element.name === 'style')
      element.children = element.children.map(child =>
        typeof child === 'string' ? renameInCss(child, names) : child,
      )
  }
  root.attributes.set('id', prefix)
  label(root, prefix, labels)
  return printMarkup(root)
}

/** The ids that an attribute refers to. */
export function referencesIn(key: string, value: string): string[] {
  if (idLists.has(key)) return value.split(/\s+/)
  if (/^(?:xlink:)?href$/.test(key)) return value.startsWith('#') ? [value.slice(1)] : []
  if (key === 'begin' || key === 'end') return [...value.matchAll(eventOf)].map(match => match[1])
  return [...value.matchAll(urlOf)].map(match => match[2])
}

const idLists = new Set(['aria-labelledby', 'aria-describedby', 'aria-controls', 'aria-owns', 'for'])
const urlOf = /url\(\s*(["']|&quot;|)#([^"')&]+)\1\s*\)/g
const eventOf = /([\w-]+)(?=\.[a-z])/gi

function renameIn(key: string, value: string, names: ReadonlyMap<string, string>): string {
  const renamed = (id: string) => names.get(id) ?? id
  if (key === 'id') return renamed(value)
  if (idLists.has(key)) return value.split(/\s+/).map(renamed).join(' ')
  if (/^(?:xlink:)?href$/.test(key)) return value.startsWith('#') ? `#${renamed(value.slice(1))}` : value
  if (key === 'begin' || key === 'end') return value.replace(eventOf, renamed)
  return value.replace(urlOf, (_all, _quote, id) => `url(#${renamed(id)})`)
}

/** Selectors name ids as `#id`; declarations name them as `url(#id)`, and their other `#` are colours. */
function renameInCss(css: string, names: ReadonlyMap<string, string>): string {
  return css.replace(/([^{}]*)([{}]|$)/g, (_all, text: string, end: string) =>
    end === '{'
      ? text.replace(/#(-?[_a-z][\w-]*)/gi, (whole, id) => (names.has(id) ? `#${names.get(id)}` : whole)) +
        end
      : text.replace(urlOf, (_whole, _quote, id) => `url(#${names.get(id) ?? id})`) + end,
  )
}

function label(root: SvgElement, prefix: string, { title, description }: SvgLabels): void {
  const isName = (child: SvgElement | string): child is SvgElement =>
    typeof child !== 'string' && (child.name === 'title' || child.name === 'desc')
  if (title || description) {
    const texts: [string, string][] = title
      ? [
          ['title', title],
          ...(description && description !== title ? [['desc', description] as [string, string]] : []),
        ]
      : [['title', description as string]]
    root.children = root.children.filter(child => !isName(child))
    root.children.unshift(
      ...texts.map(([name, text]) => ({
        name,
        attributes: new Map<string, string>(),
        children: [escapeText(text)],
      })),
    )
  }
  const named = root.children.filter(isName)
  for (const element of named) element.attributes.set('id', `${prefix}-${element.name}`)
  if (named.length > 0)
    root.attributes.set('aria-labelledby', named.map(element => `${prefix}-${element.name}`).join(' '))
  // An image's inside is hidden from screen readers, and links must not be.
  const links = [...elementsOf(root)].some(element => element.name === 'a')
  root.attributes.set('role', links ? 'group' : 'img')
}
