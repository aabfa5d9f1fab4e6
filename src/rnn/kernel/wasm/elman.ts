/** The Elman network over a sequence: `kernel/reference/elman.ts` says the same in plain loops. */
import { flush, one, tanh } from './activation'
import { address, arg } from './arguments'
import { multiply, pack, packTransposed } from './product'
import {
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
import { isFinite, lanes, loadOf, loadUpTo, remainder, storeOf, storeUpTo } from './vector'

/** Arguments: 6 states, 7 a, 8 W_hh, 9 relu. Returns the first step with a number that is not finite, or -1. */
export function elmanForward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const relu = arg(9) != 0
  const bytes = <usize>H * sizeof<N>()
  const panels = scratch + 128
  packTransposed<N>(panels, address(8), bytes, H, H, rows)
  for (let q = 0; q < T; q++) {
    const s = stepAt(q)
    const a = rowsOf(address(7), s, bytes)
    const hPrev = rowsOf(address(6), slotBefore(s), bytes)
    const h = rowsOf(address(6), slotAfter(s), bytes)
    multiply<N>(a, bytes, a, bytes, hPrev, bytes, panels, rows, H, H, scratch)
    if (!(relu ? activateRelu<N>(h, a, rows * H) : activateTanh<N>(h, a, rows * H))) return s
    holdEndedStates<N>(h, hPrev, s)
  }
  return -1
}

/** Arguments: 6 states, 7 da, 8 W_hh, 9 relu, 10 dh. Returns the first step found not finite on the way back, or -1. */
export function elmanBackward<N>(thread: i32, threads: i32, scratch: usize): i32 {
  if (!begin(thread, threads)) return -1
  const relu = arg(9) != 0
  const bytes = <usize>H * sizeof<N>()
  const panels = scratch + 128
  pack<N>(panels, address(8), bytes, H, H, rows)
  for (let q = T - 1; q >= 0; q--) {
    const s = stepAt(q)
    const da = rowsOf(address(7), s, bytes)
    const h = rowsOf(address(6), slotAfter(s), bytes)
    const dh = rowsOf(address(10), slotAfter(s), bytes)
    const dhPrev = rowsOf(address(10), slotBefore(s), bytes)
    if (!(relu ? slopeRelu<N>(da, dh, h, rows * H) : slopeTanh<N>(da, dh, h, rows * H))) return s
    const isCut = isCutBefore(q)
    for (let r = 0; r < rows; r++) {
      const row = <usize>r * bytes
      if (hasEnded<N>(r, s)) passEnded<N>(da + row, H, dhPrev + row, dh + row, isCut)
    }
    if (!isCut) multiply<N>(dhPrev, bytes, dhPrev, bytes, da, bytes, panels, rows, H, H, scratch)
  }
  return -1
}

/**
 * h = tanh(a) over n numbers; whether all a are finite. Four vectors at a time, and nothing is stored before all four
 * are there: only then V8 lets them run side by side.
 */
function activateTanh<N>(h: usize, a: usize, n: i32): bool {
  let rest = i64x2.splat(0)
  let left = n
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), a += 64, h += 64) {
    const a0 = v128.load(a)
    const a1 = v128.load(a, 16)
    const a2 = v128.load(a, 32)
    const a3 = v128.load(a, 48)
    const h0 = tanh<N>(a0)
    const h1 = tanh<N>(a1)
    const h2 = tanh<N>(a2)
    const h3 = tanh<N>(a3)
    rest = v128.add<N>(
      rest,
      v128.add<N>(v128.add<N>(remainder<N>(a0), remainder<N>(a1)), v128.add<N>(remainder<N>(a2), remainder<N>(a3))),
    )
    v128.store(h, h0)
    v128.store(h, h1, 16)
    v128.store(h, h2, 32)
    v128.store(h, h3, 48)
  }
  for (; left > 0; left -= lanes<N>(), a += 16, h += 16) {
    const x = loadUpTo<N>(a, left)
    storeUpTo<N>(h, tanh<N>(x), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return isFinite<N>(rest)
}

/** h = max(0, a) over n numbers; whether all a are finite. */
function activateRelu<N>(h: usize, a: usize, n: i32): bool {
  let rest = i64x2.splat(0)
  for (let left = n; left > 0; left -= lanes<N>(), a += 16, h += 16) {
    const x = loadUpTo<N>(a, left)
    storeUpTo<N>(h, v128.pmax<N>(x, i64x2.splat(0)), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return isFinite<N>(rest)
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

/** da = dh where h > 0, otherwise 0, over n numbers. */
function slopeRelu<N>(da: usize, dh: usize, h: usize, n: i32): bool {
  let rest = i64x2.splat(0)
  for (let left = n; left > 0; left -= lanes<N>(), da += 16, dh += 16, h += 16) {
    const x = v128.and(loadUpTo<N>(dh, left), v128.gt<N>(loadUpTo<N>(h, left), i64x2.splat(0)))
    storeUpTo<N>(da, flush<N>(x), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return isFinite<N>(rest)
}
