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
import { isFinite, lanes, loadOf, remainder, storeOf } from './vector'

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
  let rest = i64x2.splat(0)
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), gates += 16, cPrev += 16, c += 16, tanhC += 16, h += 16)
    rest = v128.add<N>(rest, activateOf<N>(gates, cPrev, c, tanhC, h, 0))
  if (left > 0) rest = v128.add<N>(rest, activateOf<N>(gates, cPrev, c, tanhC, h, left))
  return rest
}

// @ts-ignore: decorator
@inline
function activateOf<N>(gates: usize, cPrev: usize, c: usize, tanhC: usize, h: usize, part: i32): v128 {
  const bytes = <usize>H * sizeof<N>()
  const ai = loadOf<N>(gates, part)
  const af = loadOf<N>(gates + bytes, part)
  const ag = loadOf<N>(gates + 2 * bytes, part)
  const ao = loadOf<N>(gates + 3 * bytes, part)
  const rest = v128.add<N>(v128.add<N>(remainder<N>(ai), remainder<N>(af)), v128.add<N>(remainder<N>(ag), remainder<N>(ao)))
  const i = sigmoid<N>(ai)
  const f = sigmoid<N>(af)
  const g = tanh<N>(ag)
  const o = sigmoid<N>(ao)
  const cNew = flush<N>(v128.add<N>(v128.mul<N>(f, loadOf<N>(cPrev, part)), v128.mul<N>(i, g)))
  const t = tanh<N>(cNew)
  storeOf<N>(gates, i, part)
  storeOf<N>(gates + bytes, f, part)
  storeOf<N>(gates + 2 * bytes, g, part)
  storeOf<N>(gates + 3 * bytes, o, part)
  storeOf<N>(c, cNew, part)
  storeOf<N>(tanhC, t, part)
  storeOf<N>(h, v128.mul<N>(o, t), part)
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
  let rest = i64x2.splat(0)
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), da += 16, gates += 16, cPrev += 16, tanhC += 16, dh += 16, dc += 16, dcPrev += 16)
    rest = v128.add<N>(rest, slopeOf<N>(da, gates, cPrev, tanhC, dh, dc, dcPrev, isCut, 0))
  if (left > 0) rest = v128.add<N>(rest, slopeOf<N>(da, gates, cPrev, tanhC, dh, dc, dcPrev, isCut, left))
  return rest
}

// @ts-ignore: decorator
@inline
function slopeOf<N>(
  da: usize,
  gates: usize,
  cPrev: usize,
  tanhC: usize,
  dh: usize,
  dc: usize,
  dcPrev: usize,
  isCut: bool, part: i32): v128 {
  const bytes = <usize>H * sizeof<N>()
  const i = loadOf<N>(gates, part)
  const f = loadOf<N>(gates + bytes, part)
  const g = loadOf<N>(gates + 2 * bytes, part)
  const o = loadOf<N>(gates + 3 * bytes, part)
  const t = loadOf<N>(tanhC, part)
  const dhs = loadOf<N>(dh, part)
  const dcs = flush<N>(
    v128.add<N>(loadOf<N>(dc, part), v128.mul<N>(v128.mul<N>(dhs, o), v128.sub<N>(one<N>(), v128.mul<N>(t, t)))),
  )
  storeOf<N>(dc, dcs, part)
  const di = v128.mul<N>(v128.mul<N>(dcs, g), v128.mul<N>(i, v128.sub<N>(one<N>(), i)))
  const df = v128.mul<N>(v128.mul<N>(dcs, loadOf<N>(cPrev, part)), v128.mul<N>(f, v128.sub<N>(one<N>(), f)))
  const dg = v128.mul<N>(v128.mul<N>(dcs, i), v128.sub<N>(one<N>(), v128.mul<N>(g, g)))
  const dO = v128.mul<N>(v128.mul<N>(dhs, t), v128.mul<N>(o, v128.sub<N>(one<N>(), o)))
  storeOf<N>(da, flush<N>(di), part)
  storeOf<N>(da + bytes, flush<N>(df), part)
  storeOf<N>(da + 2 * bytes, flush<N>(dg), part)
  storeOf<N>(da + 3 * bytes, flush<N>(dO), part)
  if (!isCut) storeOf<N>(dcPrev, v128.add<N>(loadOf<N>(dcPrev, part), v128.mul<N>(dcs, f)), part)
  const rest = v128.add<N>(remainder<N>(dcs), remainder<N>(dhs))
  return rest
}
