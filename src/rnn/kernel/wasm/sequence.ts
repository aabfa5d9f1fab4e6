/**
 * What the loops over time of all cells share. States have T + 1 slots of B rows: forwards, step s reads slot s and
 * writes slot s + 1; in reverse it reads slot s + 1 and writes slot s. A thread has the rows from `first` on, and an
 * instance of the module, so globals, of its own.
 */
import { address, arg } from './arguments'
import { lanes, loadUpTo, storeUpTo } from './vector'

/** Steps */
export let T: i32 = 0
/** Numbers in a state */
export let H: i32 = 0
/** Numbers in an input */
export let I: i32 = 0
/** This thread's rows, and where they begin */
export let rows: i32 = 0
let first: i32 = 0
/** Sequences in the batch */
export let B: i32 = 0
let reverse: bool = false
/** How many steps each sequence has, or 0 if all have T */
let lengths: usize = 0
/** The way back is cut before every k-th step; 0 for never */
let cut: i32 = 0

/** Arguments 0 to 6 of every operation over a sequence: T, B, H, direction, lengths, cut, I. False if there is no row. */
export function begin(thread: i32, threads: i32): bool {
  T = arg(0)
  B = arg(1)
  H = arg(2)
  reverse = arg(3) < 0
  lengths = address(4)
  cut = arg(5)
  I = arg(6)
  first = firstRow(thread, threads)
  rows = firstRow(thread + 1, threads) - first
  return rows > 0
}

/** Shares are of 4 rows, or a multiple of it. */
function firstRow(thread: i32, threads: i32): i32 {
  const tiles = (B + 3) >> 2
  return min(B, ((tiles * thread) / threads) << 2)
}

/** Whether there is only one sequence, which goes on to the last step, and back to the first. */
export function isAlone(): bool {
  return B == 1 && lengths == 0 && cut == 0
}

/** From a step's entry, of so many bytes, to that of the step after it, for a sequence alone. */
export function stride(bytes: usize): usize {
  return reverse ? -bytes : bytes
}

/** The q-th step to be taken. */
export function stepAt(q: i32): i32 {
  return reverse ? T - 1 - q : q
}

/** Where this thread's rows of entry i begin, in an array whose entries have B rows of `rowBytes`. */
// @ts-ignore: decorator
@inline
export function rowsOf(base: usize, i: i32, rowBytes: usize): usize {
  return base + <usize>(i * B + first) * rowBytes
}

/** The slot that step s reads. */
// @ts-ignore: decorator
@inline
export function slotBefore(s: i32): i32 {
  return reverse ? s + 1 : s
}

/** The slot that step s writes. */
// @ts-ignore: decorator
@inline
export function slotAfter(s: i32): i32 {
  return reverse ? s : s + 1
}

/** Whether no gradient goes from the q-th step to the one before. */
export function isCutBefore(q: i32): bool {
  return q > 0 && cut > 0 && q % cut == 0
}

/** Whether sequence r of this thread's has no step s. */
// @ts-ignore: decorator
@inline
export function hasEnded<N>(r: i32, s: i32): bool {
  return lengths != 0 && <N>s >= load<N>(lengths + <usize>(first + r) * sizeof<N>())
}

/** After step s, for sequences that have ended: forwards the state is 0, in reverse it has not begun and stays. */
export function holdEndedStates<N>(after: usize, before: usize, s: i32): void {
  if (lengths == 0) return
  const bytes = <usize>H * sizeof<N>()
  for (let r = 0; r < rows; r++) {
    if (!hasEnded<N>(r, s)) continue
    const row = <usize>r * bytes
    if (reverse) memory.copy(after + row, before + row, bytes)
    else memory.fill(after + row, 0, bytes)
  }
}

/**
 * Step s back for a row that has ended: no gradient of what it computed, `da` of n numbers; what comes back to a state
 * that was only held goes on to the state before.
 */
export function passEnded<N>(da: usize, n: i32, before: usize, after: usize, isCut: bool): void {
  memory.fill(da, 0, <usize>n * sizeof<N>())
  if (!isCut) addRow<N>(before, after, H)
}

/** A row of n numbers onto another. */
export function addRow<N>(to: usize, from: usize, n: i32): void {
  for (let left = n; left > 0; left -= lanes<N>(), to += 16, from += 16)
    storeUpTo<N>(to, v128.add<N>(loadUpTo<N>(to, left), loadUpTo<N>(from, left)), left)
}
