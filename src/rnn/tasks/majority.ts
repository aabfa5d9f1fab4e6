/** Majority: have there been more ones than zeros so far? A count to remember, which no single input changes much. */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/**
 * Fair random bits; the answer is asked for at every step, and a tie counts as no.
 *
 * @returns x (B, T, 1) bits; target (B, T, 1): 1 where more than half of the bits so far are 1
 * @throws RangeError unless every size is a whole number from 1
 * @example
 * ```ts
 * const { x, target } = majority(new Random(1), { batch: 1, steps: 6 })
 * x.reshape([6]) // → [0, 1, 1, 1, 0, 1]
 * target.reshape([6]) // → [0, 0, 1, 1, 1, 1]
 * ```
 */
export function majority(
  random: Random,
  { batch, steps }: { readonly batch: number; readonly steps: number },
): { x: Tensor; target: Tensor } {
  const shape = [expectWhole(batch, 'batch'), expectWhole(steps, 'steps'), 1]
  const x = Tensor.generate(shape, () => random.integer(2))
  let lead = 0
  const target = x.map((bit, k) => {
    lead = (k % steps === 0 ? 0 : lead) + (bit === 1 ? 1 : -1)
    return lead > 0 ? 1 : 0
  })
  return { x, target }
}

/**
 * The accuracy at step T of whoever sees bit T alone and repeats it: 1/2 + C(2n, n) / 2^(2n+1) with n = ⌊T/2⌋, the
 * chance that the other bits leave the decision to it. It falls as 1/√(2πT).
 *
 * @throws RangeError unless steps is a whole number from 1
 * @example
 * ```ts
 * majorityBaseline(1) // → 1
 * majorityBaseline(11) // → 0.623047
 * ```
 */
export function majorityBaseline(steps: number): number {
  let tie = 1
  for (let i = 1; i <= Math.floor(expectWhole(steps, 'steps') / 2); i++) tie *= (2 * i - 1) / (2 * i)
  return (1 + tie) / 2
}
