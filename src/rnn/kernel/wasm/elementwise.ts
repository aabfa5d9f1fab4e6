/** Functions of single numbers over whole arrays. Arguments: 0 to, 3 from, 5 n. */
import { sigmoid, tanh } from './activation'
import { address, arg } from './arguments'
import { lanes, loadUpTo, shareStart, storeUpTo } from './vector'

export function tanhs<N>(thread: i32, threads: i32): i32 {
  return apply<N>(thread, threads, true)
}

export function sigmoids<N>(thread: i32, threads: i32): i32 {
  return apply<N>(thread, threads, false)
}

// @ts-ignore: decorator
@inline
function apply<N>(thread: i32, threads: i32, isTanh: bool): i32 {
  const first = shareStart(arg(5), lanes<N>(), thread, threads)
  let left = shareStart(arg(5), lanes<N>(), thread + 1, threads) - first
  let to = address(0) + <usize>first * sizeof<N>()
  let from = address(3) + <usize>first * sizeof<N>()
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), to += 64, from += 64) {
    // All four before any is stored: only then V8 lets them run side by side.
    const y0 = f<N>(v128.load(from), isTanh)
    const y1 = f<N>(v128.load(from, 16), isTanh)
    const y2 = f<N>(v128.load(from, 32), isTanh)
    const y3 = f<N>(v128.load(from, 48), isTanh)
    v128.store(to, y0)
    v128.store(to, y1, 16)
    v128.store(to, y2, 32)
    v128.store(to, y3, 48)
  }
  for (; left > 0; left -= lanes<N>(), to += 16, from += 16)
    storeUpTo<N>(to, f<N>(loadUpTo<N>(from, left), isTanh), left)
  return -1
}

// @ts-ignore: decorator
@inline
function f<N>(x: v128, isTanh: bool): v128 {
  return isTanh ? tanh<N>(x) : sigmoid<N>(x)
}
