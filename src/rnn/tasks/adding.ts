/** The adding problem: can a network carry two numbers over a long distance? */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** The squared error of always answering 1, the best that knows nothing: Var(U₁ + U₂) = 1/6. */
export const addingBaseline = 1 / 6

/**
 * Each step has a number from U[0, 1) and a mark. One step of the first half and one of the second is marked; at the end
 * the sum of their numbers is asked for. (Hochreiter and Schmidhuber 1997, experiment 4, in the form of Le, Jaitly and
 * Hinton 2015 and Arjovsky, Shah and Bengio 2016: theirs are numbers from 0 to 1, and the answer is not rescaled.)
 *
 * @param batch B sequences
 * @param steps T, at least 2
 * @returns x (B, T, 2): number, mark; target (B, 1)
 * @throws RangeError unless batch is a whole number from 1, and steps from 2
 * @example
 * ```ts
 * const { x, target } = addingProblem(new Random(1), { batch: 8, steps: 50 })
 * const [first] = x.rows()
 * const sum = first.column(0).dot(first.column(1))
 * Math.abs(sum - target.at(0, 0)) < 1e-12 // → true
 * ```
 */
export function addingProblem(
  random: Random,
  { batch, steps }: { readonly batch: number; readonly steps: number },
): { x: Tensor; target: Tensor } {
  expectWhole(batch, 'batch')
  expectWhole(steps, 'steps', 2)
  const x = Tensor.generate([batch, steps, 2], k => (k % 2 === 0 ? random.uniform() : 0))
  const half = Math.floor(steps / 2)
  const target = Tensor.generate([batch, 1], b => {
    const marked = [random.integer(half), half + random.integer(steps - half)]
    for (const t of marked) x.set([b, t, 1], 1)
    return marked.reduce((sum, t) => sum + x.at(b, t, 0), 0)
  })
  return { x, target }
}
