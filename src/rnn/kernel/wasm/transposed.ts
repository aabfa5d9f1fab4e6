/** Products with the left factor transposed, as a weight's gradient needs them: sums over all steps of all sequences. */
import { pack, packedBytes, panelWidth } from './panels'
import { copyPart, tile4Transposed } from './tiles'
import { loadUpTo } from './vector'

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
        let step = aStride
        if (isPacked) step = <usize>4 * sizeof<N>()
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
      let step = aStride
      if (isPacked) step = <usize>4 * sizeof<N>()
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
