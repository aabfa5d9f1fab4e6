/**
 * An engine's SVG, made fit for a page: no prolog, comments, scripts or embedded source; no class or id that the page's
 * styles could hit, no style that could reach the page; the site's font; as wide as its column allows. What it
 * comes to is the same for all engines: shapes with presentation attributes, and one `<style>` below `#d` which
 * gives the colours of the dark mode (see palette.ts).
 */
import { parseColor } from './color.ts'
import { removeUnused, renumberIds } from './definitions.ts'
import { elementsOf, parseMarkup, printMarkup, type SvgElement, textOf } from './markup.ts'
import { paint } from './palette.ts'

export interface CleanOptions {
  /** CSS value of the font that the labels were measured in. */
  readonly family: string
}

/** @throws SyntaxError if the engine wrote no well-formed SVG */
export function cleanSvg(svg: string, { family }: CleanOptions): string {
  const root = parseMarkup(svg)
  const [x, y, width, height] = viewBoxOf(root)
  const background = backgroundOf(root)
  removeForeign(root, true)
  for (const element of elementsOf(root)) if (element !== root) tidyAttributes(element, family)
  if (background && !coveredBy(root, background, width, height))
    root.children.unshift(rectangle(x, y, width, height, background))
  removeUnused(root)
  renumberIds(root)
  root.attributes = new Map([
    ['xmlns', 'http://www.w3.org/2000/svg'],
    ['id', 'd'],
    ['viewBox', [x, y, width, height].map(short).join(' ')],
    ['font-family', family],
    ['font-size', '16'],
    ['role', 'img'],
  ])
  const size = Math.ceil(width)
  paint(root, `--diagram-width:${size}px;width:100%;max-width:${size}px;height:auto;${ownBase(family)}`)
  return printMarkup(root)
}

/**
 * Everything that an SVG would inherit from the page it stands in, at the values that engines measured with: a page's
 * font size or letter spacing must not move a letter.
 */
function ownBase(family: string): string {
  return [
    `font:16px ${family}`,
    ...['letter-spacing', 'word-spacing', 'white-space'].map(name => `${name}:normal`),
    'text-transform:none',
    'text-anchor:start',
    'text-shadow:none',
    'direction:ltr',
    'writing-mode:horizontal-tb',
    'dominant-baseline:auto',
    'visibility:visible',
    'stroke:none',
    'stroke-width:1px',
    'stroke-dasharray:none',
    'stroke-linecap:butt',
    'stroke-linejoin:miter',
    'fill-opacity:1',
    'stroke-opacity:1',
    'fill-rule:nonzero',
    'paint-order:normal',
  ].join(';')
}

/** From `viewBox`, else from `width` and `height`; a little wider, for engines cut strokes that lie on its edge. */
function viewBoxOf(root: SvgElement): number[] {
  const [x, y, width, height] = boxOf(root)
  return [x - 2, y - 2, width + 4, height + 4]
}

function boxOf(root: SvgElement): number[] {
  const box = (root.attributes.get('viewBox') ?? '').split(/[\s,]+/).map(Number)
  if (box.length === 4 && box.every(Number.isFinite)) return box
  const size = (name: string) => Number.parseFloat(root.attributes.get(name) ?? '') || 100
  return [0, 0, size('width'), size('height')]
}

/** The page's white is the paper's; any other background is the author's wish. */
function backgroundOf(root: SvgElement): string | undefined {
  const style = stylesOf(root.attributes.get('style') ?? '')
  const value = style.get('background-color') ?? style.get('background')
  const color = value === undefined ? undefined : parseColor(value)
  if (!color || color.a === 0 || (color.r === 255 && color.g === 255 && color.b === 255)) return undefined
  return value
}

function rectangle(x: number, y: number, width: number, height: number, fill: string): SvgElement {
  const attributes = Object.entries({ x, y, width, height, fill }).map(([k, v]) => [k, String(v)] as const)
  return { name: 'rect', attributes: new Map(attributes), children: [] }
}

/** Whether the first shape is the background already. */
function coveredBy(root: SvgElement, fill: string, width: number, height: number): boolean {
  const first = [...elementsOf(root)].find(element => shapes.has(element.name))
  const value = (name: string) => Number.parseFloat(first?.attributes.get(name) ?? '')
  return first?.attributes.get('fill') === fill && value('width') >= width && value('height') >= height
}

const shapes = new Set(['rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon', 'path', 'text'])
const unwanted = new Set([
  'script',
  'style',
  'metadata',
  'animate',
  'set',
  'animateTransform',
  'animateMotion',
])

/** Scripts, styles, and the titles of single shapes (tool tips that repeat the label); the diagram's own stay. */
function removeForeign(element: SvgElement, isRoot: boolean): void {
  element.children = element.children.filter(
    child =>
      (typeof child === 'string' && (child.trim() !== '' || /^(?:text|tspan)$/.test(element.name))) ||
      (typeof child !== 'string' &&
        !unwanted.has(child.name) &&
        (isRoot || (child.name !== 'title' && child.name !== 'desc'))),
  )
  for (const child of element.children) if (typeof child !== 'string') removeForeign(child, false)
}

/** Properties that SVG also takes as attributes. */
const presentational =
  /^(?:(?:fill|stroke)(?:-[a-z]+)*|(?:stop|flood)-(?:color|opacity)|lighting-color|opacity|color|font-(?:family|size|weight|style)|text-(?:anchor|decoration)|dominant-baseline|alignment-baseline|baseline-shift|letter-spacing|marker-(?:start|mid|end)|visibility|display|clip-(?:path|rule)|mask|filter|paint-order|mix-blend-mode)$/

/** Attributes that say nothing to a reader, or that the page's own styles and scripts could answer to. */
const noise =
  /^(?:on.*|data-.*|class|xml:space|xmlns(?:[:].*)?|version|role|aria-(?!label).*|tabindex|lang|codeLine|target|xlink:(?!href).*)$/i

function tidyAttributes(element: SvgElement, family: string): void {
  const html = element.attributes.get('xmlns')?.endsWith('xhtml') || isHtml(element)
  const style = stylesOf(element.attributes.get('style') ?? '')
  const space =
    element.attributes.get('xml:space') === 'preserve' || /^pre/.test(style.get('white-space') ?? '')
  const kept = new Map<string, string>()
  for (const [key, value] of element.attributes) {
    if (noise.test(key) || (key === 'style' && !html)) continue
    const name = key === 'xlink:href' ? 'href' : key
    if (name === 'href' && /^\s*(?:javascript|vbscript|data:text)/i.test(value)) continue
    kept.set(name, numeric.test(key) ? rounded(value) : value)
  }
  if (!html) for (const [key, value] of style) if (presentational.test(key)) kept.set(key, value)
  const font = kept.get('font-family')
  if (font !== undefined) setFont(kept, font, family)
  if (space && element.name === 'text' && /^\s|\s$|\s{2}/.test(textOf(element)))
    kept.set('style', 'white-space:pre')
  element.attributes = kept
}

function isHtml(element: SvgElement): boolean {
  return /^(?:div|span|p|b|i|em|strong|br|ul|ol|li|table|tbody|tr|td|code|pre|small|sub|sup)$/.test(
    element.name,
  )
}

/** The engines' own sans-serif is the site's font, on the root; monospace and the author's choices stay. */
function setFont(attributes: Map<string, string>, font: string, family: string): void {
  if (/mono|courier|consol/i.test(font)) attributes.set('font-family', 'monospace')
  else if (/sans|arial|helvetica|^[\s"'&;quot]*$/i.test(font) || font.includes(family))
    attributes.delete('font-family')
  else attributes.set('font-family', `${font.replaceAll('&quot;', "'")}, ${family}`)
}

const numeric = /^(?:d|points|transform|[xy][12]?|[cr][xy]|r|d[xy]|width|height|ref[XY]|textLength)$/

/** Two decimals are a hundredth of a pixel. Arcs stay as they are: their flags may be glued to the next number. */
function rounded(value: string): string {
  if (/[aA]/.test(value.replace(/^[a-z]+\(/, ''))) return value
  return value.replace(/-?\d+\.\d+(?:e-?\d+)?/gi, number => {
    const text = short(Number(number))
    // A minus may be all that parts a number from the one before.
    return number.startsWith('-') && !text.startsWith('-') ? ` ${text}` : text
  })
}

function short(number: number): string {
  return String(Number(number.toFixed(2)))
}

/** `a: b; c: d` as a map, `!important` left behind. */
function stylesOf(style: string): Map<string, string> {
  const declarations = style.replaceAll('&quot;', "'").split(';')
  return new Map(
    declarations.flatMap(declaration => {
      const at = declaration.indexOf(':')
      const value = declaration
        .slice(at + 1)
        .replace(/\s*!important\s*$/, '')
        .trim()
      return at > 0 && value ? [[declaration.slice(0, at).trim().toLowerCase(), value] as const] : []
    }),
  )
}
