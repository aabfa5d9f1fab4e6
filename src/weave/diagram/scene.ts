/**
 * Where an SVG's shapes and labels lie, reckoned from their attributes, paths by the rectangle round them: no browser is
 * needed for it.
 */
import { elementsOf, parseMarkup, type SvgElement, textOf, unescapeText } from './markup.ts'

export interface Scene {
  /** In the order in which they are painted. */
  readonly shapes: readonly Painted[]
  readonly labels: readonly Label[]
}

export interface Label {
  readonly element: SvgElement
  /** Of its first line. */
  readonly middle: readonly [number, number]
  readonly opacity: number
  /** The size of its font. */
  readonly size: number
  /** How many of the shapes are painted before it. */
  readonly after: number
  /** Whether it lies on the end of a line that has a marker: what is painted there lies in the marker's definition. */
  readonly isOnMarker: boolean
}

/** a, b, c, d, e, f of SVG's matrix. */
type Matrix = readonly [number, number, number, number, number, number]

export interface Painted {
  /** Left, top, right, bottom. */
  readonly box: readonly [number, number, number, number]
  readonly name: string
  /** Whose fill it has: its own, or that of a group round it. */
  readonly filled: SvgElement
  readonly opacity: number
}

export function sceneOf(svg: string): Scene {
  const shapes: Painted[] = []
  const labels: Label[] = []
  const marked: (readonly [number, number])[] = []
  const visit = (element: SvgElement, above: State) => {
    if (/^(?:defs|marker|symbol|clipPath|mask|pattern|style|title|desc|foreignObject)$/.test(element.name))
      return
    const state = stateOf(element, above)
    const box = boxOf(element)
    const { matrix, filled, opacity } = state
    if (box && filled && filled.attributes.get('fill') !== 'none')
      shapes.push({
        box: transformed(box, matrix),
        name: element.name,
        filled,
        opacity: opacity * amount(element, 'fill-opacity'),
      })
    if (/\bmarker-/.test([...element.attributes.keys()].join(' '))) marked.push(...endsOf(element, matrix))
    if (element.name === 'text') {
      const middle = middleOf(element, state)
      const isOnMarker = marked.some(end => Math.hypot(end[0] - middle[0], end[1] - middle[1]) < state.size)
      labels.push({ element, middle, opacity, size: state.size, after: shapes.length, isOnMarker })
    } else for (const child of element.children) if (typeof child !== 'string') visit(child, state)
  }
  visit(parseMarkup(svg), { matrix: [1, 0, 0, 1, 0, 0], size: 16, anchor: 'start', opacity: 1 })
  return { shapes, labels }
}

/** Whether a shape lies under a point. */
export function covers({ box: [left, top, right, bottom], name }: Painted, x: number, y: number): boolean {
  if (x < left || x > right || y < top || y > bottom) return false
  const [dx, dy] = [(2 * x - left - right) / (right - left), (2 * y - top - bottom) / (bottom - top)]
  return !/^(?:circle|ellipse)$/.test(name) || dx * dx + dy * dy <= 1
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
