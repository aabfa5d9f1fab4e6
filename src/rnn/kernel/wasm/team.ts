/**
 * Threads that do an operation together: the one that calls posts it, all do their share, and the caller waits for the
 * last. A waiting thread spins for a while, since waking one that sleeps takes longer than a small network's step.
 */
import { run } from './operations'

/** Grows with every operation posted. Each of these addresses is alone in its cache line. */
const epoch: usize = 256
/** Shares done of the operation posted. */
const done: usize = 320
const sleepers: usize = 384
/** + 0 the operation, + 4 how many threads, + 8 bytes of scratch for each, + 12 where scratch begins. */
const posted: usize = 448
/** What each thread's share returned: at most 64 of them. */
const results: usize = 512

const stop: i32 = -1

/** Turns of the waiting loop before a thread lies down to sleep: about a millisecond. */
const patience = 500_000

/** Does an operation with so many threads, this one among them. Returns the least of what they return, but for -1. */
export function call(operation: i32, threads: i32, scratch: usize, scratchBytes: usize): i32 {
  if (threads == 1) return run(operation, 0, 1, scratch)
  store<i32>(posted, operation)
  store<i32>(posted, threads, 4)
  store<i32>(posted, <i32>scratchBytes, 8)
  store<i32>(posted, <i32>scratch, 12)
  atomic.store<i32>(done, 0)
  atomic.add<i32>(epoch, 1)
  if (atomic.load<i32>(sleepers) > 0) atomic.notify(epoch, threads)
  let result = run(operation, 0, threads, scratch)
  while (atomic.load<i32>(done) < threads - 1) {}
  for (let t = 1; t < threads; t++) {
    const other = load<i32>(results + (<usize>t << 2))
    if (other >= 0 && (result < 0 || other < result)) result = other
  }
  return result
}

/** What a thread of the team does until it is told to stop. `seen`: the epoch when it was made. */
export function work(thread: i32, seen: i32): void {
  for (;;) {
    seen = next(seen)
    const operation = load<i32>(posted)
    if (operation == stop) return
    const threads = load<i32>(posted, 4)
    if (thread >= threads) continue
    const scratch = <usize>load<i32>(posted, 12) + <usize>thread * <usize>load<i32>(posted, 8)
    store<i32>(results + (<usize>thread << 2), run(operation, thread, threads, scratch))
    atomic.add<i32>(done, 1)
  }
}

/** Waits for an epoch after the one seen. */
function next(seen: i32): i32 {
  for (let turns = 0; turns < patience; turns++) {
    const now = atomic.load<i32>(epoch)
    if (now != seen) return now
  }
  atomic.add<i32>(sleepers, 1)
  while (atomic.load<i32>(epoch) == seen) atomic.wait<i32>(epoch, seen, -1)
  atomic.sub<i32>(sleepers, 1)
  return atomic.load<i32>(epoch)
}

export function currentEpoch(): i32 {
  return atomic.load<i32>(epoch)
}

/** Lets all threads of the team end. */
export function dismiss(): void {
  store<i32>(posted, stop)
  atomic.add<i32>(epoch, 1)
  atomic.notify(epoch, i32.MAX_VALUE)
}
