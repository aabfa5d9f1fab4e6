/** tanh and the logistic function over whole arrays. */
import { flush, one, sigmoid, tanh } from './activation'
import { address, arg } from './arguments'
import { lanes, loadUpTo, remainder, remainders, shareStart, storeFour, storeUpTo } from './vector'

/** to = tanh(from), n numbers; may be in place. Returns a sum of remainders of `from`. */
export function applyTanh<N>(to: usize, from: usize, n: i32): v128 {
  return apply<N>(to, from, n, true)
}

/** to = σ(from), n numbers; may be in place. Returns a sum of remainders of `from`. */
export function applySigmoid<N>(to: usize, from: usize, n: i32): v128 {
  return apply<N>(to, from, n, false)
}

/** a = tanh(a), n numbers in each of so many rows, `stride` bytes apart. Returns a sum of remainders of what a was. */
export function applyTanhToRows<N>(a: usize, stride: usize, n: i32, rows: i32): v128 {
  let rest = i64x2.splat(0)
  for (; rows > 0; rows--, a += stride) rest = v128.add<N>(rest, apply<N>(a, a, n, true))
  return rest
}

/** The same for σ. */
export function applySigmoidToRows<N>(a: usize, stride: usize, n: i32, rows: i32): v128 {
  let rest = i64x2.splat(0)
  for (; rows > 0; rows--, a += stride) rest = v128.add<N>(rest, apply<N>(a, a, n, false))
  return rest
}

// @ts-ignore: decorator
@inline
function apply<N>(to: usize, from: usize, n: i32, isTanh: bool): v128 {
  let rest = i64x2.splat(0)
  let left = n
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), to += 64, from += 64) {
    const x0 = v128.load(from)
    const x1 = v128.load(from, 16)
    const x2 = v128.load(from, 32)
    const x3 = v128.load(from, 48)
    rest = v128.add<N>(rest, applyToFour<N>(to, x0, x1, x2, x3, isTanh))
  }
  for (; left > 0; left -= lanes<N>(), to += 16, from += 16) {
    const x = loadUpTo<N>(from, left)
    storeUpTo<N>(to, f<N>(x, isTanh), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return rest
}

/** Four vectors at a time, and nothing is stored before all four are there: only then V8 lets them run side by side. */
// @ts-ignore: decorator
@inline
export function applyToFour<N>(to: usize, x0: v128, x1: v128, x2: v128, x3: v128, isTanh: bool): v128 {
  const y0 = f<N>(x0, isTanh)
  const y1 = f<N>(x1, isTanh)
  const y2 = f<N>(x2, isTanh)
  const y3 = f<N>(x3, isTanh)
  storeFour(to, y0, y1, y2, y3)
  return remainders<N>(x0, x1, x2, x3)
}

// @ts-ignore: decorator
@inline
function f<N>(x: v128, isTanh: bool): v128 {
  return isTanh ? tanh<N>(x) : sigmoid<N>(x)
}

/** da = dh (1 - h²) over n numbers. Returns a sum of remainders. */
export function slopeTanh<N>(da: usize, dh: usize, h: usize, n: i32): v128 {
  let rest = i64x2.splat(0)
  let left = n
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), da += 64, dh += 64, h += 64) {
    const x0 = v128.load(dh)
    const x1 = v128.load(dh, 16)
    const x2 = v128.load(dh, 32)
    const x3 = v128.load(dh, 48)
    rest = v128.add<N>(rest, slopeTanhOfFour<N>(da, x0, x1, x2, x3, h))
  }
  for (; left > 0; left -= lanes<N>(), da += 16, dh += 16, h += 16) {
    const x = slope<N>(loadUpTo<N>(dh, left), loadUpTo<N>(h, left))
    storeUpTo<N>(da, flush<N>(x), left)
    rest = v128.add<N>(rest, remainder<N>(x))
  }
  return rest
}

// @ts-ignore: decorator
@inline
export function slopeTanhOfFour<N>(da: usize, dh0: v128, dh1: v128, dh2: v128, dh3: v128, h: usize): v128 {
  const x0 = slope<N>(dh0, v128.load(h))
  const x1 = slope<N>(dh1, v128.load(h, 16))
  const x2 = slope<N>(dh2, v128.load(h, 32))
  const x3 = slope<N>(dh3, v128.load(h, 48))
  storeFour(da, flush<N>(x0), flush<N>(x1), flush<N>(x2), flush<N>(x3))
  return remainders<N>(x0, x1, x2, x3)
}

// @ts-ignore: decorator
@inline
function slope<N>(dh: v128, h: v128): v128 {
  return v128.mul<N>(dh, v128.sub<N>(one<N>(), v128.mul<N>(h, h)))
}

/** Operation. Arguments: 0 to, 3 from, 5 n. */
export function tanhs<N>(thread: i32, threads: i32): i32 {
  const first = shareStart(arg(5), lanes<N>(), thread, threads)
  const n = shareStart(arg(5), lanes<N>(), thread + 1, threads) - first
  applyTanh<N>(address(0) + <usize>first * sizeof<N>(), address(3) + <usize>first * sizeof<N>(), n)
  return -1
}

/** Operation. Arguments as above. */
export function sigmoids<N>(thread: i32, threads: i32): i32 {
  const first = shareStart(arg(5), lanes<N>(), thread, threads)
  const n = shareStart(arg(5), lanes<N>(), thread + 1, threads) - first
  applySigmoid<N>(address(0) + <usize>first * sizeof<N>(), address(3) + <usize>first * sizeof<N>(), n)
  return -1
}
