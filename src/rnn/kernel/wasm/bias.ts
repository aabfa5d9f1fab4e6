/** A layer's biases, b_ih and b_hh: what is the same for both sides is added once and for all. */
import { address } from './arguments'
import { packedBytes } from './panels'
import { lanes, loadUpTo, storeUpTo } from './vector'

/** Bytes of n joined biases, whole panels. */
export function biasBytes<N>(n: i32): usize {
  return packedBytes<N>(1, n)
}

/**
 * to = b_ih + b_hh, n numbers, but for those from `joined` on: of these b_ih comes first, and b_hh behind all others.
 * Zeros if there are none. Arguments: 9 b_ih, 15 b_hh, or 0.
 */
export function joinBiases<N>(to: usize, joined: i32, n: i32): void {
  const b_ih = address(9)
  const b_hh = address(15)
  const bytes = <usize>n * sizeof<N>()
  const own = <usize>(n - joined) * sizeof<N>()
  if (b_ih == 0) {
    memory.fill(to, 0, bytes + own)
    return
  }
  const start = <usize>joined * sizeof<N>()
  let at: usize = 0
  for (let left = joined; left > 0; left -= lanes<N>(), at += 16)
    storeUpTo<N>(to + at, v128.add<N>(loadUpTo<N>(b_ih + at, left), loadUpTo<N>(b_hh + at, left)), left)
  if (own == 0) return
  memory.copy(to + start, b_ih + start, own)
  memory.copy(to + bytes, b_hh + start, own)
}
