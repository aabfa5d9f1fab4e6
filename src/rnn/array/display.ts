/** How a tensor looks: as text like NumPy's, and as an HTML table that a style sheet can turn into a heat map. */
import type { DType, Numbers } from './numbers.ts'
import { formatShape, type Shape, sizeOf } from './shape.ts'

export interface Displayed {
  readonly data: Numbers
  readonly shape: Shape
  readonly dtype: DType
}

/** Which indices of an axis are shown: all, or both ends with a gap between. */
const gap = -1
const textLimit = { most: 12, edge: 3 }
const htmlLimit = { most: 20, edge: 6 }

/** NumPy's nested brackets under a line with the shape; long axes show both ends and `...`. */
export function toText(t: Displayed, digits: number): string {
  const format = formatter(shownValues(t, textLimit), digits)
  const width = Math.max(0, ...shownValues(t, textLimit).map(v => format(v).length))
  const render = (offset: number, axis: number): string => {
    if (axis === t.shape.length) return format(t.data[offset]).padStart(width)
    const stride = sizeOf(t.shape.slice(axis + 1))
    const parts = shownIndices(t.shape[axis], textLimit).map(i =>
      i === gap ? '...' : render(offset + i * stride, axis + 1),
    )
    const below = t.shape.length - axis - 1
    return `[${parts.join(below === 0 ? ' ' : '\n'.repeat(below) + ' '.repeat(axis + 1))}]`
  }
  return `${title(t)}\n${render(0, 0)}`
}

/**
 * One table for a vector or a matrix, one per matrix for a stack of them. Every cell holds its number, a class
 * `positive`, `negative`, `zero` or `nonfinite`, and `--v`: its magnitude as a share of the largest, 0 to 1.
 */
export function toHtml(t: Displayed, digits = 4): string {
  const [columns = 1, rows = 1] = t.shape.toReversed()
  const matrices = columns * rows === 0 ? 0 : t.data.length / (columns * rows)
  if (matrices === 0) return `<p class="tensor">${title(t)}</p>`
  let largest = 0
  for (const v of t.data) if (Number.isFinite(v)) largest = Math.max(largest, Math.abs(v))
  const style = { format: formatter(shownValues(t, htmlLimit), digits), largest }
  const tables = shownIndices(matrices, textLimit).map(m => {
    if (m === gap) return '<p class="tensor-gap">…</p>'
    const place = t.shape.length > 2 ? ` · ${placeOf(m, t.shape.slice(0, -2))}` : ''
    const data = t.data.subarray(m * rows * columns, (m + 1) * rows * columns)
    return matrixTable(data, columns, t.shape.length > 1, title(t) + place, style)
  })
  return tables.join('\n')
}

function matrixTable(
  data: Numbers,
  columns: number,
  isMatrix: boolean,
  caption: string,
  { format, largest }: { format: (v: number) => string; largest: number },
): string {
  const shown = shownIndices(columns, htmlLimit)
  const corner = isMatrix ? '<td></td>' : ''
  const head = shown.map(j => (j === gap ? '<td>…</td>' : `<th scope="col">${j}</th>`)).join('')
  const cell = (v: number) => {
    const share = largest === 0 ? 0 : Math.abs(v) / largest
    const style = Number.isFinite(v) ? ` style="--v:${Number(share.toFixed(3))}"` : ''
    return `<td class="${signOf(v)}"${style}>${format(v)}</td>`
  }
  const body = shownIndices(data.length / columns, htmlLimit).map(i => {
    const name = isMatrix ? (i === gap ? '<td>…</td>' : `<th scope="row">${i}</th>`) : ''
    const cells = shown.map(j => (i === gap || j === gap ? '<td>…</td>' : cell(data[i * columns + j])))
    return `<tr>${name}${cells.join('')}</tr>`
  })
  return [
    `<table class="tensor"><caption>${caption}</caption>`,
    `<thead><tr>${corner}${head}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table>`,
  ].join('\n')
}

function title(t: Displayed): string {
  return `Tensor ${formatShape(t.shape)}${t.dtype === 'float32' ? ' float32' : ''}`
}

/** `[1, 0, :, :]`: where the m-th matrix of a stack stands. */
function placeOf(m: number, stack: Shape): string {
  const index = stack.map((n, axis) => Math.floor(m / sizeOf(stack.slice(axis + 1))) % n)
  return `[${[...index, ':', ':'].join(', ')}]`
}

function signOf(v: number): string {
  if (!Number.isFinite(v)) return 'nonfinite'
  return v > 0 ? 'positive' : v < 0 ? 'negative' : 'zero'
}

function shownIndices(n: number, { most, edge }: { most: number; edge: number }): number[] {
  const all = Array.from({ length: Math.min(n, most + 1) }, (_, i) => i)
  if (n <= most) return all
  return [...all.slice(0, edge), gap, ...all.slice(0, edge).map(i => n - edge + i)]
}

function shownValues(t: Displayed, limit: { most: number; edge: number }): number[] {
  let offsets = [0]
  for (const n of t.shape) {
    const indices = shownIndices(n, limit).filter(i => i !== gap)
    offsets = offsets.flatMap(offset => indices.map(i => offset * n + i))
  }
  return offsets.map(offset => t.data[offset])
}

/**
 * One notation for all numbers of a tensor: fixed with as many digits as any of them needs, or scientific if the
 * largest is 1e6 or more, or fixed digits would hide the smallest.
 */
function formatter(values: readonly number[], digits: number): (v: number) => string {
  const sizes = values.map(Math.abs).filter(v => v > 0 && v < Infinity)
  const scientific = sizes.some(v => v >= 1e6 || v < 10 ** -digits)
  const plain = (v: number) => v === 0 || !Number.isFinite(v)
  if (scientific) return v => (plain(v) ? String(v === 0 ? 0 : v) : v.toExponential(digits))
  const needed = Math.max(
    0,
    ...sizes.map(
      v =>
        v
          .toFixed(digits)
          .replace(/\.?0*$/, '')
          .split('.')[1]?.length ?? 0,
    ),
  )
  return v => (plain(v) ? String(v === 0 ? 0 : v) : v.toFixed(needed))
}
