/** What happens along one axis of a dense row-major array: joining, adding up, changing places. */
import { allocate, type DType, type Numbers } from './numbers.ts'
import { formatShape, type Shape, sameShape, sizeOf } from './shape.ts'

/** What a tensor is made of. */
export interface Dense {
  readonly data: Numbers
  readonly shape: Shape
  readonly dtype: DType
}

/** float32 only if all are: nothing loses digits unasked. */
export function commonDType(...parts: readonly { readonly dtype: DType }[]): DType {
  return parts.every(part => part.dtype === 'float32') ? 'float32' : 'float64'
}

/** 0 … the number of axes - 1; a negative one counts from the last. @throws RangeError outside of that */
export function toAxis(axis: number, shape: Shape): number {
  const n = shape.length
  if (!Number.isInteger(axis) || axis < -n || axis >= n)
    throw new RangeError(`axis ${axis} is not one of the ${n} of shape ${formatShape(shape)}`)
  return axis < 0 ? axis + n : axis
}

/** Puts parts one behind the other along an axis; all their other sizes must agree. */
export function joinAlong(parts: readonly Dense[], axis: number): { data: Numbers; shape: Shape } {
  if (parts.length === 0) throw new RangeError('expected at least one tensor to join')
  const [{ shape }] = parts
  const along = toAxis(axis, shape)
  for (const part of parts) {
    const fits = part.shape.length === shape.length
    if (!fits || !sameShape(part.shape.toSpliced(along, 1), shape.toSpliced(along, 1)))
      throw new RangeError(
        `cannot join ${formatShape(shape)} and ${formatShape(part.shape)} along axis ${axis}`,
      )
  }
  const joined = shape.with(
    along,
    parts.reduce((n, part) => n + part.shape[along], 0),
  )
  const data = allocate(sizeOf(joined), commonDType(...parts))
  const blocks = sizeOf(shape.slice(0, along))
  let at = 0
  for (let block = 0; block < blocks; block++)
    for (const part of parts) {
      const width = part.data.length / blocks
      data.set(part.data.subarray(block * width, (block + 1) * width), at)
      at += width
    }
  return { data, shape: joined }
}

/** Σ along one axis, which is then gone. */
export function sumAlong({ data, shape, dtype }: Dense, axis: number): { data: Numbers; shape: Shape } {
  const along = toAxis(axis, shape)
  const rest = shape.toSpliced(along, 1)
  const inner = sizeOf(shape.slice(along + 1))
  const sums = allocate(sizeOf(rest), dtype)
  for (let k = 0; k < data.length; k++) {
    const block = Math.floor(k / (inner * shape[along]))
    sums[block * inner + (k % inner)] += data[k]
  }
  return { data: sums, shape: rest }
}

/** The same numbers with the axes in another order: axis i of the result is axis `order[i]` of the source. */
export function permuteAxes({ data, shape, dtype }: Dense, order: readonly number[]) {
  const axes = order.map(axis => toAxis(axis, shape))
  if (axes.length !== shape.length || new Set(axes).size !== axes.length)
    throw new RangeError(`expected each axis of shape ${formatShape(shape)} once, got [${order.join(', ')}]`)
  const permuted = axes.map(axis => shape[axis])
  const strides = axes.map(axis => sizeOf(shape.slice(axis + 1)))
  const moved = allocate(data.length, dtype)
  const index = permuted.map(() => 0)
  for (let k = 0, from = 0; k < data.length; k++) {
    moved[k] = data[from]
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += strides[axis]
      if (++index[axis] < permuted[axis]) break
      from -= strides[axis] * permuted[axis]
      index[axis] = 0
    }
  }
  return { data: moved, shape: permuted }
}

/** The place of the largest number along the last axis, which is then gone; the first of equals, NaN counts as largest. */
export function argmaxAlongLast({ data, shape }: Dense): { data: Numbers; shape: Shape } {
  const n = shape.at(-1) ?? 1
  if (n === 0)
    throw new RangeError(`shape ${formatShape(shape)} has nothing to choose from along its last axis`)
  const places = allocate(data.length / n, 'float64')
  for (let i = 0; i < places.length; i++) {
    let best = 0
    for (let j = 1; j < n && !Number.isNaN(data[i * n + best]); j++)
      if (data[i * n + j] > data[i * n + best] || Number.isNaN(data[i * n + j])) best = j
    places[i] = best
  }
  return { data: places, shape: shape.slice(0, -1) }
}
