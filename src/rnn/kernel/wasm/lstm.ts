/** The LSTM over a sequence: `kernel/reference/lstm.ts` says the same in plain loops. Gates in the order i, f, g, o. */
import { flush, one } from './activation'
import { address } from './arguments'
import { applySigmoid, applyTanh } from './elementwise'
import { pack, packedBytes, packTransposed } from './panels'
import { multiply } from './product'
import { prepareInput, projectBoth } from './projection'
import {
  addRow,
  begin,
  H,
  hasEnded,
  holdEndedStates,
  I,
  isCutBefore,
  passEnded,
  rows,
  rowsOf,
  slotAfter,
  slotBefore,
  stepAt,
  T,
} from './sequence'
import { isFinite, lanes, loadOf, loadPart, remainder, storeOf, storePart } from './vector'

/** Arguments: 7 x, 8 W_ih, 9 b, 10 h, 11 W_hh, 12 gates, 13 c, 14 tanh c. Returns how many steps were taken before one was not finite, or -1. */
export function lstmForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = bytes << 2
  const panelsOfInput = scratch + 128
  const panelsOfHidden = panelsOfInput + packedBytes<N>(I, 4 * H)
  const place = rowsOf(address(12), 0, gateBytes)
  prepareInput<N>(panelsOfInput, address(8), address(9), address(7), place, gateBytes, 4 * H, scratch)
  packTransposed<N>(panelsOfHidden, address(11), bytes, H, 4 * H, rows)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const gates = rowsOf(address(12), s, gateBytes)
    const hPrev = rowsOf(address(10), slotBefore(s), bytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    const cPrev = rowsOf(address(13), slotBefore(s), bytes)
    const c = rowsOf(address(13), slotAfter(s), bytes)
    const tanhC = rowsOf(address(14), s, bytes)
    projectBoth<N>(gates, gateBytes, address(9), address(7), s, panelsOfInput, hPrev, panelsOfHidden, 4 * H, scratch)
    if (!isFinite<N>(activate<N>(gates))) return q
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      addMemory<N>(c + row, cPrev + row, gates + 4 * row)
    }
    applyTanh<N>(tanhC, c, rows * H)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      multiplyRows<N>(h + row, gates + 4 * row + 3 * bytes, tanhC + row)
    }
    holdEndedStates<N>(h, hPrev, s)
    holdEndedStates<N>(c, cPrev, s)
  }
  return -1
}

/** Arguments: 11 W_hh, 12 gates, 13 c, 14 tanh c, 15 dh, 16 dc, 17 da. Returns how many steps were taken before one was not finite, or -1. */
export function lstmBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = bytes << 2
  const panels = scratch + 128
  pack<N>(panels, address(11), bytes, 4 * H, H, rows)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const gates = rowsOf(address(12), s, gateBytes)
    const da = rowsOf(address(17), s, gateBytes)
    const cPrev = rowsOf(address(13), slotBefore(s), bytes)
    const tanhC = rowsOf(address(14), s, bytes)
    const dh = rowsOf(address(15), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(15), slotBefore(s), bytes)
    const dc = rowsOf(address(16), slotAfter(s), bytes)
    const dcPrev = rowsOf(address(16), slotBefore(s), bytes)
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
    if (!isFinite<N>(rest)) return T - 1 - q
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, da, gateBytes, panels, rows, 4 * H, H, scratch)
  }
  return -1
}

/** σ over i and f, which stand side by side, and o; tanh over g. In place; returns a sum of remainders. */
function activate<N>(gates: usize): v128 {
  const bytes = <usize>H * sizeof<N>()
  let rest = i64x2.splat(0)
  for (let r = 0; r < rows; r++, gates += 4 * bytes) {
    rest = v128.add<N>(rest, applySigmoid<N>(gates, gates, 2 * H))
    rest = v128.add<N>(rest, applyTanh<N>(gates + 2 * bytes, gates + 2 * bytes, H))
    rest = v128.add<N>(rest, applySigmoid<N>(gates + 3 * bytes, gates + 3 * bytes, H))
  }
  return rest
}

/** One row: c = f c' + i g */
function addMemory<N>(c: usize, cPrev: usize, gates: usize): void {
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), c += 16, cPrev += 16, gates += 16) addMemoryOf<N>(c, cPrev, gates, 0)
  if (left > 0) addMemoryOf<N>(c, cPrev, gates, left)
}

// @ts-ignore: decorator
@inline
function addMemoryOf<N>(c: usize, cPrev: usize, gates: usize, part: i32): void {
  const bytes = <usize>H * sizeof<N>()
  const kept = v128.mul<N>(loadOf<N>(gates + bytes, part), loadOf<N>(cPrev, part))
  const added = v128.mul<N>(loadOf<N>(gates, part), loadOf<N>(gates + 2 * bytes, part))
  storeOf<N>(c, flush<N>(v128.add<N>(kept, added)), part)
}

/** One row: to = a b, H numbers */
function multiplyRows<N>(to: usize, a: usize, b: usize): void {
  let left = H
  for (; left >= lanes<N>(); left -= lanes<N>(), to += 16, a += 16, b += 16)
    v128.store(to, v128.mul<N>(v128.load(a), v128.load(b)))
  if (left > 0) storePart<N>(to, v128.mul<N>(loadPart<N>(a, left), loadPart<N>(b, left)), left)
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
