/** The Elman network over a sequence: `kernel/reference/elman.ts` says the same in plain loops. */
import { flush } from './activation'
import { address, arg } from './arguments'
import { biasBytes, joinBiases } from './bias'
import { applyTanh, slopeTanh } from './elementwise'
import { pack, packedBytes, packTransposed } from './panels'
import { multiply } from './product'
import { prepareInput, projectBoth } from './projection'
import { multiplyRow, slopeTanhRow, tanhRow } from './row'
import {
  begin,
  H,
  hasEnded,
  holdEndedStates,
  I,
  isAlone,
  isCutBefore,
  passEnded,
  rows,
  rowsOf,
  slotAfter,
  slotBefore,
  stepAt,
  stride,
  T,
} from './sequence'
import { isFinite, lanes, loadUpTo, remainder, storeUpTo } from './vector'

/** Arguments: 7 x, 8 W_ih, 9 b_ih, 10 states, 11 W_hh, 12 relu, 15 b_hh. Returns how many steps were taken before one was not finite, or -1. */
export function elmanForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const relu = arg(12) != 0
  const bytes = <usize>H * sizeof<N>()
  const bias = scratch + 128
  const panelsOfInput = bias + biasBytes<N>(H)
  const panelsOfHidden = panelsOfInput + packedBytes<N>(I, H)
  const place = rowsOf(address(10), slotAfter(0), bytes)
  joinBiases<N>(bias, H, H)
  prepareInput<N>(panelsOfInput, address(8), bias, address(7), place, bytes, H, scratch)
  packTransposed<N>(panelsOfHidden, address(11), bytes, H, H)
  if (isAlone() && !relu) return forwardAlone<N>(panelsOfHidden, scratch)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const hPrev = rowsOf(address(10), slotBefore(s), bytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    projectBoth<N>(h, bytes, bias, address(7), s, panelsOfInput, hPrev, panelsOfHidden, H, scratch)
    const rest = relu ? applyRelu<N>(h, rows * H) : applyTanh<N>(h, h, rows * H)
    if (!isFinite<N>(rest)) return q
    holdEndedStates<N>(h, hPrev, s)
  }
  return -1
}

/** Arguments: 10 states, 11 W_hh, 12 relu, 13 dh, 14 da, 15 numbers from one row of it to the next. Returns how many steps were taken before one was not finite, or -1. */
export function elmanBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const relu = arg(12) != 0
  const bytes = <usize>H * sizeof<N>()
  const daBytes = <usize>arg(15) * sizeof<N>()
  const panels = pack<N>(scratch + 128, address(11), bytes, H, H)
  if (isAlone() && !relu) return backwardAlone<N>(panels, scratch)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const da = rowsOf(address(14), s, daBytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    const dh = rowsOf(address(13), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(13), slotBefore(s), bytes)
    if (!isFinite<N>(slopes<N>(da, daBytes, dh, h, relu))) return T - 1 - q
    const isCut = isCutBefore(q)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      if (hasEnded<N>(r, s)) passEnded<N>(da + <usize>r * daBytes, H, dhPrev + row, dh + row, isCut)
    }
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, da, daBytes, panels, rows, H, H, scratch)
  }
  return -1
}

/** Forward for a sequence alone: tanh is taken while the sums are in registers. */
function forwardAlone<N>(panels: usize, scratch: usize): i32 {
  const bytes = <usize>H * sizeof<N>()
  const ahead = stride(bytes)
  let h = rowsOf(address(10), slotBefore(stepAt(0)), bytes)
  for (let q = 0; q < T; q++, h += ahead)
    if (!isFinite<N>(tanhRow<N>(h + ahead, h, panels, H, H, scratch))) return q
  return -1
}

/** Back for a sequence alone: da is made while dh is in registers. */
function backwardAlone<N>(panels: usize, scratch: usize): i32 {
  const bytes = <usize>H * sizeof<N>()
  const back = -stride(bytes)
  const daBytes = <usize>arg(15) * sizeof<N>()
  const daBack = -stride(daBytes)
  const last = stepAt(T - 1)
  let h = rowsOf(address(10), slotAfter(last), bytes)
  let dh = rowsOf(address(13), slotAfter(last), bytes)
  let da = rowsOf(address(14), last, daBytes)
  if (!isFinite<N>(slopeTanh<N>(da, dh, h, H))) return 0
  for (let q = 1; q < T; q++) {
    h += back
    dh += back
    if (!isFinite<N>(slopeTanhRow<N>(da + daBack, dh, da, panels, H, H, h, scratch))) return q
    da += daBack
  }
  dh += back
  multiplyRow<N>(dh, dh, da, panels, H, H, scratch)
  return -1
}

/** da of all rows of a step. Returns a sum of remainders. */
function slopes<N>(da: usize, daBytes: usize, dh: usize, h: usize, relu: bool): v128 {
  const bytes = <usize>H * sizeof<N>()
  // Rows without a gap between them are one.
  const isOne = daBytes == bytes
  const n = isOne ? rows * H : H
  let rest = i64x2.splat(0)
  for (let r = isOne ? 1 : rows; r > 0; r--, da += daBytes, dh += bytes, h += bytes)
    rest = v128.add<N>(rest, relu ? slopeRelu<N>(da, dh, h, n) : slopeTanh<N>(da, dh, h, n))
  return rest
}

/** a = max(0, a) over n numbers. Returns a sum of remainders. */
function applyRelu<N>(a: usize, n: i32): v128 {
  let rest = i64x2.splat(0)
  for (let left = n; left > 0; left -= lanes<N>(), a += 16) {
    const x = loadUpTo<N>(a, left)
    storeUpTo<N>(a, v128.pmax<N>(x, i64x2.splat(0)), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return rest
}

/** da = dh where h > 0, otherwise 0, over n numbers. A dh that is not finite counts also where it is not passed on. */
function slopeRelu<N>(da: usize, dh: usize, h: usize, n: i32): v128 {
  let rest = i64x2.splat(0)
  for (let left = n; left > 0; left -= lanes<N>(), da += 16, dh += 16, h += 16) {
    const x = loadUpTo<N>(dh, left)
    const passed = v128.and(x, v128.gt<N>(loadUpTo<N>(h, left), i64x2.splat(0)))
    storeUpTo<N>(da, flush<N>(passed), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return rest
}
