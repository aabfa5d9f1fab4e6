/** Arrays in arrays, as one writes them down, and the flat row-major form. */
import { formatShape, type Shape, sizeOf } from './shape.ts'

/** `5`, `[1, 2]`, `[[1, 2], [3, 4]]` … */
export type Nested = number | readonly Nested[]

/** @throws RangeError unless all arrays of one depth have one length */
export function flatten(nested: Nested): { data: number[]; shape: number[] } {
  const shape: number[] = []
  for (let part = nested; typeof part !== 'number'; part = part[0] ?? 0) shape.push(part.length)
  const data: number[] = []
  const read = (part: Nested, axis: number): void => {
    const size = typeof part === 'number' ? undefined : part.length
    if (size !== shape[axis])
      throw new RangeError(`expected nested arrays of shape ${formatShape(shape)}, got ragged ones`)
    if (typeof part === 'number') data.push(part)
    else for (const inner of part) read(inner, axis + 1)
  }
  read(nested, 0)
  return { data, shape }
}

/** The inverse of `flatten`. */
export function nest(data: ArrayLike<number>, shape: Shape, offset = 0): Nested {
  if (shape.length === 0) return data[offset]
  const [n, ...inner] = shape
  return Array.from({ length: n }, (_, i) => nest(data, inner, offset + i * sizeOf(inner)))
}
