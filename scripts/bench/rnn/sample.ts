/** How long something takes. */
import type { Times } from './cases.ts'

/** Milliseconds. A sample takes so long at least, for the clock's own cost not to show. */
export const shortest = 0.5

/**
 * Milliseconds of one call, sample by sample: a sample is as many calls as it needs.
 *
 * @param now milliseconds
 */
export function sample(work: () => void, seconds: number, now = () => performance.now()): number[] {
  const taken: number[] = []
  const end = now() + seconds * 1000
  let calls = 1
  do {
    const began = now()
    for (let i = 0; i < calls; i++) work()
    const time = now() - began
    if (time < shortest) calls *= 2
    else taken.push(time / calls)
  } while (taken.length === 0 || now() < end)
  return taken
}

/** Milliseconds of one call in n samples of so many calls: for those who must make as many as others do. */
export function sampleCalls(work: () => void, calls: number, n: number): number[] {
  return Array.from({ length: n }, () => {
    const began = performance.now()
    for (let i = 0; i < calls; i++) work()
    return (performance.now() - began) / calls
  })
}

export function timesOf(taken: readonly number[]): Times {
  const sorted = taken.toSorted((a, b) => a - b)
  return { best: sorted[0], median: sorted[sorted.length >> 1] }
}
