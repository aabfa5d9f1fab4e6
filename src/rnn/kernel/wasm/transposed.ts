/** Products with the left factor transposed, as a weight's gradient needs them: sums over all steps of all sequences. */
import { pack, packedBytes, panelsAt, panelWidth } from './panels'
import { copyPart, tile2Transposed, tile4Transposed } from './tiles'
import { loadUpTo } from './vector'

/** Rows of A that are summed at once in Aᵀ B, and columns of B that are packed at once: 128 kB, what a cache holds. */
export const blockRows = 128
const blockColumns = 256

/** Rows of C that are worked on together: one cache line of A for each k, and a panel is read again while it is near. */
const groupRows = 16

/**
 * C += Aᵀ B and C2 += Aᵀ B2, rows `first` to `last`, for at most `blockRows` rows of A. A (depth, n), B (depth, m),
 * B2 (depth, m2), C (n, m), C2 (n, m2). Both at once, where both fit a block: then A is read once.
 *
 * @param split from this row on, C2 is made of the columns of A that are `own` further
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
  depth: i32,
  first: i32,
  last: i32,
  split: i32,
  own: i32,
  scratch: usize,
): void {
  const bStride = <usize>m * sizeof<N>()
  const bStride2 = <usize>m2 * sizeof<N>()
  if (m + m2 <= blockColumns - panelWidth<N>()) {
    addBlocks<N>(C, B, bStride, m, C2, B2, bStride2, m2, A, aStride, depth, first, last, split, own, scratch)
    return
  }
  addTransposedProduct<N>(C, B, bStride, m, A, aStride, depth, first, last, scratch)
  addTransposedProduct<N>(C2, B2, bStride2, m2, A, aStride, depth, first, min(last, split), scratch)
  const shifted = A + <usize>own * sizeof<N>()
  addTransposedProduct<N>(C2, B2, bStride2, m2, shifted, aStride, depth, max(first, split), last, scratch)
}

/** C += Aᵀ B for at most `blockRows` rows of A and B, by blocks of columns of B. Rows of C are as far apart as those of B. */
export function addTransposedProduct<N>(
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
  if (first >= last) return
  for (let j = 0; j < m; j += blockColumns) {
    const columns = min(blockColumns, m - j)
    const offset = <usize>j * sizeof<N>()
    addBlocks<N>(C + offset, B + offset, bStride, columns, 0, 0, 0, 0, A, aStride, depth, first, last, last, 0, scratch)
  }
}

/** One block of B, and one of B2 if m2 is not 0, by groups of rows of C. Rows of C are as far apart as those of B. */
function addBlocks<N>(
  C: usize,
  B: usize,
  bStride: usize,
  m: i32,
  C2: usize,
  B2: usize,
  bStride2: usize,
  m2: i32,
  A: usize,
  aStride: usize,
  depth: i32,
  first: i32,
  last: i32,
  split: i32,
  own: i32,
  scratch: usize,
): void {
  const tiles = scratch + 128
  const panels = tiles + (groupRows / 4) * blockRows * 32
  const panels2 = panels + packedBytes<N>(depth, m)
  const isPacked = packBlock<N>(panels, B, bStride, depth, m)
  const isPacked2 = packBlock<N>(panels2, B2, bStride2, depth, m2)
  for (let i = first; i < last; ) {
    const rows = min(groupRows, (i < split ? min(split, last) : last) - i)
    const row = <usize>i
    let column = A + row * sizeof<N>()
    let hasTiles = packGroup<N>(tiles, column, aStride, depth, rows)
    let at = hasTiles ? tiles : column
    if (isPacked) addGroup<N>(C + row * bStride, bStride, m, at, aStride, hasTiles, panels, 0, depth, rows, scratch)
    else addGroup<N>(C + row * bStride, bStride, m, at, aStride, hasTiles, B, bStride, depth, rows, scratch)
    if (m2 > 0 && i >= split) {
      column += <usize>own * sizeof<N>()
      hasTiles = packGroup<N>(tiles, column, aStride, depth, rows)
      at = hasTiles ? tiles : column
    }
    if (isPacked2) addGroup<N>(C2 + row * bStride2, bStride2, m2, at, aStride, hasTiles, panels2, 0, depth, rows, scratch)
    else addGroup<N>(C2 + row * bStride2, bStride2, m2, at, aStride, hasTiles, B2, bStride2, depth, rows, scratch)
    i += rows
  }
}

/**
 * Up to `groupRows` rows of C, one panel or wide panel after another.
 *
 * @param step from one row to the next of B in place, 0 of packed panels
 */
function addGroup<N>(
  C: usize,
  cStride: usize,
  columns: i32,
  A: usize,
  aStride: usize,
  hasTiles: bool,
  panel: usize,
  step: usize,
  depth: i32,
  rows: i32,
  edge: usize,
): void {
  const four = <usize>4 * sizeof<N>()
  let toNextRow = aStride
  let toNextTile = four
  if (hasTiles) {
    toNextRow = four
    toNextTile = <usize>depth * four
  }
  let pitch: usize = 64
  let toNextPanel = <usize>(depth * 64)
  if (step != 0) {
    pitch = step
    toNextPanel = 64
  }
  let left = columns
  for (; panelsAt<N>(0, left) == 2; left -= 2 * panelWidth<N>(), panel += toNextPanel, C += 64) {
    for (let i = 0; i + 2 <= rows; i += 2) {
      const a = A + <usize>(i >> 2) * toNextTile + <usize>(i & 2) * sizeof<N>()
      tile2Transposed<N>(C + <usize>i * cStride, cStride, a, toNextRow, panel, pitch, depth)
    }
    if ((rows & 1) == 0) continue
    const i = rows - 1
    const a = A + <usize>(i >> 2) * toNextTile + <usize>(i & 2) * sizeof<N>()
    const to = C + <usize>i * cStride
    addTile4<N>(to, cStride, a, toNextRow, panel, pitch, depth, 1, panelWidth<N>(), edge)
    addTile4<N>(to + 32, cStride, a, toNextRow, panel + 32, pitch, depth, 1, panelWidth<N>(), edge)
  }
  for (; left > 0; left -= panelWidth<N>(), panel += <usize>(depth * 32), C += 32) {
    const count = min(left, panelWidth<N>())
    for (let i = 0; i < rows; i += 4) {
      const a = A + <usize>(i >> 2) * toNextTile
      addTile4<N>(C + <usize>i * cStride, cStride, a, toNextRow, panel, 32, depth, min(4, rows - i), count, edge)
    }
  }
}

/** One tile of four rows by one panel, of which only so many rows and columns are wanted. */
function addTile4<N>(
  C: usize,
  cStride: usize,
  A: usize,
  step: usize,
  panel: usize,
  pitch: usize,
  depth: i32,
  rows: i32,
  columns: i32,
  edge: usize,
): void {
  if (rows == 4 && columns == panelWidth<N>()) {
    tile4Transposed<N>(C, cStride, A, step, panel, pitch, depth)
    return
  }
  for (let r = 0; r < rows; r++) copyPart<N>(edge + <usize>r * 32, C + <usize>r * cStride, columns)
  tile4Transposed<N>(edge, 32, A, step, panel, pitch, depth)
  for (let r = 0; r < rows; r++) copyPart<N>(C + <usize>r * cStride, edge + <usize>r * 32, columns)
}

/** A block of B that is so small is read in place: all of it stays in the first cache. */
const nearBytes: usize = 16384

/** Packs a block of B, unless it is small and all in wide panels. Returns whether it did. */
function packBlock<N>(panels: usize, B: usize, bStride: usize, depth: i32, columns: i32): bool {
  if (<usize>depth * bStride <= nearBytes && columns % (2 * panelWidth<N>()) == 0) return false
  pack<N>(panels, B, bStride, depth, columns)
  return true
}

/** A block of rows so far apart, in bytes, is on as many pages of memory as a processor finds at once. */
const nearStride: usize = 1088

/**
 * Packs the columns of A for a group, where reading them in place would not do: rows that are four cache lines apart, or
 * a greater even number, push each other out of the cache, those still further apart are on too many pages of memory,
 * and a tile at the edge would read beyond them. Returns whether it did.
 */
function packGroup<N>(tiles: usize, A: usize, aStride: usize, depth: i32, rows: i32): bool {
  const isNear = aStride < 256 || (aStride <= nearStride && aStride % 128 != 0)
  if (isNear && rows % 4 == 0) return false
  const four = <usize>4 * sizeof<N>()
  const tileBytes = <usize>depth * four
  for (let l = 0; l < depth; l++, A += aStride, tiles += four) {
    let to = tiles
    let from = A
    for (let left = rows; left > 0; left -= 4, to += tileBytes, from += four) {
      v128.store(to, loadUpTo<N>(from, left))
      if (sizeof<N>() == 8) v128.store(to, left > 2 ? loadUpTo<N>(from + 16, left - 2) : i64x2.splat(0), 16)
    }
  }
  return true
}
