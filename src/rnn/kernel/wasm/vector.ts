/** What 128-bit vectors of float32 and of float64 have in common, so that all else is written once for both. */

/** How many numbers a vector holds: 4 of float32, 2 of float64. */
// @ts-ignore: decorator
@inline
export function lanes<N>(): i32 {
  return 16 / sizeof<N>()
}

/** c + a b: in one rounding where relaxed SIMD is built in, otherwise in two, as every machine does it. */
// @ts-ignore: decorator
@inline
export function addProduct<N>(c: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<N>(a, b, c)
  return v128.add<N>(c, v128.mul<N>(a, b))
}

/** Every lane the number at this address. */
// @ts-ignore: decorator
@inline
export function loadSplat<N>(address: usize): v128 {
  if (sizeof<N>() == 4) return v128.load32_splat(address)
  return v128.load64_splat(address)
}

/** The first n numbers at this address, n below `lanes`, zeros behind them. */
export function loadPart<N>(address: usize, n: i32): v128 {
  if (sizeof<N>() == 8) return v128.load64_zero(address)
  if (n == 1) return v128.load32_zero(address)
  const low = v128.load64_zero(address)
  return n == 2 ? low : v128.load_lane<u32>(address + 8, low, 2)
}

/** The first n numbers of x to this address, n below `lanes`. */
export function storePart<N>(address: usize, x: v128, n: i32): void {
  if (sizeof<N>() == 8) {
    v128.store_lane<u64>(address, x, 0)
    return
  }
  if (n == 1) {
    v128.store_lane<u32>(address, x, 0)
    return
  }
  v128.store_lane<u64>(address, x, 0)
  if (n == 3) v128.store_lane<u32>(address + 8, x, 2)
}

/**
 * A whole vector, or only its first `part` numbers if that is not 0. Loops over whole vectors pass a 0 that the compiler
 * sees, and what is left over is done once more with a part: a test at each load would take as long as the load.
 */
// @ts-ignore: decorator
@inline
export function loadOf<N>(address: usize, part: i32): v128 {
  return part == 0 ? v128.load(address) : loadPart<N>(address, part)
}

// @ts-ignore: decorator
@inline
export function storeOf<N>(address: usize, x: v128, part: i32): void {
  if (part == 0) v128.store(address, x)
  else storePart<N>(address, x, part)
}

/** The first n numbers, n up to a whole vector. */
// @ts-ignore: decorator
@inline
export function loadUpTo<N>(address: usize, n: i32): v128 {
  return n >= lanes<N>() ? v128.load(address) : loadPart<N>(address, n)
}

// @ts-ignore: decorator
@inline
export function storeUpTo<N>(address: usize, x: v128, n: i32): void {
  if (n >= lanes<N>()) v128.store(address, x)
  else storePart<N>(address, x, n)
}

// @ts-ignore: decorator
@inline
export function storeFour(address: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  v128.store(address, x0)
  v128.store(address, x1, 16)
  v128.store(address, x2, 32)
  v128.store(address, x3, 48)
}

/** 0 where x is finite, NaN where it is not: sums of remainders are NaN from the first such number on. */
// @ts-ignore: decorator
@inline
export function remainder<N>(x: v128): v128 {
  return v128.sub<N>(x, x)
}

/** The sum of four remainders. */
// @ts-ignore: decorator
@inline
export function remainders<N>(x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const r01 = v128.add<N>(remainder<N>(x0), remainder<N>(x1))
  return v128.add<N>(r01, v128.add<N>(remainder<N>(x2), remainder<N>(x3)))
}

/** Whether all that a sum of remainders has seen was finite. */
// @ts-ignore: decorator
@inline
export function isFinite<N>(sumOfRemainders: v128): bool {
  return !v128.any_true(v128.ne<N>(sumOfRemainders, sumOfRemainders))
}

/** The first of a thread's share of n, in whole units. */
export function shareStart(n: i32, unit: i32, thread: i32, threads: i32): i32 {
  const units = (n + unit - 1) / unit
  return min(n, <i32>((<i64>units * thread) / threads) * unit)
}
