/** The three ways in which callers hold sequences, and the one in which the network works: time-major [T, B, …]. */
import { formatShape, type Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** [B, T, …], [T, B, …], or one sequence without a batch axis, [T, …]. */
export type Layout = 'batchFirst' | 'timeFirst' | 'unbatched'

/** @throws RangeError unless x has three axes, or two for a single sequence */
export function layoutOf(x: Tensor, batchFirst: boolean): Layout {
  if (x.shape.length === 2) return 'unbatched'
  if (x.shape.length === 3) return batchFirst ? 'batchFirst' : 'timeFirst'
  const batched = batchFirst ? '[batch, time, input]' : '[time, batch, input]'
  throw new RangeError(`x has shape ${formatShape(x.shape)}, expected ${batched} or [time, input]`)
}

/** The axes of a tensor over time, by name, for `expectShape`: (B, T, …), (T, B, …) or (T, …). */
export function sequenceAxes<Axis extends string>(
  layout: Layout,
  { T, B, ...last }: { T?: number; B?: number } & Record<Axis, number>,
): Record<string, number | undefined> {
  const leading = { batchFirst: { B, T }, timeFirst: { T, B }, unbatched: { T } }
  return { ...leading[layout], ...last }
}

/** The axes of states at one time: (layers, B, H), or (layers, H) for a single sequence. */
export function stateAxes(
  layout: Layout,
  { layers = 1, B, H }: { layers?: number; B: number; H: number },
): Record<string, number> {
  return layout === 'unbatched' ? { layers, H } : { layers, B, H }
}

/** Always a copy, so that the network's tape does not change when the caller's array does. */
export function toTimeMajor(x: Tensor, layout: Layout): Tensor {
  if (layout === 'batchFirst') return swapLeadingAxes(x)
  if (layout === 'timeFirst') return x.clone()
  const [T, ...rest] = x.shape
  return x.clone().reshape([T, 1, ...rest])
}

/** The inverse; always a copy. */
export function fromTimeMajor(x: Tensor, layout: Layout): Tensor {
  return layout === 'batchFirst' ? swapLeadingAxes(x) : dropBatch(x, layout).clone()
}

/** Takes the batch axis, the second, out of a single sequence's tensor; a view. */
export function dropBatch(x: Tensor, layout: Layout): Tensor {
  return layout === 'unbatched' ? x.reshape(x.shape.toSpliced(1, 1)) : x
}

/** (m, n, …) → (n, m, …) */
function swapLeadingAxes(x: Tensor): Tensor {
  const [m, n, ...rest] = x.shape
  const swapped = Tensor.zeros([n, m, ...rest], x.dtype)
  const width = x.data.length / (m * n)
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      const from = (i * n + j) * width
      const to = (j * m + i) * width
      for (let k = 0; k < width; k++) swapped.data[to + k] = x.data[from + k]
    }
  return swapped
}

/** The shape of a sequence in this layout. */
export function sequenceShape(layout: Layout, T: number, B: number, width: number): Shape {
  if (layout === 'unbatched') return [T, width]
  return layout === 'batchFirst' ? [B, T, width] : [T, B, width]
}

/** Without making anything: this is asked at every step of a training. */
export function isSequence({ shape }: Tensor, layout: Layout, T: number, B: number, width: number): boolean {
  if (layout === 'unbatched') return shape.length === 2 && shape[0] === T && shape[1] === width
  if (shape.length !== 3 || shape[2] !== width) return false
  return layout === 'batchFirst' ? shape[0] === B && shape[1] === T : shape[0] === T && shape[1] === B
}

/** The same for states. */
export function isState({ shape }: Tensor, layout: Layout, layers: number, B: number, H: number): boolean {
  if (layout === 'unbatched') return shape.length === 2 && shape[0] === layers && shape[1] === H
  return shape.length === 3 && shape[0] === layers && shape[1] === B && shape[2] === H
}
