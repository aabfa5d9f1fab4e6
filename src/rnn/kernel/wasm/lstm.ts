/** The LSTM over a sequence: `kernel/reference/lstm.ts` says the same in plain loops. Gates in the order i, f, g, o. */
import { flush, one, tanh } from './activation'
import { address, arg } from './arguments'
import { biasBytes, joinBiases } from './bias'
import { applySigmoidToRows, applyTanhToRows } from './elementwise'
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
import { isFinite, lanes, loadOf, remainder, storeFour, storeOf } from './vector'

/** Arguments: 7 x, 8 W_ih, 9 b_ih, 10 h, 11 W_hh, 12 gates, 13 c, 14 tanh c, 15 b_hh. Returns how many steps were taken before one was not finite, or -1. */
export function lstmForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = bytes << 2
  const bias = scratch + 128
  const panelsOfInput = bias + biasBytes<N>(4 * H)
  const panelsOfHidden = panelsOfInput + packedBytes<N>(I, 4 * H)
  const place = rowsOf(address(12), 0, gateBytes)
  joinBiases<N>(bias, 4 * H, 4 * H)
  prepareInput<N>(panelsOfInput, address(8), bias, address(7), place, gateBytes, 4 * H, scratch)
  packTransposed<N>(panelsOfHidden, address(11), bytes, H, 4 * H)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const gates = rowsOf(address(12), s, gateBytes)
    const hPrev = rowsOf(address(10), slotBefore(s), bytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    const cPrev = rowsOf(address(13), slotBefore(s), bytes)
    const c = rowsOf(address(13), slotAfter(s), bytes)
    const tanhC = rowsOf(address(14), s, bytes)
    projectBoth<N>(gates, gateBytes, bias, address(7), s, panelsOfInput, hPrev, panelsOfHidden, 4 * H, scratch)
    if (!isFinite<N>(activate<N>(gates))) return q
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      newStates<N>(h + row, c + row, tanhC + row, cPrev + row, gates + 4 * row)
    }
    holdEndedStates<N>(h, hPrev, s)
    holdEndedStates<N>(c, cPrev, s)
  }
  return -1
}

/** Arguments: 11 W_hh, 12 gates, 13 c, 14 tanh c, 15 dh, 16 dc, 17 da, 18 numbers from one row of it to the next. Returns how many steps were taken before one was not finite, or -1. */
export function lstmBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const bytes = <usize>H * sizeof<N>()
  const gateBytes = bytes << 2
  const daBytes = <usize>arg(18) * sizeof<N>()
  const panels = pack<N>(scratch + 128, address(11), bytes, 4 * H, H)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const gates = rowsOf(address(12), s, gateBytes)
    const da = rowsOf(address(17), s, daBytes)
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
      const daRow = da + <usize>r * daBytes
      if (hasEnded<N>(r, s)) {
        passEnded<N>(daRow, 4 * H, dhPrev + row, dh + row, isCut)
        if (!isCut) addRow<N>(dcPrev + row, dc + row, H)
        continue
      }
      rest = v128.add<N>(
        rest,
        slope<N>(daRow, gates + 4 * row, cPrev + row, tanhC + row, dh + row, dc + row, dcPrev + row, isCut),
      )
    }
    if (!isFinite<N>(rest)) return T - 1 - q
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, da, daBytes, panels, rows, 4 * H, H, scratch)
  }
  return -1
}

/** σ over i and f, which stand side by side, and o; tanh over g. In place; returns a sum of remainders. */
function activate<N>(gates: usize): v128 {
  const bytes = <usize>H * sizeof<N>()
  const stride = 4 * bytes
  const inputs = applySigmoidToRows<N>(gates, stride, 2 * H, rows)
  const candidates = applyTanhToRows<N>(gates + 2 * bytes, stride, H, rows)
  const outputs = applySigmoidToRows<N>(gates + 3 * bytes, stride, H, rows)
  return v128.add<N>(v128.add<N>(inputs, candidates), outputs)
}

/** One row: c = f c' + i g, h = o tanh c. Four vectors at a time, as in `elementwise.ts`. */
function newStates<N>(h: usize, c: usize, tanhC: usize, cPrev: usize, gates: usize): void {
  const bytes = <usize>H * sizeof<N>()
  let left = H
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), h += 64, c += 64, tanhC += 64, cPrev += 64, gates += 64) {
    const c0 = memory<N>(cPrev, gates, 0)
    const c1 = memory<N>(cPrev + 16, gates + 16, 0)
    const c2 = memory<N>(cPrev + 32, gates + 32, 0)
    const c3 = memory<N>(cPrev + 48, gates + 48, 0)
    const t0 = tanh<N>(c0)
    const t1 = tanh<N>(c1)
    const t2 = tanh<N>(c2)
    const t3 = tanh<N>(c3)
    const o = gates + 3 * bytes
    const h0 = v128.mul<N>(v128.load(o), t0)
    const h1 = v128.mul<N>(v128.load(o, 16), t1)
    const h2 = v128.mul<N>(v128.load(o, 32), t2)
    const h3 = v128.mul<N>(v128.load(o, 48), t3)
    storeFour(c, c0, c1, c2, c3)
    storeFour(tanhC, t0, t1, t2, t3)
    storeFour(h, h0, h1, h2, h3)
  }
  for (; left > 0; left -= lanes<N>(), h += 16, c += 16, tanhC += 16, cPrev += 16, gates += 16) {
    const part = left >= lanes<N>() ? 0 : left
    const cell = memory<N>(cPrev, gates, part)
    const t = tanh<N>(cell)
    storeOf<N>(c, cell, part)
    storeOf<N>(tanhC, t, part)
    storeOf<N>(h, v128.mul<N>(loadOf<N>(gates + 3 * bytes, part), t), part)
  }
}

/** f c' + i g */
// @ts-ignore: decorator
@inline
function memory<N>(cPrev: usize, gates: usize, part: i32): v128 {
  const bytes = <usize>H * sizeof<N>()
  const kept = v128.mul<N>(loadOf<N>(gates + bytes, part), loadOf<N>(cPrev, part))
  const added = v128.mul<N>(loadOf<N>(gates, part), loadOf<N>(gates + 2 * bytes, part))
  return flush<N>(v128.add<N>(kept, added))
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
