/**
 * Matrix products. The right factor is packed into panels of `panelWidth` columns, one panel after another, each row
 * of a panel contiguous; then a tile of 4 rows by one panel of the result stays in registers while k runs. (Goto and
 * van de Geijn 2008, "Anatomy of high-performance matrix multiplication")
 *
 * Every element of the result is summed in the order of k, from its start value on, whatever the tile: one element at
 * a time in plain loops gives the same bits.
 */
import { addProduct, lanes, loadPart, loadSplat, loadUpTo } from './vector'

/** Columns of a panel: two vectors. */
// @ts-ignore: decorator
@inline
export function panelWidth<N>(): i32 {
  return 2 * lanes<N>()
}

/** Products of so few rows go row by row, each over a wide panel, so that eight sums run side by side. */
// @ts-ignore: decorator
@inline
function areFew(rows: i32): bool {
  return rows < 4
}

/** How many panels stand side by side at column j, as one wide panel: one, or for few rows four or two. */
// @ts-ignore: decorator
@inline
function panelsAt<N>(j: i32, n: i32, rows: i32): i32 {
  if (!areFew(rows)) return 1
  const left = n - j
  return left >= 4 * panelWidth<N>() ? 4 : left >= 2 * panelWidth<N>() ? 2 : 1
}

/** Bytes that `pack` writes for a factor (k, n): the last panel is filled up with zeros. */
// @ts-ignore: decorator
@inline
export function packedBytes<N>(k: i32, n: i32): usize {
  const width = panelWidth<N>()
  return <usize>(((n + width - 1) / width) * k * 32)
}

/** Panels of B (k, n), whose rows are `stride` bytes apart, for products of `rows` rows. */
export function pack<N>(panels: usize, B: usize, stride: usize, k: i32, n: i32, rows: i32): void {
  const width = panelWidth<N>()
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n, rows)
    for (let p = 0; p < beside; p++, j += width)
      packPanel<N>(panels + <usize>p * 32, <usize>beside * 32, B + <usize>j * sizeof<N>(), stride, k, n - j)
    panels += <usize>(beside * k * 32)
  }
}

/** Panels of B (k, n), given as its transpose: n rows of k numbers, `stride` bytes apart. */
export function packTransposed<N>(panels: usize, Bt: usize, stride: usize, k: i32, n: i32, rows: i32): void {
  const width = panelWidth<N>()
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n, rows)
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

/**
 * C = start + A B. C (m, n), A (m, k), B packed; rows are the given numbers of bytes apart. `start` may be C itself, or
 * one row for all with stride 0, such as a bias.
 */
export function multiply<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  A: usize,
  aStride: usize,
  panels: usize,
  m: i32,
  k: i32,
  n: i32,
  scratch: usize,
): void {
  const width = panelWidth<N>()
  const panelBytes = <usize>(k * 32)
  if (areFew(m)) {
    for (let i = 0; i < m; i++)
      multiplyRow<N>(C + <usize>i * cStride, start + <usize>i * startStride, A + <usize>i * aStride, panels, k, n, scratch)
    return
  }
  for (let j = 0; j < n; j += width, panels += panelBytes) {
    const column = <usize>j * sizeof<N>()
    const count = n - j
    if (count >= width) {
      let i = 0
      for (; i + 4 <= m; i += 4)
        tile4<N>(
          C + <usize>i * cStride + column,
          cStride,
          start + <usize>i * startStride + column,
          startStride,
          A + <usize>i * aStride,
          aStride,
          panels,
          k,
        )
      for (; i < m; i++)
        row1<N>(C + <usize>i * cStride + column, start + <usize>i * startStride + column, A + <usize>i * aStride, panels, k)
    } else {
      for (let i = 0; i < m; i += 4) {
        const rows = min(4, m - i)
        const from = start + <usize>i * startStride + column
        const to = C + <usize>i * cStride + column
        for (let r = 0; r < rows; r++) copyPart<N>(scratch + <usize>r * 32, from + <usize>r * startStride, count)
        const a = A + <usize>i * aStride
        if (rows == 4) tile4<N>(scratch, 32, scratch, 32, a, aStride, panels, k)
        else for (let r = 0; r < rows; r++) row1<N>(scratch + <usize>r * 32, scratch + <usize>r * 32, a + <usize>r * aStride, panels, k)
        for (let r = 0; r < rows; r++) copyPart<N>(to + <usize>r * cStride, scratch + <usize>r * 32, count)
      }
    }
  }
}

/** Fewer numbers than a panel is wide. */
function copyPart<N>(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++) store<N>(to + <usize>j * sizeof<N>(), load<N>(from + <usize>j * sizeof<N>()))
}

/** One row, over panels as `pack` made them for few rows. */
function multiplyRow<N>(C: usize, start: usize, A: usize, panels: usize, k: i32, n: i32, scratch: usize): void {
  const width = panelWidth<N>()
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n, 1)
    const column = <usize>j * sizeof<N>()
    if (beside == 4) row4<N>(C + column, start + column, A, panels, k)
    else if (beside == 2) row2<N>(C + column, start + column, A, panels, k)
    else if (n - j >= width) row1<N>(C + column, start + column, A, panels, k)
    else {
      copyPart<N>(scratch, start + column, n - j)
      row1<N>(scratch, scratch, A, panels, k)
      copyPart<N>(C + column, scratch, n - j)
    }
    panels += <usize>(beside * k * 32)
    j += beside * width
  }
}

function tile4<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  a0: usize,
  aStride: usize,
  panel: usize,
  k: i32,
): void {
  const s1 = start + startStride
  const s2 = s1 + startStride
  const s3 = s2 + startStride
  let c00 = v128.load(start)
  let c01 = v128.load(start, 16)
  let c10 = v128.load(s1)
  let c11 = v128.load(s1, 16)
  let c20 = v128.load(s2)
  let c21 = v128.load(s2, 16)
  let c30 = v128.load(s3)
  let c31 = v128.load(s3, 16)
  let a1 = a0 + aStride
  let a2 = a1 + aStride
  let a3 = a2 + aStride
  const end = panel + <usize>(k * 32)
  while (panel < end) {
    const b0 = v128.load(panel)
    const b1 = v128.load(panel, 16)
    let x = loadSplat<N>(a0)
    c00 = addProduct<N>(c00, x, b0)
    c01 = addProduct<N>(c01, x, b1)
    x = loadSplat<N>(a1)
    c10 = addProduct<N>(c10, x, b0)
    c11 = addProduct<N>(c11, x, b1)
    x = loadSplat<N>(a2)
    c20 = addProduct<N>(c20, x, b0)
    c21 = addProduct<N>(c21, x, b1)
    x = loadSplat<N>(a3)
    c30 = addProduct<N>(c30, x, b0)
    c31 = addProduct<N>(c31, x, b1)
    panel += 32
    a0 += sizeof<N>()
    a1 += sizeof<N>()
    a2 += sizeof<N>()
    a3 += sizeof<N>()
  }
  v128.store(C, c00)
  v128.store(C, c01, 16)
  C += cStride
  v128.store(C, c10)
  v128.store(C, c11, 16)
  C += cStride
  v128.store(C, c20)
  v128.store(C, c21, 16)
  C += cStride
  v128.store(C, c30)
  v128.store(C, c31, 16)
}

/** C += Aᵀ B: the four numbers of A for each k side by side, `aStride` bytes from those of the next. */
function tile4Transposed<N>(C: usize, cStride: usize, A: usize, aStride: usize, panel: usize, k: i32): void {
  const C1 = C + cStride
  const C2 = C1 + cStride
  const C3 = C2 + cStride
  let c00 = v128.load(C)
  let c01 = v128.load(C, 16)
  let c10 = v128.load(C1)
  let c11 = v128.load(C1, 16)
  let c20 = v128.load(C2)
  let c21 = v128.load(C2, 16)
  let c30 = v128.load(C3)
  let c31 = v128.load(C3, 16)
  const end = panel + <usize>(k * 32)
  while (panel < end) {
    const b0 = v128.load(panel)
    const b1 = v128.load(panel, 16)
    let x = loadSplat<N>(A)
    c00 = addProduct<N>(c00, x, b0)
    c01 = addProduct<N>(c01, x, b1)
    x = loadSplat<N>(A + sizeof<N>())
    c10 = addProduct<N>(c10, x, b0)
    c11 = addProduct<N>(c11, x, b1)
    x = loadSplat<N>(A + 2 * sizeof<N>())
    c20 = addProduct<N>(c20, x, b0)
    c21 = addProduct<N>(c21, x, b1)
    x = loadSplat<N>(A + 3 * sizeof<N>())
    c30 = addProduct<N>(c30, x, b0)
    c31 = addProduct<N>(c31, x, b1)
    panel += 32
    A += aStride
  }
  v128.store(C, c00)
  v128.store(C, c01, 16)
  v128.store(C1, c10)
  v128.store(C1, c11, 16)
  v128.store(C2, c20)
  v128.store(C2, c21, 16)
  v128.store(C3, c30)
  v128.store(C3, c31, 16)
}

function row1<N>(C: usize, start: usize, a: usize, panel: usize, k: i32): void {
  let c0 = v128.load(start)
  let c1 = v128.load(start, 16)
  const end = panel + <usize>(k * 32)
  while (panel < end) {
    const x = loadSplat<N>(a)
    c0 = addProduct<N>(c0, x, v128.load(panel))
    c1 = addProduct<N>(c1, x, v128.load(panel, 16))
    panel += 32
    a += sizeof<N>()
  }
  v128.store(C, c0)
  v128.store(C, c1, 16)
}

function row2<N>(C: usize, start: usize, a: usize, panel: usize, k: i32): void {
  let c0 = v128.load(start)
  let c1 = v128.load(start, 16)
  let c2 = v128.load(start, 32)
  let c3 = v128.load(start, 48)
  const end = panel + <usize>(k * 64)
  while (panel < end) {
    const x = loadSplat<N>(a)
    c0 = addProduct<N>(c0, x, v128.load(panel))
    c1 = addProduct<N>(c1, x, v128.load(panel, 16))
    c2 = addProduct<N>(c2, x, v128.load(panel, 32))
    c3 = addProduct<N>(c3, x, v128.load(panel, 48))
    panel += 64
    a += sizeof<N>()
  }
  v128.store(C, c0)
  v128.store(C, c1, 16)
  v128.store(C, c2, 32)
  v128.store(C, c3, 48)
}

function row4<N>(C: usize, start: usize, a: usize, panel: usize, k: i32): void {
  let c0 = v128.load(start)
  let c1 = v128.load(start, 16)
  let c2 = v128.load(start, 32)
  let c3 = v128.load(start, 48)
  let c4 = v128.load(start, 64)
  let c5 = v128.load(start, 80)
  let c6 = v128.load(start, 96)
  let c7 = v128.load(start, 112)
  const end = panel + <usize>(k * 128)
  while (panel < end) {
    const x = loadSplat<N>(a)
    c0 = addProduct<N>(c0, x, v128.load(panel))
    c1 = addProduct<N>(c1, x, v128.load(panel, 16))
    c2 = addProduct<N>(c2, x, v128.load(panel, 32))
    c3 = addProduct<N>(c3, x, v128.load(panel, 48))
    c4 = addProduct<N>(c4, x, v128.load(panel, 64))
    c5 = addProduct<N>(c5, x, v128.load(panel, 80))
    c6 = addProduct<N>(c6, x, v128.load(panel, 96))
    c7 = addProduct<N>(c7, x, v128.load(panel, 112))
    panel += 128
    a += sizeof<N>()
  }
  v128.store(C, c0)
  v128.store(C, c1, 16)
  v128.store(C, c2, 32)
  v128.store(C, c3, 48)
  v128.store(C, c4, 64)
  v128.store(C, c5, 80)
  v128.store(C, c6, 96)
  v128.store(C, c7, 112)
}

/** Rows of A that are summed at once in Aᵀ B, and columns of B that are packed at once: 256 kB, what a cache holds. */
const blockRows = 256
const blockColumns = 256

/** Bytes of scratch that `addTransposedProduct` uses. */
export const transposedScratchBytes: usize = blockRows * blockColumns * 8 + blockRows * 32 + 128

/** C += Aᵀ B, rows `first` to `last` of C. A (k, n) and B (k, m), C (n, m); rows are the given numbers of bytes apart. */
export function addTransposedProduct<N>(
  C: usize,
  cStride: usize,
  A: usize,
  aStride: usize,
  B: usize,
  bStride: usize,
  k: i32,
  m: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const width = panelWidth<N>()
  const edge = scratch
  const tile = scratch + 128
  const panels = tile + blockRows * 32
  for (let l = 0; l < k; l += blockRows) {
    const depth = min(blockRows, k - l)
    for (let j0 = 0; j0 < m; j0 += blockColumns) {
      const columns = min(blockColumns, m - j0)
      pack<N>(panels, B + <usize>l * bStride + <usize>j0 * sizeof<N>(), bStride, depth, columns, 4)
      for (let i = first; i < last; i += 4) {
        const rows = min(4, last - i)
        let a = A + <usize>l * aStride + <usize>i * sizeof<N>()
        let step = aStride
        // Rows far apart would push each other out of the cache, and a tile at the edge would read beyond them.
        if (aStride > 512 || rows < 4) {
          packRowsOfTile<N>(tile, a, aStride, depth, rows)
          a = tile
          step = 4 * sizeof<N>()
        }
        let panel = panels
        for (let j = 0; j < columns; j += width, panel += <usize>(depth * 32)) {
          const to = C + <usize>i * cStride + <usize>(j0 + j) * sizeof<N>()
          const count = min(width, columns - j)
          if (rows == 4 && count == width) {
            tile4Transposed<N>(to, cStride, a, step, panel, depth)
            continue
          }
          for (let r = 0; r < rows; r++) copyPart<N>(edge + <usize>r * 32, to + <usize>r * cStride, count)
          tile4Transposed<N>(edge, 32, a, step, panel, depth)
          for (let r = 0; r < rows; r++) copyPart<N>(to + <usize>r * cStride, edge + <usize>r * 32, count)
        }
      }
    }
  }
}

/** Four columns of A side by side for each of k rows; what is not there is 0. */
function packRowsOfTile<N>(tile: usize, A: usize, aStride: usize, k: i32, rows: i32): void {
  const end = tile + <usize>(k * 4) * sizeof<N>()
  for (; tile < end; tile += 4 * sizeof<N>(), A += aStride) {
    v128.store(tile, loadUpTo<N>(A, rows))
    if (sizeof<N>() == 8) v128.store(tile, rows > 2 ? loadUpTo<N>(A + 16, rows - 2) : i64x2.splat(0), 16)
  }
}
