/**
 * Light and dark in one SVG. Both ways were tried on the seed's diagrams. Two renderings, one of them shown by CSS, double
 * the page, and are wrong: an engine's dark theme leaves the boxes that an author coloured as they are, and writes
 * white on pastel. One rendering whose colours are variables is half as big and right: every colour is turned over for the
 * dark mode (color.ts), so that a pale box with dark text becomes a deep box of the same hue with light text.
 *
 * The attributes keep the light colours, for readers that know no CSS variables and for print; the rules in the
 * `<style>` stand below `#d` and reach nothing else.
 */
import {
  type Color,
  type ColorRole,
  darkInk,
  darkPaper,
  isNeutral,
  luminance,
  parseColor,
  printColor,
  toDark,
} from './color.ts'
import { elementsOf, type SvgElement } from './markup.ts'

const colored = ['fill', 'stroke', 'stop-color', 'flood-color', 'lighting-color', 'color']

/** Lines in the dark: a little softer than the text. */
const darkLine: Color = { r: 0xa8, g: 0xae, b: 0xb8, a: 1 }

interface Entry {
  readonly light: string
  readonly dark: string
}

/**
 * Replaces every colour below the root by a variable, and adds the style that sets them. Mutates the tree.
 *
 * @param own declarations for the root itself
 */
export function paint(root: SvgElement, own: string): void {
  makeExplicit(root, undefined)
  const entries: Entry[] = []
  const indexOf = (entry: Entry): number => {
    const known = entries.findIndex(e => e.light === entry.light && e.dark === entry.dark)
    return known >= 0 ? known : entries.push(entry) - 1
  }
  const rules = new Map<string, string>()
  for (const element of elementsOf(root)) {
    for (const key of colored) {
      const color = parseColor(element.attributes.get(key) ?? '')
      if (color) element.attributes.set(key, color.a === 0 ? 'none' : printColor(color))
    }
    for (const key of colored) {
      const color = parseColor(element.attributes.get(key) ?? '')
      if (!color) continue
      const use = useOf(element, key)
      rules.set(`#d ${selectorOf(element, key, use)}`, `${key}:var(--d${indexOf(entryOf(color, use))})`)
    }
    const style = element === root ? undefined : element.attributes.get('style')
    if (style)
      element.attributes.set(
        'style',
        style.replace(colorsIn, text => inStyle(text, indexOf)),
      )
  }
  root.children.unshift({ name: 'style', attributes: new Map(), children: [styleOf(own, entries, rules)] })
}

/** What is black because nothing was said, and what a text inherits, gets said: rules find only what stands there. */
function makeExplicit(element: SvgElement, inherited: string | undefined): void {
  const fill = element.attributes.get('fill') ?? inherited
  if (element.name === 'text') element.attributes.set('fill', fill ?? '#000000')
  else if (fill === undefined && /^(?:path|rect|circle|ellipse|polygon)$/.test(element.name))
    element.attributes.set('fill', '#000000')
  for (const child of element.children) if (typeof child !== 'string') makeExplicit(child, fill)
}

type Use = ColorRole | 'text'

/** An arrowhead, filled as it is drawn, goes with its line. */
function useOf({ name, attributes }: SvgElement, key: string): Use {
  if (key !== 'fill') return key === 'stroke' ? 'mark' : 'area'
  if (name === 'text' || name === 'tspan') return 'text'
  return attributes.get('fill') === attributes.get('stroke') ? 'mark' : 'area'
}

/** The more special use has the more special selector. */
function selectorOf({ name, attributes }: SvgElement, key: string, use: Use): string {
  const value = attributes.get(key)
  if (use === 'text') return `${name}[fill="${value}"]`
  return key === 'fill' && use === 'mark' ? `[fill="${value}"][stroke="${value}"]` : `[${key}="${value}"]`
}

/** Black and white are the site's ink, line and paper; every other colour has its own counterpart. */
function entryOf(color: Color, use: Use): Entry {
  const light = printColor(color)
  if (color.a === 1 && isNeutral(color) && luminance(color) < 0.06) {
    const [name, dark] = use === 'text' ? (['ink', darkInk] as const) : (['line', darkLine] as const)
    return { light: `var(--diagram-${name},${light})`, dark: `var(--diagram-${name},${printColor(dark)})` }
  }
  if (color.a === 1 && isNeutral(color) && luminance(color) > 0.98)
    return { light: `var(--diagram-paper,${light})`, dark: `var(--diagram-paper,${printColor(darkPaper)})` }
  return { light, dark: printColor(toDark(color, use === 'area' ? 'area' : 'mark')) }
}

/** Which of its two looks a page has. */
export type Mode = 'light' | 'dark'

/** The colour that an element of a painted tree has in a mode; undefined for what is no single colour. */
export function colorIn(mode: Mode, element: SvgElement, key: 'fill' | 'stroke'): Color | undefined {
  const color = parseColor(element.attributes.get(key) ?? '')
  return color && parseColor(entryOf(color, useOf(element, key))[mode].replace(/^var\([^,]*,(.*)\)$/, '$1'))
}

const colorsIn = /#[\da-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|(?<=color:\s*)[a-z]+/gi

function inStyle(text: string, indexOf: (entry: Entry) => number): string {
  const color = parseColor(text)
  return color && color.a > 0 ? `var(--d${indexOf(entryOf(color, 'text'))},${printColor(color)})` : text
}

function styleOf(own: string, entries: readonly Entry[], rules: ReadonlyMap<string, string>): string {
  const set = (mode: keyof Entry) => entries.map((entry, i) => `--d${i}:${entry[mode]}`).join(';')
  return [
    `#d{${own};${set('light')}}`,
    `@media screen{[data-theme=dark] #d{${set('dark')}}}`,
    `@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]) #d{${set('dark')}}}`,
    ...[...rules].map(([selector, declaration]) => `${selector}{${declaration}}`),
  ].join('\n')
}
