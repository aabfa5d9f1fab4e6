/** Products and moves of whole arrays, each thread its share of the result's rows or columns. */
import { address, arg } from './arguments'
import { pack, packTransposed } from './panels'
import { multiply } from './product'
import { addRow } from './sequence'
import { addTransposedProduct, addTransposedProducts, blockRows } from './transposed'
import { isFinite, lanes, loadUpTo, remainder, remainders, shareStart, storeFour, storeUpTo } from './vector'

/**
 * C = start + A B. Arguments: 0 C, 1 start, 2 1 if that is one row for all, 3 A, 4 B, 5 n, 6 k, 7 m,
 * 8 from one row of A to the next, in numbers. A (n, k), B (k, m).
 */
export function product<N>(thread: i32, threads: i32, scratch: usize): i32 {
  return rowsOfProduct<N>(thread, threads, scratch, false)
}

/** C = start + A Bᵀ. Arguments as above. A (n, k), B (m, k). */
export function productWithTransposed<N>(thread: i32, threads: i32, scratch: usize): i32 {
  return rowsOfProduct<N>(thread, threads, scratch, true)
}

function rowsOfProduct<N>(thread: i32, threads: i32, scratch: usize, isTransposed: bool): i32 {
  const k = arg(6)
  const m = arg(7)
  const first = shareStart(arg(5), 4, thread, threads)
  const rows = shareStart(arg(5), 4, thread + 1, threads) - first
  if (rows == 0) return -1
  let panels = scratch + 128
  const inner = <usize>k * sizeof<N>()
  const outer = <usize>m * sizeof<N>()
  const aStride = <usize>arg(8) * sizeof<N>()
  if (isTransposed) packTransposed<N>(panels, address(4), inner, k, m)
  else panels = pack<N>(panels, address(4), outer, k, m)
  let startStride = outer
  if (arg(2) != 0) startStride = 0
  multiply<N>(
    address(0) + <usize>first * outer,
    outer,
    address(1) + <usize>first * startStride,
    startStride,
    address(3) + <usize>first * aStride,
    aStride,
    panels,
    rows,
    k,
    m,
    scratch,
  )
  return -1
}

/** C += Aᵀ B. Arguments: 0 C, 3 A, 4 B, 5 n, 6 k, 7 m. A (k, n), B (k, m). */
export function transposedProduct<N>(thread: i32, threads: i32, scratch: usize): i32 {
  const n = arg(5)
  const first = shareStart(n, 4, thread, threads)
  const last = shareStart(n, 4, thread + 1, threads)
  const k = arg(6)
  const m = arg(7)
  const stride = <usize>n * sizeof<N>()
  const bStride = <usize>m * sizeof<N>()
  for (let l = 0; l < k; l += blockRows) {
    const depth = min(blockRows, k - l)
    const a = address(3) + <usize>l * stride
    const b = address(4) + <usize>l * bStride
    addTransposedProduct<N>(address(0), b, bStride, m, a, stride, depth, first, last, scratch)
  }
  return -1
}

/**
 * dW_ih = daᵀ x, dW_hh = daᵀ h, db_ih and db_hh the sums of da's rows, over what is there. Of the last rows of the
 * weights the recurrent side has columns of da of its own, behind all others. Arguments: 0 dW_ih, 1 dW_hh, 2 h, 3 da,
 * 4 x, 5 rows of the weights, 6 k, 7 I, 8 H, 9 how many rows have columns of their own, 10 db_ih, 11 db_hh, or 0,
 * 12 numbers from one row of da to the next. Returns -1 if all gradients are finite, otherwise 0.
 */
export function weightGradients<N>(thread: i32, threads: i32, scratch: usize): i32 {
  const n = arg(5)
  const k = arg(6)
  const I = arg(7)
  const H = arg(8)
  const own = arg(9)
  const split = n - own
  const da = address(3)
  const stride = <usize>arg(12) * sizeof<N>()
  const first = shareStart(n, 4, thread, threads)
  const last = shareStart(n, 4, thread + 1, threads)
  const input = address(10)
  const hidden = address(11)
  const ownFirst = max(first, split)
  clearRows<N>(address(0), I, first, last)
  clearRows<N>(address(1), H, first, last)
  if (input != 0) {
    clearRows<N>(input, 1, first, last)
    if (ownFirst < last) clearRows<N>(hidden, 1, ownFirst, last)
  }
  // Block by block, for da to be near when it is read for the biases.
  const bytes = <usize>sizeof<N>()
  for (let l = 0; l < k; l += blockRows) {
    const depth = min(blockRows, k - l)
    const a = da + <usize>l * stride
    const x = address(4) + <usize>(l * I) * bytes
    const h = address(2) + <usize>(l * H) * bytes
    addTransposedProducts<N>(address(0), x, I, address(1), h, H, a, stride, depth, first, last, split, own, scratch)
    if (input == 0) continue
    addColumnSums<N>(input, a, stride, depth, first, last)
    if (ownFirst < last) addColumnSums<N>(hidden, a + <usize>own * bytes, stride, depth, ownFirst, last)
  }
  let rest = v128.add<N>(remaindersOfRows<N>(address(0), I, first, last), remaindersOfRows<N>(address(1), H, first, last))
  if (input != 0) {
    const start = <usize>first * bytes
    if (first < split) memory.copy(hidden + start, input + start, <usize>(min(last, split) - first) * bytes)
    rest = v128.add<N>(rest, remaindersOfRows<N>(input, 1, first, last))
    rest = v128.add<N>(rest, remaindersOfRows<N>(hidden, 1, first, last))
  }
  return isFinite<N>(rest) ? -1 : 0
}

/** The sum of remainders of rows `first` to `last`. C (n, m) */
function remaindersOfRows<N>(C: usize, m: i32, first: i32, last: i32): v128 {
  let rest = i64x2.splat(0)
  let from = C + <usize>(first * m) * sizeof<N>()
  let left = (last - first) * m
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), from += 64) {
    const four = remainders<N>(v128.load(from), v128.load(from, 16), v128.load(from, 32), v128.load(from, 48))
    rest = v128.add<N>(rest, four)
  }
  for (; left > 0; left -= lanes<N>(), from += 16) rest = v128.add<N>(rest, remainder<N>(loadUpTo<N>(from, left)))
  return rest
}

function clearRows<N>(C: usize, m: i32, first: i32, last: i32): void {
  const bytes = <usize>m * sizeof<N>()
  memory.fill(C + <usize>first * bytes, 0, <usize>(last - first) * bytes)
}

/** b += the sum of A's rows. Arguments: 0 b, 3 A, 5 n, 7 m. A (n, m), b (m). */
export function columnSums<N>(thread: i32, threads: i32): i32 {
  const m = arg(7)
  const first = shareStart(m, 4 * lanes<N>(), thread, threads)
  const last = shareStart(m, 4 * lanes<N>(), thread + 1, threads)
  addColumnSums<N>(address(0), address(3), <usize>m * sizeof<N>(), arg(5), first, last)
  return -1
}

/** Columns `first` to `last` of n rows, `stride` bytes apart, onto b. */
function addColumnSums<N>(b: usize, A: usize, stride: usize, n: i32, first: i32, last: i32): void {
  b += <usize>first * sizeof<N>()
  A += <usize>first * sizeof<N>()
  const end = <usize>n * stride
  let left = last - first
  for (; left >= 4 * lanes<N>(); left -= 4 * lanes<N>(), b += 64, A += 64) {
    let s0 = v128.load(b)
    let s1 = v128.load(b, 16)
    let s2 = v128.load(b, 32)
    let s3 = v128.load(b, 48)
    for (let at = A; at < A + end; at += stride) {
      s0 = v128.add<N>(s0, v128.load(at))
      s1 = v128.add<N>(s1, v128.load(at, 16))
      s2 = v128.add<N>(s2, v128.load(at, 32))
      s3 = v128.add<N>(s3, v128.load(at, 48))
    }
    storeFour(b, s0, s1, s2, s3)
  }
  for (; left > 0; left -= lanes<N>(), b += 16, A += 16) {
    let sum = loadUpTo<N>(b, left)
    for (let at = A; at < A + end; at += stride) sum = v128.add<N>(sum, loadUpTo<N>(at, left))
    storeUpTo<N>(b, sum, left)
  }
}

/** (m, n, w) → (n, m, w). Arguments: 0 to, 3 from, 5 m, 6 n, 7 w, in numbers. */
export function swapAxes<N>(thread: i32, threads: i32): i32 {
  const m = arg(5)
  const n = arg(6)
  const bytes = <usize>arg(7) * sizeof<N>()
  const last = shareStart(m, 1, thread + 1, threads)
  for (let i = shareStart(m, 1, thread, threads); i < last; i++) {
    let from = address(3) + <usize>(i * n) * bytes
    let to = address(0) + <usize>i * bytes
    for (let j = 0; j < n; j++, from += bytes, to += <usize>m * bytes) memory.copy(to, from, bytes)
  }
  return -1
}

/**
 * Columns of rows to columns of other rows, over what is there or onto it. Arguments, in numbers: 0 to, 1 from one row
 * to the next, 2 1 to add, 3 from, 4 from one row to the next, 5 rows, 7 columns.
 */
export function copyRows<N>(thread: i32, threads: i32): i32 {
  const columns = arg(7)
  const toStride = <usize>arg(1) * sizeof<N>()
  const fromStride = <usize>arg(4) * sizeof<N>()
  const first = shareStart(arg(5), 1, thread, threads)
  let to = address(0) + <usize>first * toStride
  let from = address(3) + <usize>first * fromStride
  const bytes = <usize>columns * sizeof<N>()
  for (let i = shareStart(arg(5), 1, thread + 1, threads) - first; i > 0; i--, to += toStride, from += fromStride) {
    if (arg(2) != 0) addRow<N>(to, from, columns)
    else memory.copy(to, from, bytes)
  }
  return -1
}
