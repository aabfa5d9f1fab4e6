/** Two sides that should agree and do not, as text: shapes, numbers, and where they first differ. */
import type { RelationOp } from './expression.ts'
import { comparable, deviation, holds, pairs } from './relate.ts'
import { isScalar, scalar, shapeText, type Value } from './value.ts'

interface Side {
  readonly text: string
  readonly value: Value
}

export function unlike(op: RelationOp, left: Side, right: Side, tolerance: number): string {
  const [a, b] = [left.value, right.value]
  const sides = [sideText('left', left), sideText('right', right)]
  if (!comparable(a, b) && (op === '=' || op === '\\approx'))
    return [...sides, `${left.text} is ${shapeText(a)}, the right side ${shapeText(b)}`].join('\n')
  const error = { a: a.error, b: b.error }
  const scale = { x: Math.max(...a.data.map(Math.abs), ...b.data.map(Math.abs)) }
  const at = pairs(a, b).findIndex(([x, y]) =>
    op === '=' || op === '\\approx'
      ? Math.abs(x - y) > tolerance * scale.x
      : !holds(op, scalar(x, error.a), scalar(y, error.b), tolerance),
  )
  const [x, y] = pairs(a, b)[Math.max(0, at)]
  const place = placeOf(Math.max(0, at), a.data.length >= b.data.length ? a : b)
  const apart =
    op === '=' || op === '\\approx'
      ? `; largest relative difference ${deviation(a, b).toPrecision(3)}, allowed ${tolerance}`
      : ''
  return [...sides, `first difference${place}: ${x} and ${y}${apart}`].join('\n')
}

function sideText(name: string, { text, value }: Side): string {
  const numbers = rowsOf(value)
  const head = `${name}: ${text}, ${shapeText(value)}`
  return numbers.length === 1 && numbers[0].length < 60
    ? `${head}: ${numbers[0]}`
    : [head, ...numbers.map(row => `  ${row}`)].join('\n')
}

/** As many numbers of a row, and as many rows, as one looks at. */
const shown = 8

function rowsOf(value: Value): string[] {
  const { shape, data } = value
  if (isScalar(value)) return [short(data[0])]
  const width = shape[shape.length - 1]
  const rows = Math.floor(data.length / width)
  const text = Array.from({ length: Math.min(rows, shown) }, (_, i) => {
    const numbers = [...data.subarray(i * width, i * width + Math.min(width, shown))].map(short)
    return `[${numbers.join(', ')}${width > shown ? ', …' : ''}]`
  })
  return rows > shown ? [...text, '…'] : text
}

function short(x: number): string {
  return String(Number(x.toPrecision(6)))
}

function placeOf(i: number, value: Value): string {
  const { shape } = value
  if (isScalar(value) || value.data.length === 1) return ''
  const width = shape[shape.length - 1]
  return shape.length === 1 ? ` at [${i}]` : ` at [${Math.floor(i / width)}, ${i % width}]`
}
