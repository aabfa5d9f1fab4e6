/** The check that numbers are numbers: one NaN would go silently through everything that comes after it. */
import type { Numbers } from './numbers.ts'
import { formatShape, placeOf, type Shape } from './shape.ts'

/** @throws RangeError naming the first number that is NaN or infinite, and where it stands */
export function expectFinite(
  { data, shape }: { readonly data: Numbers; readonly shape: Shape },
  name: string,
): void {
  // A plain loop: `findIndex` takes several times as long, and this runs over every number of every forward.
  let at = 0
  while (at < data.length && Number.isFinite(data[at])) at++
  if (at === data.length) return
  const place = formatShape(placeOf(at, shape))
  throw new RangeError(`${name} is ${data[at]} at ${place}, expected finite numbers`)
}
