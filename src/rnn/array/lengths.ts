/** Batches of sequences that do not all have the same number of steps. */

/**
 * How many steps each of B sequences has: all T unless given.
 *
 * @throws RangeError unless there are B, each from 1 to T
 */
export function expectLengths(
  lengths: readonly number[] | undefined,
  B: number,
  T: number,
): readonly number[] {
  if (!lengths) return Array<number>(B).fill(T)
  if (lengths.length !== B) throw new RangeError(`lengths has length ${lengths.length}, expected B = ${B}`)
  for (let b = 0; b < B; b++) {
    const n = lengths[b]
    if (!Number.isInteger(n) || n < 1 || n > T)
      throw new RangeError(`lengths[${b}] is ${n}, expected a whole number from 1 to T = ${T}`)
  }
  return lengths
}
