/** Sizes of dense row-major arrays, and the one check that every function makes first. */

/** Sizes of the axes, the slowest first: [2, 3] has two rows of three. */
export type Shape = readonly number[]

/** In `expectShape`: an axis that may have any size. */
export const anySize = undefined

/** How many numbers an array of this shape holds: the product of its sizes, 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1)
}

/** `[2, 3]`, as error messages and displays write it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, axis) => n === b[axis])
}

/** Where the number at an offset of the flat array stands: `placeOf(5, [2, 3])` is [1, 2]. */
export function placeOf(offset: number, shape: Shape): number[] {
  return shape.map((n, axis) => Math.floor(offset / sizeOf(shape.slice(axis + 1))) % n)
}

/**
 * Checks an array's axes against named sizes and returns all of them by name.
 *
 * `const { T } = expectShape(x, { T: anySize, I: 3 }, 'x')` accepts [7, 3] and gives T = 7.
 *
 * @throws RangeError naming the array and both shapes: `x has shape [7, 4], expected [T, I = 3]`
 */
export function expectShape<Axis extends string>(
  x: { readonly shape: Shape },
  sizes: Readonly<Record<Axis, number | undefined>>,
  name: string,
): Record<Axis, number> {
  const axes = Object.entries(sizes) as [Axis, number | undefined][]
  const fits =
    x.shape.length === axes.length && axes.every(([, n], axis) => n === anySize || n === x.shape[axis])
  if (!fits) {
    const expected = axes.map(([axis, n]) => (n === anySize ? axis : `${axis} = ${n}`)).join(', ')
    throw new RangeError(`${name} has shape ${formatShape(x.shape)}, expected [${expected}]`)
  }
  return Object.fromEntries(axes.map(([axis], i) => [axis, x.shape[i]])) as Record<Axis, number>
}

/** n itself. @throws RangeError unless it is a whole number from `least`, naming the argument */
export function expectWhole(n: number, name: string, least = 1): number {
  if (!Number.isInteger(n) || n < least)
    throw new RangeError(`expected ${name} to be a whole number from ${least}, got ${n}`)
  return n
}
