/** A step of Adam over flat numbers: `kernel/reference/adam.ts` says the same in a plain loop. */
import { address, arg } from './arguments'
import { flush } from './activation'
import { lanes, loadUpTo, storeUpTo } from './vector'

/**
 * Arguments: 0 values, 1 grads, 2 m, 3 v, 4 n, 5 address of the coefficients, as numbers of this type: β1, 1 - β1, β2,
 * 1 - β2, rate of the mean, scale of the root, ε, shrink, pull.
 */
export function adam<N>(thread: i32, threads: i32): i32 {
  const n = arg(4)
  const vectors = (n + lanes<N>() - 1) / lanes<N>()
  const first = <i32>((<i64>vectors * thread) / threads) * lanes<N>()
  const last = min(n, <i32>((<i64>vectors * (thread + 1)) / threads) * lanes<N>())
  const offset = <usize>first * sizeof<N>()
  let values = address(0) + offset
  let grads = address(1) + offset
  let m = address(2) + offset
  let v = address(3) + offset
  const c = address(5)
  const beta1 = coefficient<N>(c, 0)
  const rest1 = coefficient<N>(c, 1)
  const beta2 = coefficient<N>(c, 2)
  const rest2 = coefficient<N>(c, 3)
  const rate = coefficient<N>(c, 4)
  const root = coefficient<N>(c, 5)
  const eps = coefficient<N>(c, 6)
  const shrink = coefficient<N>(c, 7)
  const pull = coefficient<N>(c, 8)
  for (let left = last - first; left > 0; left -= lanes<N>()) {
    const theta = loadUpTo<N>(values, left)
    const g = v128.add<N>(loadUpTo<N>(grads, left), v128.mul<N>(pull, theta))
    const mean = flush<N>(v128.add<N>(v128.mul<N>(beta1, loadUpTo<N>(m, left)), v128.mul<N>(rest1, g)))
    const square = flush<N>(v128.add<N>(v128.mul<N>(beta2, loadUpTo<N>(v, left)), v128.mul<N>(v128.mul<N>(rest2, g), g)))
    const step = v128.div<N>(v128.mul<N>(rate, mean), v128.add<N>(v128.mul<N>(root, v128.sqrt<N>(square)), eps))
    storeUpTo<N>(m, mean, left)
    storeUpTo<N>(v, square, left)
    storeUpTo<N>(values, v128.sub<N>(v128.mul<N>(shrink, theta), step), left)
    values += 16
    grads += 16
    m += 16
    v += 16
  }
  return -1
}

// @ts-ignore: decorator
@inline
function coefficient<N>(at: usize, i: usize): v128 {
  return v128.splat<N>(load<N>(at + i * sizeof<N>()))
}
