/** The latch: has A been seen yet? One bit to set once, and then to keep whatever comes. */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { oneHot } from '../features/sequences.ts'

/**
 * Half of the sequences, on average, have the symbol A (number 0) at one step, any of them equally likely; all other
 * symbols are drawn from the others. The answer is asked for at every step. (After the latch problem of Bengio, Simard
 * and Frasconi 1994, with the event at any step instead of the first ones.)
 *
 * @param symbols K, A among them, at least 2; 4 unless given
 * @returns x (B, T, K) unit vectors; target (B, T, 1): 1 from the step of A on
 * @throws RangeError unless batch and steps are whole numbers from 1, and symbols from 2
 * @example
 * ```ts
 * const { x, target } = latch(new Random(3), { batch: 1, steps: 5 })
 * x.argmax() // → [[2, 3, 1, 0, 2]]
 * target.reshape([5]) // → [0, 0, 0, 1, 1]
 * ```
 */
export function latch(
  random: Random,
  {
    batch,
    steps,
    symbols = 4,
  }: { readonly batch: number; readonly steps: number; readonly symbols?: number },
): { x: Tensor; target: Tensor } {
  expectWhole(batch, 'batch')
  expectWhole(steps, 'steps')
  expectWhole(symbols, 'symbols', 2)
  const tokens = Tensor.generate([batch, steps], () => 1 + random.integer(symbols - 1))
  const target = Tensor.zeros([batch, steps, 1])
  for (let b = 0; b < batch; b++) {
    if (random.integer(2) === 0) continue
    const at = random.integer(steps)
    tokens.set([b, at], 0)
    target.row(b).slice(at).data.fill(1)
  }
  return { x: oneHot(tokens, symbols), target }
}

/**
 * The accuracy at the last step of whoever sees that step alone and says yes only at A: 1/2 + 1/(2T).
 *
 * @throws RangeError unless steps is a whole number from 1
 * @example
 * ```ts
 * latchBaseline(10) // → 0.55
 * ```
 */
export function latchBaseline(steps: number): number {
  return (1 + 1 / expectWhole(steps, 'steps')) / 2
}
