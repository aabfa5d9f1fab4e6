/**
 * The right factor of a product, packed into panels of `panelWidth` columns, one panel after another, each row of a panel
 * contiguous. Two whole panels stand side by side as a wide one, and are worked through together. (Goto and van de Geijn
 * 2008, "Anatomy of high-performance matrix multiplication")
 */
import { lanes, loadPart, loadUpTo } from './vector'

/** Columns of a panel: two vectors. */
// @ts-ignore: decorator
@inline
export function panelWidth<N>(): i32 {
  return 2 * lanes<N>()
}

/** How many panels stand side by side at column j, as one wide panel: two, where there are two. */
// @ts-ignore: decorator
@inline
export function panelsAt<N>(j: i32, n: i32): i32 {
  return n - j >= 2 * panelWidth<N>() ? 2 : 1
}

/** Bytes that `pack` writes for a factor (k, n): the last panel is filled up with zeros. */
// @ts-ignore: decorator
@inline
export function packedBytes<N>(k: i32, n: i32): usize {
  const width = panelWidth<N>()
  return <usize>(((n + width - 1) / width) * k * 32)
}

/** Panels of B (k, n), whose rows are `stride` bytes apart. Returns where they are: B may be a wide panel itself. */
export function pack<N>(panels: usize, B: usize, stride: usize, k: i32, n: i32): usize {
  const width = panelWidth<N>()
  if (n == 2 * width && stride == 64) return B
  const start = panels
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n)
    for (let p = 0; p < beside; p++, j += width)
      packPanel<N>(panels + <usize>p * 32, <usize>beside * 32, B + <usize>j * sizeof<N>(), stride, k, n - j)
    panels += <usize>(beside * k * 32)
  }
  return start
}

/** Panels of B (k, n), given as its transpose: n rows of k numbers, `stride` bytes apart. */
export function packTransposed<N>(panels: usize, Bt: usize, stride: usize, k: i32, n: i32): void {
  const width = panelWidth<N>()
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n)
    for (let p = 0; p < beside; p++, j += width)
      packPanelTransposed<N>(panels + <usize>p * 32, <usize>beside * 32, Bt + <usize>j * stride, stride, k, n - j)
    panels += <usize>(beside * k * 32)
  }
}

/** `pitch`: bytes from one row of the panel to the next. `count`: columns that there are, perhaps fewer than a panel's. */
function packPanel<N>(to: usize, pitch: usize, from: usize, stride: usize, k: i32, count: i32): void {
  const end = to + <usize>k * pitch
  if (count >= panelWidth<N>()) {
    for (; to < end; to += pitch, from += stride) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
    }
    return
  }
  const more = count - lanes<N>()
  for (; to < end; to += pitch, from += stride) {
    v128.store(to, loadUpTo<N>(from, count))
    v128.store(to, more > 0 ? loadPart<N>(from + 16, more) : i64x2.splat(0), 16)
  }
}

function packPanelTransposed<N>(to: usize, pitch: usize, from: usize, stride: usize, k: i32, count: i32): void {
  let l = 0
  if (sizeof<N>() == 4 && count >= 8) {
    for (; l + 4 <= k; l += 4, to += 4 * pitch, from += 16) {
      transposeFour(to, pitch, from, stride)
      transposeFour(to + 16, pitch, from + 4 * stride, stride)
    }
  }
  for (; l < k; l++, to += pitch, from += sizeof<N>())
    for (let c = 0; c < panelWidth<N>(); c++)
      store<N>(to + <usize>c * sizeof<N>(), c < count ? load<N>(from + <usize>c * stride) : <N>0)
}

/** A block of 4 by 4 float32, rows to columns. */
// @ts-ignore: decorator
@inline
function transposeFour(to: usize, pitch: usize, from: usize, stride: usize): void {
  const r0 = v128.load(from)
  const r1 = v128.load(from + stride)
  const r2 = v128.load(from + 2 * stride)
  const r3 = v128.load(from + 3 * stride)
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5)
  const b = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
  const c = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f32>(a, b, 0, 1, 4, 5))
  v128.store(to + pitch, v128.shuffle<f32>(a, b, 2, 3, 6, 7))
  v128.store(to + 2 * pitch, v128.shuffle<f32>(c, d, 0, 1, 4, 5))
  v128.store(to + 3 * pitch, v128.shuffle<f32>(c, d, 2, 3, 6, 7))
}
