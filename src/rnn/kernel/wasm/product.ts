/**
 * Matrix products over packed panels, a tile of 4 rows by one panel after another.
 *
 * Every element of the result is summed in the order of k, from its start value on, whatever the tile: one element at
 * a time in plain loops gives the same bits.
 */
import { areFew, panelWidth } from './panels'
import { multiplyRow, multiplyRowOfPanel } from './row'
import { copyPart, tile4 } from './tiles'

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
    if (rows < 4) {
      for (let r = 0; r < rows; r++) {
        const c = to + <usize>r * cStride
        multiplyRowOfPanel<N>(c, from + <usize>r * startStride, a + <usize>r * aStride, panel, k, count, scratch)
        if (k2 > 0) multiplyRowOfPanel<N>(c, c, a2 + <usize>r * aStride2, panel2, k2, count, scratch)
      }
      continue
    }
    for (let r = 0; r < 4; r++) copyPart<N>(scratch + <usize>r * 32, from + <usize>r * startStride, count)
    tile4<N>(scratch, 32, scratch, 32, a, aStride, panel, k, a2, aStride2, panel2, k2)
    for (let r = 0; r < 4; r++) copyPart<N>(to + <usize>r * cStride, scratch + <usize>r * 32, count)
  }
}
