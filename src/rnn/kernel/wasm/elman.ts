/** The Elman network over a sequence: `kernel/reference/elman.ts` says the same in plain loops. */
import { flush, one } from './activation'
import { address, arg } from './arguments'
import { applyTanh } from './elementwise'
import { pack, packedBytes, packTransposed } from './panels'
import { multiply } from './product'
import { prepareInput, projectBoth } from './projection'
import {
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
import { isFinite, lanes, loadOf, loadUpTo, remainder, storeOf, storeUpTo } from './vector'

/** Arguments: 7 x, 8 W_ih, 9 b, 10 states, 11 W_hh, 12 relu. Returns how many steps were taken before one was not finite, or -1. */
export function elmanForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const relu = arg(12) != 0
  const bytes = <usize>H * sizeof<N>()
  const panelsOfInput = scratch + 128
  const panelsOfHidden = panelsOfInput + packedBytes<N>(I, H)
  const place = rowsOf(address(10), slotAfter(0), bytes)
  prepareInput<N>(panelsOfInput, address(8), address(9), address(7), place, bytes, H, scratch)
  packTransposed<N>(panelsOfHidden, address(11), bytes, H, H, rows)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const hPrev = rowsOf(address(10), slotBefore(s), bytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    projectBoth<N>(h, bytes, address(9), address(7), s, panelsOfInput, hPrev, panelsOfHidden, H, scratch)
    const rest = relu ? applyRelu<N>(h, rows * H) : applyTanh<N>(h, h, rows * H)
    if (!isFinite<N>(rest)) return q
    holdEndedStates<N>(h, hPrev, s)
  }
  return -1
}

/** Arguments: 10 states, 11 W_hh, 12 relu, 13 dh, 14 da. Returns how many steps were taken before one was not finite, or -1. */
export function elmanBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const relu = arg(12) != 0
  const bytes = <usize>H * sizeof<N>()
  const panels = scratch + 128
  pack<N>(panels, address(11), bytes, H, H, rows)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const da = rowsOf(address(14), s, bytes)
    const h = rowsOf(address(10), slotAfter(s), bytes)
    const dh = rowsOf(address(13), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(13), slotBefore(s), bytes)
    if (!(relu ? slopeRelu<N>(da, dh, h, rows * H) : slopeTanh<N>(da, dh, h, rows * H))) return T - 1 - q
    const isCut = isCutBefore(q)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      if (hasEnded<N>(r, s)) passEnded<N>(da + row, H, dhPrev + row, dh + row, isCut)
    }
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, da, bytes, panels, rows, H, H, scratch)
  }
  return -1
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

/** da = dh (1 - h²) over n numbers. */
function slopeTanh<N>(da: usize, dh: usize, h: usize, n: i32): bool {
  let rest = i64x2.splat(0)
  let left = n
  for (; left >= lanes<N>(); left -= lanes<N>(), da += 16, dh += 16, h += 16)
    rest = v128.add<N>(rest, slopeTanhOf<N>(da, dh, h, 0))
  if (left > 0) rest = v128.add<N>(rest, slopeTanhOf<N>(da, dh, h, left))
  return isFinite<N>(rest)
}

// @ts-ignore: decorator
@inline
function slopeTanhOf<N>(da: usize, dh: usize, h: usize, part: i32): v128 {
  const y = loadOf<N>(h, part)
  const x = v128.mul<N>(loadOf<N>(dh, part), v128.sub<N>(one<N>(), v128.mul<N>(y, y)))
  storeOf<N>(da, flush<N>(x), part)
  return remainder<N>(x)
}

/** da = dh where h > 0, otherwise 0, over n numbers. A dh that is not finite counts also where it is not passed on. */
function slopeRelu<N>(da: usize, dh: usize, h: usize, n: i32): bool {
  let rest = i64x2.splat(0)
  for (let left = n; left > 0; left -= lanes<N>(), da += 16, dh += 16, h += 16) {
    const x = loadUpTo<N>(dh, left)
    const passed = v128.and(x, v128.gt<N>(loadUpTo<N>(h, left), i64x2.splat(0)))
    storeUpTo<N>(da, flush<N>(passed), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return isFinite<N>(rest)
}
