/**
 * One operation on the same numbers in two kernels. What an operation is given lies between guards, numbers that it
 * must neither read nor write, so nothing is aligned and whatever is written beside a block shows.
 */
import { expect } from 'vitest'
import { allocate, type DType, type Numbers } from '../../../src/rnn/array/numbers.ts'
import { Random } from '../../../src/rnn/index.ts'
import type { FirstBadStep, Kernel } from '../../../src/rnn/kernel/interface.ts'
import type { Block } from '../../../src/rnn/kernel/workspace.ts'

/** What is left of the arrays, guards and all, by name; and what the operation returned. */
export interface Outcome {
  readonly arrays: Readonly<Record<string, Numbers>>
  readonly returned: Returned
}

type Returned = FirstBadStep | boolean | undefined

export type Arrays = Readonly<Record<string, ArrayLike<number>>>

/** More than a tile's width in float32, and odd. */
const guard = 11

const guarded = (n: number, numbers: ArrayLike<number>) =>
  Array.from({ length: n + 2 * guard }, (_, i) =>
    i < guard || i >= n + guard ? 1e6 + i : numbers[i - guard],
  )

/** Does it on blocks of a workspace of the kernel's. */
export function onBlocks<Given extends Arrays>(
  kernel: Kernel,
  dtype: DType,
  given: Given,
  operation: (blocks: Record<keyof Given, Block>) => Returned,
): Outcome {
  const names = Object.keys(given)
  const sizes = Object.fromEntries(names.map(name => [name, given[name].length + 2 * guard]))
  const space = kernel.workspace(sizes, dtype)
  const { blocks } = space
  space.use()
  for (const name of names) blocks[name].numbers.set(guarded(given[name].length, given[name]))
  const parts = names.map(name => [name, blocks[name].part(guard, given[name].length)])
  const returned = operation(Object.fromEntries(parts))
  const arrays = Object.fromEntries(names.map(name => [name, blocks[name].numbers.slice()]))
  space.release()
  return { arrays, returned }
}

/** Does it on plain arrays. */
export function onArrays<Given extends Arrays>(
  dtype: DType,
  given: Given,
  operation: (arrays: Record<keyof Given, Numbers>) => void,
): Outcome {
  const names = Object.keys(given)
  const arrays: Record<string, Numbers> = {}
  for (const name of names) {
    arrays[name] = allocate(given[name].length + 2 * guard, dtype)
    arrays[name].set(guarded(given[name].length, given[name]))
  }
  const parts = names.map(name => [name, arrays[name].subarray(guard, guard + given[name].length)])
  operation(Object.fromEntries(parts))
  return { arrays, returned: undefined }
}

/** The array that an operation was given, without its guards. */
export function inside({ arrays }: Outcome, name: string): Numbers {
  return arrays[name].subarray(guard, -guard)
}

/** n standard Gaussian numbers. */
export function normals(seed: number, n: number, std = 1): Float64Array {
  const random = new Random(seed)
  return Float64Array.from({ length: n }, () => random.normal(0, std))
}

/** Every number of every array, guards too. */
export function expectSameBits(actual: Outcome, expected: Outcome): void {
  expect(firstDifference(actual, expected, Object.is)).toBe('')
}

/** |a - b| at most `bound`, or that times |b| where b is above 1; NaN and infinities the same. */
export function expectNear(actual: Outcome, expected: Outcome, bound: number): void {
  const isNear = (a: number, b: number) =>
    Object.is(a, b) || Math.abs(a - b) <= bound * Math.max(1, Math.abs(b))
  expect(firstDifference(actual, expected, isNear)).toBe('')
}

/** `gates[7] is 0.5, not 0.25`, or nothing. */
function firstDifference(
  actual: Outcome,
  expected: Outcome,
  agree: (a: number, b: number) => boolean,
): string {
  if (actual.returned !== expected.returned) return `returned ${actual.returned}, not ${expected.returned}`
  for (const name of Object.keys(expected.arrays)) {
    const [a, b] = [actual.arrays[name], expected.arrays[name]]
    for (let i = 0; i < b.length; i++)
      if (!agree(a[i], b[i])) return `${name}[${i - guard}] is ${signed(a[i])}, not ${signed(b[i])}`
  }
  return ''
}

function signed(x: number): string {
  return Object.is(x, -0) ? '-0' : `${x}`
}
