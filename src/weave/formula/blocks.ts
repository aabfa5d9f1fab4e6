/** Values put together from others, and taken apart. */
import { isScalar, makeValue, OperandError, type Value } from './value.ts'

/** A matrix of blocks: matrices, vectors as columns, numbers. One column of numbers or vectors is a vector. */
export function blockMatrix(rows: readonly (readonly Value[])[]): Value {
  if (rows.every(row => row.length === 1 && row[0].shape.length < 2)) return stack(rows.map(([v]) => v))
  const size = ({ shape }: Value): readonly [number, number] =>
    shape.length === 0 ? [1, 1] : shape.length === 1 ? [shape[0], 1] : [shape[0], shape[1]]
  const width = sum(rows[0].map(v => size(v)[1]))
  const out: number[] = []
  for (const row of rows) {
    const height = size(row[0])[0]
    if (row.some(v => size(v)[0] !== height || v.shape.length > 2))
      throw new OperandError('blocks side by side need as many rows')
    if (sum(row.map(v => size(v)[1])) !== width) throw new OperandError('the rows differ in width')
    for (let i = 0; i < height; i++)
      for (const v of row) {
        const c = size(v)[1]
        out.push(...v.data.subarray(i * c, (i + 1) * c))
      }
  }
  return makeValue([out.length / width, width], out, Math.max(...rows.flat().map(v => v.error)))
}

/** Numbers and vectors one below the other. */
export function stack(parts: readonly Value[]): Value {
  if (parts.some(p => p.shape.length > 1)) throw new OperandError('expected numbers and vectors')
  const data = parts.flatMap(p => [...p.data])
  return makeValue([data.length], data, Math.max(...parts.map(p => p.error)))
}

/** `A_{ij}`, `v_i`, or a row `A_i`; from 0. */
export function elementAt(of: Value, at: readonly number[]): Value {
  if (isScalar(of) || at.length > of.shape.length) throw new OperandError('it has no such element')
  let { shape } = of
  let data = of.data
  for (const i of at) {
    const [n, ...rest] = shape
    if (i < 0 || i >= n) throw new OperandError(`there is no element ${i} of ${n}; they count from 0`)
    const size = rest.reduce((a, b) => a * b, 1)
    data = data.subarray(i * size, (i + 1) * size)
    shape = rest
  }
  return { shape, data, error: of.error }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
