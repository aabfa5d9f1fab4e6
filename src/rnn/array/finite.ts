/** The check that numbers are numbers: one NaN would go silently through everything that comes after it. */
import type { Numbers } from './numbers.ts'
import { formatShape, placeOf, type Shape } from './shape.ts'

/**
 * @param expected what to do about it, unless it is only not to give such a number
 * @throws RangeError naming the first number that is NaN or infinite, and where it stands
 */
export function expectFinite(
  { data, shape }: { readonly data: Numbers; readonly shape: Shape },
  name: string,
  expected = 'finite numbers',
): void {
  if (isAllFinite(data)) return
  const at = data.findIndex(x => !Number.isFinite(x))
  const place = formatShape(placeOf(at, shape))
  throw new RangeError(`${name} is ${data[at]} at ${place}, expected ${expected}`)
}

/** A plain loop: `every` takes several times as long, and this runs over every number of every forward. */
function isAllFinite(data: Numbers): boolean {
  let at = 0
  while (at < data.length && Number.isFinite(data[at])) at++
  return at === data.length
}
