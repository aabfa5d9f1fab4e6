/** What a cell's outputs depend on, piece by piece: together they are its cache key, one by one they explain it. */
import { hashOf, stableJson } from '../base/hash.ts'
import type { Bundle } from '../program/bundle.ts'
import type { Slice, Slices } from '../program/slices.ts'

export interface Part {
  readonly kind: 'cell' | 'inline' | 'file' | 'package' | 'input' | 'option' | 'runtime'
  /** `fig-decay`, `src/rnn/array/tensor.ts`, `katex`, `data.csv`. */
  readonly name: string
  readonly hash: string
}

export interface Surroundings {
  readonly bundle: Bundle
  /** Content hashes of `inputs:`, by cell index and name. */
  readonly inputs: Readonly<Record<number, Readonly<Record<string, string>>>>
  /** What a cell's options say beyond its code: formulas that it verifies. */
  readonly claims: Readonly<Record<number, unknown>>
  /** Limits and macros: the same for all cells of a chapter. */
  readonly options: Readonly<Record<string, unknown>>
  /** The pipeline's own code, and Node. */
  readonly runtime: Readonly<Record<string, string>>
  /** How the author would call a unit. */
  readonly nameOf: (unit: number) => string
}

/** In the order in which they count. */
export function partsOf(slice: Slice, { units, texts }: Slices, around: Surroundings): readonly Part[] {
  const { bundle, inputs, claims, options, runtime, nameOf } = around
  const own = units.indexOf(slice.unit)
  const code = slice.needs.map(
    (u): Part => ({ kind: units[u].kind, name: nameOf(u), hash: hashOf(units[u].kind, texts[u]) }),
  )
  const files = new Map<string, string[]>()
  for (const item of slice.reached) {
    const name = item.file ?? item.from ?? ''
    files.set(name, [...(files.get(name) ?? []), item.text])
  }
  const reached = [...files].map(([name, code]): Part => {
    const external = bundle.externals[name.replace(/^npm:/, '')]
    return external
      ? { kind: 'package', name: name.replace(/^npm:/, ''), hash: hashOf(external.version, ...code) }
      : { kind: 'file', name, hash: hashOf(...code) }
  })
  const read = slice.needs.flatMap(u =>
    units[u].kind === 'cell'
      ? Object.entries(inputs[units[u].index] ?? {}).map(
          ([name, hash]): Part => ({ kind: 'input', name, hash }),
        )
      : [],
  )
  const claim = slice.unit.kind === 'cell' ? claims[slice.unit.index] : undefined
  const said = Object.entries({ ...options, ...(claim ? { [`verify of ${nameOf(own)}`]: claim } : {}) }).map(
    ([name, value]): Part => ({ kind: 'option', name, hash: hashOf(stableJson(value ?? null)) }),
  )
  const machine = Object.entries(runtime).map(([name, hash]): Part => ({ kind: 'runtime', name, hash }))
  return [...code, ...reached, ...read, ...said, ...machine]
}

/** Names do not count: a cell that is renamed, or moved by a new one above it, gives what it gave; so does a file. */
export function unitKey(slice: Slice, parts: readonly Part[]): string {
  const counted = parts.map(({ kind, hash }) => `${kind} ${hash}`)
  return hashOf('unit', slice.unit.kind, ...counted)
}
