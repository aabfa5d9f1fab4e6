/** A step of Adam over flat numbers: `kernel/reference/adam.ts` says the same in a plain loop. */
import { address, arg, coefficient } from './arguments'
import { flush } from './activation'
import { lanes, loadOf, storeOf } from './vector'

/**
 * Arguments: 0 values, 1 grads, 2 m, 3 v, 4 n. Coefficients: β1, 1 - β1, β2, 1 - β2, rate of the mean, scale of the root,
 * ε, shrink, pull.
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
  const beta1 = coefficient<N>(0)
  const rest1 = coefficient<N>(1)
  const beta2 = coefficient<N>(2)
  const rest2 = coefficient<N>(3)
  const rate = coefficient<N>(4)
  const root = coefficient<N>(5)
  const eps = coefficient<N>(6)
  const shrink = coefficient<N>(7)
  const pull = coefficient<N>(8)
  let left = last - first
  for (; left >= lanes<N>(); left -= lanes<N>(), values += 16, grads += 16, m += 16, v += 16)
    step<N>(values, grads, m, v, 0, beta1, rest1, beta2, rest2, rate, root, eps, shrink, pull)
  if (left > 0) step<N>(values, grads, m, v, left, beta1, rest1, beta2, rest2, rate, root, eps, shrink, pull)
  return -1
}

// @ts-ignore: decorator
@inline
function step<N>(
  values: usize,
  grads: usize,
  m: usize,
  v: usize,
  part: i32,
  beta1: v128,
  rest1: v128,
  beta2: v128,
  rest2: v128,
  rate: v128,
  root: v128,
  eps: v128,
  shrink: v128,
  pull: v128,
): void {
  const theta = loadOf<N>(values, part)
  const g = v128.add<N>(loadOf<N>(grads, part), v128.mul<N>(pull, theta))
  const mean = flush<N>(v128.add<N>(v128.mul<N>(beta1, loadOf<N>(m, part)), v128.mul<N>(rest1, g)))
  const square = flush<N>(v128.add<N>(v128.mul<N>(beta2, loadOf<N>(v, part)), v128.mul<N>(v128.mul<N>(rest2, g), g)))
  const move = v128.div<N>(v128.mul<N>(rate, mean), v128.add<N>(v128.mul<N>(root, v128.sqrt<N>(square)), eps))
  storeOf<N>(m, mean, part)
  storeOf<N>(v, square, part)
  storeOf<N>(values, v128.sub<N>(v128.mul<N>(shrink, theta), move), part)
}
