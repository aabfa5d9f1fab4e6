/** tanh and the logistic function over whole arrays. */
import { sigmoid, tanh } from './activation'
import { address, arg } from './arguments'
import { isFinite, lanes, loadOf, loadPart, remainder, shareStart, storeOf } from './vector'

/** to = tanh(from), n numbers; may be in place. Returns a sum of remainders of `from`. */
export function applyTanh<N>(to: usize, from: usize, n: i32): v128 {
  return apply<N>(to, from, n, true)
}

/** to = σ(from), n numbers; may be in place. Returns a sum of remainders of `from`. */
export function applySigmoid<N>(to: usize, from: usize, n: i32): v128 {
  return apply<N>(to, from, n, false)
}

/** Four vectors at a time, and nothing is stored before all four are there: only then V8 lets them run side by side. */
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
    const y0 = f<N>(x0, isTanh)
    const y1 = f<N>(x1, isTanh)
    const y2 = f<N>(x2, isTanh)
    const y3 = f<N>(x3, isTanh)
    const r01 = v128.add<N>(remainder<N>(x0), remainder<N>(x1))
    rest = v128.add<N>(rest, v128.add<N>(r01, v128.add<N>(remainder<N>(x2), remainder<N>(x3))))
    v128.store(to, y0)
    v128.store(to, y1, 16)
    v128.store(to, y2, 32)
    v128.store(to, y3, 48)
  }
  for (; left >= lanes<N>(); left -= lanes<N>(), to += 16, from += 16) rest = v128.add<N>(rest, one<N>(to, from, 0, isTanh))
  if (left > 0) rest = v128.add<N>(rest, one<N>(to, from, left, isTanh))
  return rest
}

// @ts-ignore: decorator
@inline
function one<N>(to: usize, from: usize, part: i32, isTanh: bool): v128 {
  const x = loadOf<N>(from, part)
  storeOf<N>(to, f<N>(x, isTanh), part)
  return remainder<N>(x)
}

// @ts-ignore: decorator
@inline
function f<N>(x: v128, isTanh: bool): v128 {
  return isTanh ? tanh<N>(x) : sigmoid<N>(x)
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

/** Operation: whether all numbers are finite, 1 or 0. Arguments: 3 from, 5 n. Each thread looks at all of them. */
export function areFinite<N>(): i32 {
  let rest = i64x2.splat(0)
  let from = address(3)
  let left = arg(5)
  for (; left >= lanes<N>(); left -= lanes<N>(), from += 16) rest = v128.add<N>(rest, remainder<N>(v128.load(from)))
  if (left > 0) rest = v128.add<N>(rest, remainder<N>(loadPart<N>(from, left)))
  return isFinite<N>(rest) ? 1 : 0
}
