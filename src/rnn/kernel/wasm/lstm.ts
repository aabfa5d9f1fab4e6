/** The LSTM over a sequence: `kernel/reference/lstm.ts` says the same in plain loops. Gates in the order i, f, g, o. */
import { flush, one, sigmoid, tanh } from './activation'
import { address } from './arguments'
import { multiply, pack, packTransposed } from './product'
import {
  addRow,
  begin,
  H,
  hasEnded,
  holdEndedStates,
  isCutBefore,
  passEnded,
  rows,
  rowsOf,
  slotAfter,
  slotBefore,
  stepAt,
  T,
} from './sequence'
import { isFinite, lanes, loadUpTo, remainder, storeUpTo } from './vector'

/** Arguments: 6 h, 7 gates, which hold W_ih x + b and then i, f, g, o, 8 W_hh, 9 c, 10 tanh c. */
export function lstmForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = bytes << 2
  const panels = scratch + 128
  packTransposed<N>(panels, address(8), bytes, H, 4 * H, rows)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const gates = rowsOf(address(7), s, gateBytes)
    const hPrev = rowsOf(address(6), slotBefore(s), bytes)
    const h = rowsOf(address(6), slotAfter(s), bytes)
    const cPrev = rowsOf(address(9), slotBefore(s), bytes)
    const c = rowsOf(address(9), slotAfter(s), bytes)
    const tanhC = rowsOf(address(10), s, bytes)
    multiply<N>(gates, gateBytes, gates, gateBytes, hPrev, bytes, panels, rows, H, 4 * H, scratch)
    let rest = i64x2.splat(0)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      rest = v128.add<N>(rest, activate<N>(gates + 4 * row, cPrev + row, c + row, tanhC + row, h + row))
    }
    if (!isFinite<N>(rest)) return s
    holdEndedStates<N>(h, hPrev, s)
    holdEndedStates<N>(c, cPrev, s)
  }
  return -1
}

/** Arguments: 6 dh, 7 gates, 8 W_hh, 9 c, 10 tanh c, 11 dc, 12 da. */
export function lstmBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = bytes << 2
  const panels = scratch + 128
  pack<N>(panels, address(8), bytes, 4 * H, H, rows)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const gates = rowsOf(address(7), s, gateBytes)
    const da = rowsOf(address(12), s, gateBytes)
    const cPrev = rowsOf(address(9), slotBefore(s), bytes)
    const tanhC = rowsOf(address(10), s, bytes)
    const dh = rowsOf(address(6), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(6), slotBefore(s), bytes)
    const dc = rowsOf(address(11), slotAfter(s), bytes)
    const dcPrev = rowsOf(address(11), slotBefore(s), bytes)
    const isCut = isCutBefore(q)
    let rest = i64x2.splat(0)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      if (hasEnded<N>(r, s)) {
        passEnded<N>(da + 4 * row, 4 * H, dhPrev + row, dh + row, isCut)
        if (!isCut) addRow<N>(dcPrev + row, dc + row, H)
        continue
      }
      rest = v128.add<N>(
        rest,
        slope<N>(da + 4 * row, gates + 4 * row, cPrev + row, tanhC + row, dh + row, dc + row, dcPrev + row, isCut),
      )
    }
    if (!isFinite<N>(rest)) return s
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, da, gateBytes, panels, rows, 4 * H, H, scratch)
  }
  return -1
}

/** One row: c = f c' + i g, h = o tanh c. Returns a sum of remainders. */
function activate<N>(gates: usize, cPrev: usize, c: usize, tanhC: usize, h: usize): v128 {
  const bytes = <usize>H * sizeof<N>()
  let rest = i64x2.splat(0)
  for (let left = H; left > 0; left -= lanes<N>()) {
    const ai = loadUpTo<N>(gates, left)
    const af = loadUpTo<N>(gates + bytes, left)
    const ag = loadUpTo<N>(gates + 2 * bytes, left)
    const ao = loadUpTo<N>(gates + 3 * bytes, left)
    rest = v128.add<N>(rest, v128.add<N>(v128.add<N>(remainder<N>(ai), remainder<N>(af)), v128.add<N>(remainder<N>(ag), remainder<N>(ao))))
    const i = sigmoid<N>(ai)
    const f = sigmoid<N>(af)
    const g = tanh<N>(ag)
    const o = sigmoid<N>(ao)
    const cNew = flush<N>(v128.add<N>(v128.mul<N>(f, loadUpTo<N>(cPrev, left)), v128.mul<N>(i, g)))
    const t = tanh<N>(cNew)
    storeUpTo<N>(gates, i, left)
    storeUpTo<N>(gates + bytes, f, left)
    storeUpTo<N>(gates + 2 * bytes, g, left)
    storeUpTo<N>(gates + 3 * bytes, o, left)
    storeUpTo<N>(c, cNew, left)
    storeUpTo<N>(tanhC, t, left)
    storeUpTo<N>(h, v128.mul<N>(o, t), left)
    gates += 16
    cPrev += 16
    c += 16
    tanhC += 16
    h += 16
  }
  return rest
}

/** One row back. `dcPrev` += dc f, unless the way back is cut here. */
function slope<N>(
  da: usize,
  gates: usize,
  cPrev: usize,
  tanhC: usize,
  dh: usize,
  dc: usize,
  dcPrev: usize,
  isCut: bool,
): v128 {
  const bytes = <usize>H * sizeof<N>()
  let rest = i64x2.splat(0)
  for (let left = H; left > 0; left -= lanes<N>()) {
    const i = loadUpTo<N>(gates, left)
    const f = loadUpTo<N>(gates + bytes, left)
    const g = loadUpTo<N>(gates + 2 * bytes, left)
    const o = loadUpTo<N>(gates + 3 * bytes, left)
    const t = loadUpTo<N>(tanhC, left)
    const dhs = loadUpTo<N>(dh, left)
    const dcs = flush<N>(
      v128.add<N>(loadUpTo<N>(dc, left), v128.mul<N>(v128.mul<N>(dhs, o), v128.sub<N>(one<N>(), v128.mul<N>(t, t)))),
    )
    storeUpTo<N>(dc, dcs, left)
    const di = v128.mul<N>(v128.mul<N>(dcs, g), v128.mul<N>(i, v128.sub<N>(one<N>(), i)))
    const df = v128.mul<N>(v128.mul<N>(dcs, loadUpTo<N>(cPrev, left)), v128.mul<N>(f, v128.sub<N>(one<N>(), f)))
    const dg = v128.mul<N>(v128.mul<N>(dcs, i), v128.sub<N>(one<N>(), v128.mul<N>(g, g)))
    const dO = v128.mul<N>(v128.mul<N>(dhs, t), v128.mul<N>(o, v128.sub<N>(one<N>(), o)))
    storeUpTo<N>(da, flush<N>(di), left)
    storeUpTo<N>(da + bytes, flush<N>(df), left)
    storeUpTo<N>(da + 2 * bytes, flush<N>(dg), left)
    storeUpTo<N>(da + 3 * bytes, flush<N>(dO), left)
    if (!isCut) storeUpTo<N>(dcPrev, v128.add<N>(loadUpTo<N>(dcPrev, left), v128.mul<N>(dcs, f)), left)
    rest = v128.add<N>(rest, v128.add<N>(remainder<N>(dcs), remainder<N>(dhs)))
    da += 16
    gates += 16
    cPrev += 16
    tanhC += 16
    dh += 16
    dc += 16
    dcPrev += 16
  }
  return rest
}
