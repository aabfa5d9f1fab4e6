/** `a_k \to b`, with one binding for each k: the distance must shrink, and end within the tolerance. */
import { comparable, pairs } from './relate.ts'
import { largest, type Value } from './value.ts'

/** @param sequence [a, limit] for each binding; a limit that is absent is infinity. @returns what is wrong, if anything */
export function converges(sequence: readonly (readonly Value[])[], tolerance: number): string | undefined {
  if (sequence.length < 3)
    return `a limit needs a sequence: expected at least 3 bindings, got ${sequence.length}`
  const distances = sequence.map(([a, limit]) => (limit ? distance(a, limit) : 1 / largest(a.data)))
  if (distances.some(Number.isNaN)) return 'the two sides of \\to differ in shape'
  const grows = distances.findIndex((d, i) => i > 0 && d > distances[i - 1])
  const shown = distances.map(d => d.toPrecision(3)).join(', ')
  const what = sequence[0].length > 1 ? 'the distances' : 'the reciprocals'
  if (grows > 0) return `this does not tend there: ${what} are ${shown}, growing at binding ${grows + 1}`
  const last = distances[distances.length - 1]
  if (last <= tolerance) return undefined
  return `this has not come within ${tolerance}: ${what} are ${shown}`
}

function distance(a: Value, limit: Value): number {
  if (!comparable(a, limit)) return Number.NaN
  return pairs(a, limit).reduce((max, [x, y]) => Math.max(max, Math.abs(x - y)), 0)
}
