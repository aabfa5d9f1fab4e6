/**
 * Matrix products over packed panels, a tile of the result after another.
 *
 * Every element of the result is summed in the order of k, from its start value on, whatever the tile: one element at
 * a time in plain loops gives the same bits.
 */
import { panelsAt, panelWidth } from './panels'
import { multiplyRow, multiplyRowOfPanel } from './row'
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
  if (m == 1) {
    multiplyRow<N>(C, start, A, panels, k, n, scratch)
    if (k2 > 0) multiplyRow<N>(C, C, A2, panels2, k2, n, scratch)
    return
  }
  let left = n
  for (; panelsAt<N>(0, left) == 2; left -= 2 * panelWidth<N>()) {
    // From the last row to the first: threads that write rows beside each other disturb each other less.
    for (let i = m - 1; i >= 0; i -= 2) {
      const row = <usize>i
      // A tile's other row is the one before; a row that is left over is both.
      const other: usize = i > 0 ? -1 : 0
      tile2<N>(
        C + row * cStride,
        other * cStride,
        start + row * startStride,
        other * startStride,
        A + row * aStride,
        other * aStride,
        panels,
        k,
        A2 + row * aStride2,
        other * aStride2,
        panels2,
        k2,
      )
    }
    C += 64
    start += 64
    panels += <usize>(k * 64)
    panels2 += <usize>(k2 * 64)
  }
  for (; left > 0; left -= panelWidth<N>()) {
    const count = min(left, panelWidth<N>())
    multiplyPanel<N>(C, cStride, start, startStride, A, aStride, panels, k, A2, aStride2, panels2, k2, m, count, scratch)
    C += 32
    start += 32
    panels += <usize>(k * 32)
    panels2 += <usize>(k2 * 32)
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
  for (; m >= 4; m -= 4) {
    if (isWhole) tile4<N>(C, cStride, start, startStride, A, aStride, panel, k, A2, aStride2, panel2, k2)
    else {
      for (let r = 0; r < 4; r++) copyPart<N>(scratch + <usize>r * 32, start + <usize>r * startStride, count)
      tile4<N>(scratch, 32, scratch, 32, A, aStride, panel, k, A2, aStride2, panel2, k2)
      for (let r = 0; r < 4; r++) copyPart<N>(C + <usize>r * cStride, scratch + <usize>r * 32, count)
    }
    C += 4 * cStride
    start += 4 * startStride
    A += 4 * aStride
    A2 += 4 * aStride2
  }
  for (; m > 0; m--, C += cStride, start += startStride, A += aStride, A2 += aStride2) {
    multiplyRowOfPanel<N>(C, start, A, panel, k, count, scratch)
    if (k2 > 0) multiplyRowOfPanel<N>(C, C, A2, panel2, k2, count, scratch)
  }
}
