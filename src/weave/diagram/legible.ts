/**
 * Whether labels can be read: the contrast of each with what is painted under its middle, on the light page and on the dark
 * one. Where shapes lie is reckoned from their attributes, paths by the rectangle round them; so no browser is needed.
 */
import { type Color, contrast, darkPaper } from './color.ts'
import { elementsOf, parseMarkup, type SvgElement, textOf, unescapeText } from './markup.ts'
import { colorIn, type Mode } from './palette.ts'

export interface FaintLabel {
  readonly text: string
  readonly mode: Mode
  /** WCAG contrast ratio with its ground. */
  readonly ratio: number
}

/** a, b, c, d, e, f of SVG's matrix. */
type Matrix = readonly [number, number, number, number, number, number]

interface Painted {
  /** Left, top, right, bottom. */
  readonly box: readonly [number, number, number, number]
  readonly isRound: boolean
  /** Whose fill it has: its own, or that of a group round it. */
  readonly filled: SvgElement
  readonly opacity: number
}

/** Labels whose contrast is below `least`, in the worse of the two modes. */
export function faintLabels(svg: string, least: number): FaintLabel[] {
  const root = parseMarkup(svg)
  const painted: Painted[] = []
  /** Where lines end in markers: what is drawn there lies in the marker's definition. */
  const marked: (readonly [number, number])[] = []
  const found: FaintLabel[] = []
  const visit = (element: SvgElement, above: State) => {
    if (/^(?:defs|marker|symbol|clipPath|mask|pattern|style|title|desc|foreignObject)$/.test(element.name))
      return
    const state = stateOf(element, above)
    const box = boxOf(element)
    const { matrix, filled } = state
    if (box && filled && filled.attributes.get('fill') !== 'none')
      painted.push({
        box: transformed(box, matrix),
        isRound: /^(?:circle|ellipse)$/.test(element.name),
        filled,
        opacity: state.opacity * amount(element, 'fill-opacity'),
      })
    if (/\bmarker-/.test([...element.attributes.keys()].join(' '))) marked.push(...endsOf(element, matrix))
    if (element.name === 'text') {
      const middle = middleOf(element, state)
      const isOnMarker = marked.some(end => Math.hypot(end[0] - middle[0], end[1] - middle[1]) < state.size)
      if (!isOnMarker) found.push(...faintIn(element, middle, painted, least, state.opacity))
    } else for (const child of element.children) if (typeof child !== 'string') visit(child, state)
  }
  visit(root, { matrix: [1, 0, 0, 1, 0, 0], size: 16, anchor: 'start', opacity: 1 })
  return found
}

/** What an element hands down. */
interface State {
  readonly matrix: Matrix
  readonly size: number
  readonly anchor: string
  readonly opacity: number
  readonly filled?: SvgElement
}

function stateOf(element: SvgElement, above: State): State {
  const get = (name: string) => element.attributes.get(name)
  return {
    matrix: multiply(above.matrix, matrixOf(get('transform') ?? '')),
    size: Number.parseFloat(get('font-size') ?? '') || above.size,
    anchor: get('text-anchor') ?? above.anchor,
    opacity: above.opacity * amount(element, 'opacity'),
    filled: get('fill') === undefined ? above.filled : element,
  }
}

function amount(element: SvgElement, name: string): number {
  const value = Number.parseFloat(element.attributes.get(name) ?? '1')
  return Number.isNaN(value) ? 1 : value
}

function faintIn(
  label: SvgElement,
  [x, y]: readonly [number, number],
  painted: readonly Painted[],
  least: number,
  opacity: number,
): FaintLabel[] {
  const under = painted.filter(shape => covers(shape, x, y))
  const worst: FaintLabel[] = []
  for (const mode of ['light', 'dark'] as const) {
    let ground: Color | undefined = mode === 'light' ? { r: 255, g: 255, b: 255, a: 1 } : darkPaper
    for (const { filled, opacity } of under) {
      const color = colorIn(mode, filled, 'fill')
      // A gradient, a pattern: what lies on it is not judged.
      ground = color && ground ? over(color, ground, opacity) : undefined
    }
    if (!ground) continue
    for (const [part, filled] of partsOf(label, undefined)) {
      const color = filled && colorIn(mode, filled, 'fill')
      const ratio = color ? contrast(over(color, ground, opacity), ground) : least
      if (ratio < least) worst.push({ text: unescapeText(part).trim(), mode, ratio })
    }
  }
  return worst
}

/** Each piece of a label's text, and the element whose fill it has. */
function* partsOf(
  element: SvgElement,
  above: SvgElement | undefined,
): Generator<readonly [string, SvgElement | undefined]> {
  const filled = element.attributes.has('fill') ? element : above
  for (const child of element.children)
    if (typeof child !== 'string') yield* partsOf(child, filled)
    else if (child.trim() !== '') yield [child, filled]
}

function covers({ box: [left, top, right, bottom], isRound }: Painted, x: number, y: number): boolean {
  if (x < left || x > right || y < top || y > bottom) return false
  const [dx, dy] = [(2 * x - left - right) / (right - left), (2 * y - top - bottom) / (bottom - top)]
  return !isRound || dx * dx + dy * dy <= 1
}

function over(color: Color, ground: Color, opacity: number): Color {
  const a = color.a * opacity
  const mix = (one: number, other: number) => one * a + other * (1 - a)
  return { r: mix(color.r, ground.r), g: mix(color.g, ground.g), b: mix(color.b, ground.b), a: 1 }
}

/** The middle of a label's first line, by half an em for each narrow letter and one for each wide one. */
function middleOf(label: SvgElement, { matrix, size, anchor }: State): [number, number] {
  const line = [...elementsOf(label)].find(element => element.attributes.has('x')) ?? label
  const length = (name: string, element = line) => {
    const value = element.attributes.get(name) ?? ''
    return (Number.parseFloat(value) || 0) * (value.endsWith('em') ? size : 1)
  }
  const text = unescapeText(textOf(line)).trim()
  const letters = [...text].reduce((sum, letter) => sum + (letter > '\u2e80' ? 1 : 0.5), 0)
  const width = length('textLength') || letters * size
  const align = line.attributes.get('text-anchor') ?? anchor
  const x = length('x') + ({ start: width / 2, middle: 0, end: -width / 2 }[align] ?? 0)
  const own = line.attributes.has('y') ? length('y') : length('y', label)
  const isCentred = /central|middle/.test(label.attributes.get('dominant-baseline') ?? '')
  const y = own + length('dy') - (isCentred ? 0 : size * 0.3)
  return apply(matrix, x, y)
}

function apply([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f]
}

/** Both ends of a line. */
function endsOf(element: SvgElement, matrix: Matrix): (readonly [number, number])[] {
  const number = (key: string) => Number.parseFloat(element.attributes.get(key) ?? '') || 0
  const points =
    element.name === 'line'
      ? [[number('x1'), number('y1')] as const, [number('x2'), number('y2')] as const]
      : pathPoints(element.attributes.get('d') ?? '')
  return [points[0], points[points.length - 1]].filter(Boolean).map(([x, y]) => apply(matrix, x, y))
}

/** The rectangle round a shape, in its own coordinates. */
function boxOf({ name, attributes }: SvgElement): readonly [number, number, number, number] | undefined {
  const number = (key: string) => Number.parseFloat(attributes.get(key) ?? '') || 0
  if (name === 'rect') {
    const [x, y] = [number('x'), number('y')]
    return [x, y, x + number('width'), y + number('height')]
  }
  if (name === 'circle' || name === 'ellipse') {
    const [rx, ry] = name === 'circle' ? [number('r'), number('r')] : [number('rx'), number('ry')]
    return [number('cx') - rx, number('cy') - ry, number('cx') + rx, number('cy') + ry]
  }
  if (name === 'polygon') return around(pairs(attributes.get('points') ?? ''))
  if (name === 'path') return around(pathPoints(attributes.get('d') ?? ''))
  return undefined
}

function around(
  points: readonly (readonly [number, number])[],
): [number, number, number, number] | undefined {
  if (points.length < 2) return undefined
  const [xs, ys] = [points.map(p => p[0]), points.map(p => p[1])]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

function pairs(text: string): [number, number][] {
  const numbers = (text.match(/-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?/gi) ?? []).map(Number)
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, i) => [
    numbers[2 * i],
    numbers[2 * i + 1],
  ])
}

/** The points that a path names, control points included. */
function pathPoints(d: string): [number, number][] {
  const points: [number, number][] = []
  let [x, y] = [0, 0]
  for (const [, letter, rest] of d.matchAll(/([a-z])([^a-z]*)/gi)) {
    const relative = letter === letter.toLowerCase()
    const numbers = (rest.match(/-?(?:\d+\.?\d*|\.\d+)/g) ?? []).map(Number)
    const kind = letter.toLowerCase()
    const step = { h: 1, v: 1, c: 6, s: 4, q: 4, a: 7 }[kind] ?? 2
    for (let i = 0; i + step <= numbers.length && kind !== 'z'; i += step) {
      const part = numbers.slice(i, i + step)
      const [ox, oy] = relative ? [x, y] : [0, 0]
      const ends =
        kind === 'h'
          ? [[ox + part[0], y]]
          : kind === 'v'
            ? [[x, oy + part[0]]]
            : kind === 'a'
              ? [[ox + part[5], oy + part[6]]]
              : pairsOf(part).map(([px, py]) => [ox + px, oy + py])
      for (const [px, py] of ends) points.push([px, py])
      ;[x, y] = points[points.length - 1] ?? [0, 0]
    }
  }
  return points
}

function pairsOf(numbers: readonly number[]): [number, number][] {
  return Array.from({ length: Math.floor(numbers.length / 2) }, (_, i) => [
    numbers[2 * i],
    numbers[2 * i + 1],
  ])
}

function transformed(
  [left, top, right, bottom]: readonly [number, number, number, number],
  matrix: Matrix,
): [number, number, number, number] {
  const corners = [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ]
  return around(corners.map(([x, y]) => apply(matrix, x, y))) ?? [left, top, right, bottom]
}

function matrixOf(transform: string): Matrix {
  let result: Matrix = [1, 0, 0, 1, 0, 0]
  for (const [, name, list] of transform.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const [p, q = name === 'scale' ? undefined : 0, ...more] = list
      .trim()
      .split(/[\s,]+/)
      .map(Number)
    const angle = (p * Math.PI) / 180
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
    const step: Record<string, Matrix> = {
      translate: [1, 0, 0, 1, p, q ?? 0],
      scale: [p, 0, 0, q ?? p, 0, 0],
      matrix: [p, q ?? 0, more[0], more[1], more[2], more[3]],
      rotate: [cos, sin, -sin, cos, 0, 0],
    }
    const [x, y] = name === 'rotate' ? [q ?? 0, more[0] ?? 0] : [0, 0]
    result = multiply(multiply(multiply(result, [1, 0, 0, 1, x, y]), step[name] ?? [1, 0, 0, 1, 0, 0]), [
      1,
      0,
      0,
      1,
      -x,
      -y,
    ])
  }
  return result
}

function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}
