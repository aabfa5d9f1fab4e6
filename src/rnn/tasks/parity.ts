/** Parity: is the number of ones so far odd? One bit to remember, but every input may turn it. */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/**
 * Fair random bits; the answer is asked for at every step. Whoever does not know all bits so far can only guess: the
 * baseline is an accuracy of 1/2 at every step but the first. (An old one: Minsky and Papert 1969. Hochreiter and
 * Schmidhuber 1997 warn that random weights find it too, so that it proves no learning over long distances.)
 *
 * @returns x (B, T, 1) bits; target (B, T, 1): 1 where the bits so far have an odd sum
 * @throws RangeError unless every size is a whole number from 1
 * @example
 * ```ts
 * const { x, target } = parity(new Random(1), { batch: 1, steps: 6 })
 * x.reshape([6]) // → [0, 1, 1, 1, 0, 1]
 * target.reshape([6]) // → [0, 1, 0, 1, 1, 0]
 * ```
 */
export function parity(
  random: Random,
  { batch, steps }: { readonly batch: number; readonly steps: number },
): { x: Tensor; target: Tensor } {
  const shape = [expectWhole(batch, 'batch'), expectWhole(steps, 'steps'), 1]
  const x = Tensor.generate(shape, () => random.integer(2))
  let odd = 0
  const target = x.map((bit, k) => {
    odd = k % steps === 0 ? bit : odd ^ bit
    return odd
  })
  return { x, target }
}
