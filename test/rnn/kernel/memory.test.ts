/** The arena when there is no more memory. */
import { expect, it } from 'vitest'
import { Arena } from '../../../src/rnn/kernel/simd/arena.ts'

it('says what is in use and what was asked for, and keeps the reason that it was given', () => {
  const arena = new Arena(new WebAssembly.Memory({ initial: 16, maximum: 32 }), 0, 2 ** 20)
  let error: unknown
  try {
    arena.allocate(3 * 2 ** 20)
  } catch (thrown) {
    error = thrown
  }
  expect(String(error)).toBe(
    "RangeError: the kernel's memory is full: 0 MB are in use and 3 MB more cannot be had, expected fewer or shorter sequences, or truncation",
  )
  expect((error as Error).cause).toBeInstanceOf(RangeError)
  expect(arena.allocate(2 ** 20)).toBe(0)
})
