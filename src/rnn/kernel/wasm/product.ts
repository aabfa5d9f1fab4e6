/**
 * Matrix products over packed panels, a tile of the result after another.
 *
 * Every element of the result is summed in the order of k, from its start value on, whatever the tile: one element at
 * a time in plain loops gives the same bits.
 */
import { panelsAt, panelWidth } from './panels'
import { multiplyRowOfPanel } from './row'
import { copyPart, tile2, tile4 } from './tiles'

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
  multiplyTwo<N>(C, cStride, start, startStride, A, aStride, panels, k, 0, 0, panels, 0, m, n, scratch)
}

/** Bytes of panels that are worked through at once, so that they stay in the first cache. */
const nearBytes = 16384

/** C = start + A B + A2 B2, each element in one go. */
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
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n)
    const count = min(beside * panelWidth<N>(), n - j)
    const column = <usize>j * sizeof<N>()
    const to = C + column
    let from = start + column
    let fromStride = startStride
    const most = nearBytes / (beside * 32)
    for (let l = 0; l < k; l += most) {
      const isLast = l + most >= k
      // The second pair joins the last part of the first, unless it is too long for that.
      const joint = isLast && k2 <= most ? k2 : 0
      const a = A + <usize>l * sizeof<N>()
      const panel = panels + <usize>(l * beside * 32)
      const depth = min(most, k - l)
      multiplyPanels<N>(to, cStride, from, fromStride, a, aStride, panel, depth, A2, aStride2, panels2, joint, m, count, scratch)
      from = to
      fromStride = cStride
    }
    for (let l = 0; k2 > most && l < k2; l += most) {
      const a = A2 + <usize>l * sizeof<N>()
      const panel = panels2 + <usize>(l * beside * 32)
      const depth = min(most, k2 - l)
      multiplyPanels<N>(to, cStride, to, cStride, a, aStride2, panel, depth, 0, 0, panel, 0, m, count, scratch)
    }
    j += count
    panels += <usize>(k * beside * 32)
    panels2 += <usize>(k2 * beside * 32)
  }
}

/** The columns of a wide panel or of one, `count` of them, in all m rows. */
function multiplyPanels<N>(
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
  const isWide = count > panelWidth<N>()
  const isWhole = count == panelWidth<N>()
  const most = isWide ? 2 : 4
  for (; m >= most; m -= most) {
    if (isWide) tile2<N>(C, cStride, start, startStride, A, aStride, panel, k, A2, aStride2, panel2, k2)
    else if (isWhole) tile4<N>(C, cStride, start, startStride, A, aStride, panel, k, A2, aStride2, panel2, k2)
    else {
      for (let r = 0; r < 4; r++) copyPart<N>(scratch + <usize>r * 32, start + <usize>r * startStride, count)
      tile4<N>(scratch, 32, scratch, 32, A, aStride, panel, k, A2, aStride2, panel2, k2)
      for (let r = 0; r < 4; r++) copyPart<N>(C + <usize>r * cStride, scratch + <usize>r * 32, count)
    }
    C += <usize>most * cStride
    start += <usize>most * startStride
    A += <usize>most * aStride
    A2 += <usize>most * aStride2
  }
  // A row that is left over is both rows of a tile.
  if (isWide && m > 0) tile2<N>(C, 0, start, 0, A, 0, panel, k, A2, 0, panel2, k2)
  else
    for (; m > 0; m--, C += cStride, start += startStride, A += aStride, A2 += aStride2) {
      multiplyRowOfPanel<N>(C, start, A, panel, k, count, scratch)
      if (k2 > 0) multiplyRowOfPanel<N>(C, C, A2, panel2, k2, count, scratch)
    }
}
