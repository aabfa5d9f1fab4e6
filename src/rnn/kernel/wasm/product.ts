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
export function areFew(rows: i32): bool {
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
  if (areFew(m)) {
    for (let i = 0; i < m; i++)
      multiplyRow<N>(C + <usize>i * cStride, start + <usize>i * startStride, A + <usize>i * aStride, panels, k, n, scratch)
  } else multiplyTwo<N>(C, cStride, start, startStride, A, aStride, panels, k, 0, 0, panels, 0, m, n, scratch)
}

/** Rows of a panel that are worked through at once: 16 kB, so that they stay in the first cache. */
const panelDepth = 512

/** C = start + A B + A2 B2, each element in one go: for m rows that are not few. */
export function multiplyTwo<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  A: usize,
  aStride: usize,
  panels: usize,
  k: i32,
  A2: usize,
  aStride2: usize,
  panels2: usize,
  k2: i32,
  m: i32,
  n: i32,
  scratch: usize,
): void {
  const width = panelWidth<N>()
  for (let j = 0; j < n; j += width, panels += <usize>(k * 32), panels2 += <usize>(k2 * 32)) {
    const column = <usize>j * sizeof<N>()
    const to = C + column
    let from = start + column
    let fromStride = startStride
    const count = min(width, n - j)
    for (let l = 0; l < k; l += panelDepth) {
      const isLast = l + panelDepth >= k
      // The second pair joins the last part of the first, unless it is too long for that.
      const joint = isLast && k2 <= panelDepth ? k2 : 0
      const a = A + <usize>l * sizeof<N>()
      const panel = panels + <usize>(l * 32)
      const depth = min(panelDepth, k - l)
      multiplyPanel<N>(to, cStride, from, fromStride, a, aStride, panel, depth, A2, aStride2, panels2, joint, m, count, scratch)
      from = to
      fromStride = cStride
    }
    if (k2 <= panelDepth) continue
    for (let l = 0; l < k2; l += panelDepth) {
      const a = A2 + <usize>l * sizeof<N>()
      const panel = panels2 + <usize>(l * 32)
      const depth = min(panelDepth, k2 - l)
      multiplyPanel<N>(to, cStride, to, cStride, a, aStride2, panel, depth, 0, 0, panel, 0, m, count, scratch)
    }
  }
}

/** The columns of one panel, `count` of them, in all m rows. */
function multiplyPanel<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  A: usize,
  aStride: usize,
  panel: usize,
  k: i32,
  A2: usize,
  aStride2: usize,
  panel2: usize,
  k2: i32,
  m: i32,
  count: i32,
  scratch: usize,
): void {
  const isWhole = count == panelWidth<N>()
  for (let i = 0; i < m; i += 4) {
    const rows = min(4, m - i)
    const from = start + <usize>i * startStride
    const to = C + <usize>i * cStride
    const a = A + <usize>i * aStride
    const a2 = A2 + <usize>i * aStride2
    if (rows == 4 && isWhole) {
      tile4<N>(to, cStride, from, startStride, a, aStride, panel, k, a2, aStride2, panel2, k2)
      continue
    }
    for (let r = 0; r < rows; r++) {
      const part = scratch + <usize>r * 32
      copyPart<N>(part, from + <usize>r * startStride, count)
      if (rows == 4) continue
      row1<N>(part, part, a + <usize>r * aStride, panel, k)
      if (k2 > 0) row1<N>(part, part, a2 + <usize>r * aStride2, panel2, k2)
    }
    if (rows == 4) tile4<N>(scratch, 32, scratch, 32, a, aStride, panel, k, a2, aStride2, panel2, k2)
    for (let r = 0; r < rows; r++) copyPart<N>(to + <usize>r * cStride, scratch + <usize>r * 32, count)
  }
}

/** At most as many numbers as a panel is wide. */
function copyPart<N>(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++) store<N>(to + <usize>j * sizeof<N>(), load<N>(from + <usize>j * sizeof<N>()))
}

/** One row, over panels as `pack` made them for few rows. */
export function multiplyRow<N>(C: usize, start: usize, A: usize, panels: usize, k: i32, n: i32, scratch: usize): void {
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

/** Four rows by one panel, over k and then over the k of a second pair of factors, if there is one. */
function tile4<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  a0: usize,
  aStride: usize,
  panel: usize,
  k: i32,
  A2: usize,
  aStride2: usize,
  panel2: usize,
  k2: i32,
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
  for (;;) {
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
    if (k2 == 0) break
    a0 = A2
    a1 = a0 + aStride2
    a2 = a1 + aStride2
    a3 = a2 + aStride2
    panel = panel2
    k = k2
    k2 = 0
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

/**
 * C += Aᵀ B and C2 += Aᵀ B2, rows `first` to `last`. A (k, n), B (k, m), B2 (k, m2), C (n, m), C2 (n, m2); rows are the
 * given numbers of bytes apart. Both at once, where both fit a block: then A is read once.
 */
export function addTransposedProducts<N>(
  C: usize,
  B: usize,
  m: i32,
  C2: usize,
  B2: usize,
  m2: i32,
  A: usize,
  aStride: usize,
  k: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const tile = scratch + 128
  const panels = tile + blockRows * 32
  const bStride = <usize>m * sizeof<N>()
  const bStride2 = <usize>m2 * sizeof<N>()
  const isJoint = m2 > 0 && m + m2 <= blockColumns - panelWidth<N>()
  for (let l = 0; l < k; l += blockRows) {
    const depth = min(blockRows, k - l)
    const a = A + <usize>l * aStride
    const b = B + <usize>l * bStride
    const b2 = B2 + <usize>l * bStride2
    if (isJoint) {
      const panels2 = panels + packedBytes<N>(depth, m)
      pack<N>(panels, b, bStride, depth, m, 4)
      pack<N>(panels2, b2, bStride2, depth, m2, 4)
      for (let i = first; i < last; i += 4) {
        const rows = min(4, last - i)
        const column = a + <usize>i * sizeof<N>()
        const isPacked = packTile<N>(tile, column, aStride, depth, rows)
        const at = isPacked ? tile : column
        const step = isPacked ? 4 * sizeof<N>() : aStride
        addTiles<N>(C + <usize>i * bStride, bStride, m, at, step, panels, depth, rows, scratch)
        addTiles<N>(C2 + <usize>i * bStride2, bStride2, m2, at, step, panels2, depth, rows, scratch)
      }
      continue
    }
    addBlocks<N>(C, b, bStride, m, a, aStride, depth, first, last, scratch)
    if (m2 > 0) addBlocks<N>(C2, b2, bStride2, m2, a, aStride, depth, first, last, scratch)
  }
}

/** One block of rows of A and B, by blocks of columns of B. */
function addBlocks<N>(
  C: usize,
  B: usize,
  bStride: usize,
  m: i32,
  A: usize,
  aStride: usize,
  depth: i32,
  first: i32,
  last: i32,
  scratch: usize,
): void {
  const tile = scratch + 128
  const panels = tile + blockRows * 32
  for (let j = 0; j < m; j += blockColumns) {
    const columns = min(blockColumns, m - j)
    const offset = <usize>j * sizeof<N>()
    pack<N>(panels, B + offset, bStride, depth, columns, 4)
    for (let i = first; i < last; i += 4) {
      const rows = min(4, last - i)
      const column = A + <usize>i * sizeof<N>()
      const isPacked = packTile<N>(tile, column, aStride, depth, rows)
      const at = isPacked ? tile : column
      const step = isPacked ? 4 * sizeof<N>() : aStride
      addTiles<N>(C + <usize>i * bStride + offset, bStride, columns, at, step, panels, depth, rows, scratch)
    }
  }
}

/** Four rows of C, one panel after another. */
function addTiles<N>(
  C: usize,
  cStride: usize,
  columns: i32,
  A: usize,
  step: usize,
  panel: usize,
  depth: i32,
  rows: i32,
  edge: usize,
): void {
  const width = panelWidth<N>()
  for (let j = 0; j < columns; j += width, panel += <usize>(depth * 32), C += 32) {
    const count = min(width, columns - j)
    if (rows == 4 && count == width) {
      tile4Transposed<N>(C, cStride, A, step, panel, depth)
      continue
    }
    for (let r = 0; r < rows; r++) copyPart<N>(edge + <usize>r * 32, C + <usize>r * cStride, count)
    tile4Transposed<N>(edge, 32, A, step, panel, depth)
    for (let r = 0; r < rows; r++) copyPart<N>(C + <usize>r * cStride, edge + <usize>r * 32, count)
  }
}

/**
 * Packs four columns of A where reading them in place would not do: rows far apart push each other out of the cache, and
 * a tile at the edge would read beyond them. Returns whether it did.
 */
function packTile<N>(tile: usize, A: usize, aStride: usize, depth: i32, rows: i32): bool {
  if (aStride <= 512 && rows == 4) return false
  packRowsOfTile<N>(tile, A, aStride, depth, rows)
  return true
}

/** Four columns of A side by side for each of k rows; what is not there is 0. */
function packRowsOfTile<N>(tile: usize, A: usize, aStride: usize, k: i32, rows: i32): void {
  const end = tile + <usize>(k * 4) * sizeof<N>()
  for (; tile < end; tile += 4 * sizeof<N>(), A += aStride) {
    v128.store(tile, loadUpTo<N>(A, rows))
    if (sizeof<N>() == 8) v128.store(tile, rows > 2 ? loadUpTo<N>(A + 16, rows - 2) : i64x2.splat(0), 16)
  }
}
