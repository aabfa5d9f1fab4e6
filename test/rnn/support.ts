/** What the tests of the core share. */
import fc from 'fast-check'
import { Random, Tensor } from '../../src/rnn/index.ts'

/** A tensor of standard Gaussian numbers. */
export function gaussian(random: Random, shape: readonly number[], std = 1): Tensor {
  return Tensor.generate(shape, () => random.normal(0, std))
}

/** Gaussian tensors by name, one after another from one seed. */
export function gaussians<Name extends string>(
  seed: number,
  shapes: Readonly<Record<Name, readonly number[]>>,
): Record<Name, Tensor> {
  const random = new Random(seed)
  const entries = Object.entries<readonly number[]>(shapes)
  return Object.fromEntries(entries.map(([name, shape]) => [name, gaussian(random, shape)])) as Record<
    Name,
    Tensor
  >
}

/** `RangeError: …`: what a call throws. */
export function complaintOf(misuse: () => unknown): string {
  try {
    misuse()
  } catch (error) {
    return String(error)
  }
  throw new Error('expected an error, got none')
}

/** Holds for every case drawn, the same cases on every run. */
export function always<Case>(property: fc.IProperty<Case>, numRuns = 100): void {
  fc.assert(property, { seed: 1, numRuns })
}
