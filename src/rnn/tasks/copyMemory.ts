/** The copying memory problem: say again, after a long wait, what came first. */
import type { Random } from '../array/random.ts'
import { expectWhole } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { oneHot } from '../features/sequences.ts'

/** How much is to be copied, and after how long. */
export interface CopyOptions {
  /** Steps between the last symbol and the first answer, the mark included; T in the paper */
  readonly delay: number
  /** How many symbols are to be copied; 10 unless given */
  readonly length?: number
  /** How many there are to choose from; 8 unless given */
  readonly symbols?: number
}

/**
 * `length` random symbols, blanks, one mark, and blanks again, during which the symbols are asked for in their order.
 * (Hochreiter and Schmidhuber 1997; this form: Arjovsky, Shah and Bengio 2016, section 5.1)
 *
 * Classes: 0 … symbols - 1 are the symbols, then the blank, then the mark; K = symbols + 2 in all.
 *
 * @param batch B sequences, each of T = delay + 2 length steps
 * @returns tokens (B, T) classes; x (B, T, K) the same as unit vectors; target (B, T) classes: blank up to the last
 *   `length` steps
 * @throws RangeError unless every size is a whole number from 1
 * @example
 * ```ts
 * const { tokens, target } = copyMemory(new Random(1), { batch: 1, delay: 3, length: 2, symbols: 2 })
 * tokens // → [[0, 1, 2, 2, 3, 2, 2]]
 * target // → [[2, 2, 2, 2, 2, 0, 1]]
 * ```
 */
export function copyMemory(
  random: Random,
  { batch, delay, length = 10, symbols = 8 }: CopyOptions & { readonly batch: number },
): { x: Tensor; tokens: Tensor; target: Tensor } {
  expectWhole(batch, 'batch')
  expectSizes({ delay, length, symbols })
  const T = delay + 2 * length
  const [blank, mark] = [symbols, symbols + 1]
  const tokens = Tensor.full([batch, T], blank)
  const target = Tensor.full([batch, T], blank)
  for (let b = 0; b < batch; b++) {
    tokens.set([b, length + delay - 1], mark)
    for (let t = 0; t < length; t++) {
      const symbol = random.integer(symbols)
      tokens.set([b, t], symbol)
      target.set([b, length + delay + t], symbol)
    }
  }
  return { x: oneHot(tokens, symbols + 2), tokens, target }
}

/**
 * The cross-entropy, in nats per step, of knowing the form but no symbol: length · ln(symbols) / (delay + 2 length);
 * 10 ln 8 / (T + 20) in the paper's sizes.
 *
 * @throws RangeError unless every size is a whole number from 1
 * @example
 * ```ts
 * copyMemoryBaseline({ delay: 100 }) // → 0.173287
 * ```
 */
export function copyMemoryBaseline({ delay, length = 10, symbols = 8 }: CopyOptions): number {
  expectSizes({ delay, length, symbols })
  return (length * Math.log(symbols)) / (delay + 2 * length)
}

function expectSizes(sizes: Required<CopyOptions>): void {
  for (const [name, n] of Object.entries(sizes)) expectWhole(n, name)
}
