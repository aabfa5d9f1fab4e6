/** Bundle + versions + options → the name under which a run's outputs are kept. */
import { hashOf, stableJson } from '../base/hash.ts'
import type { Bundle } from './bundle.ts'

export interface RunInputs {
  readonly bundle: Bundle
  /** Content hashes of the files that cells read at run time (`inputs:`), by path as written. */
  readonly files: unknown
  /** Formulas that cells verify, and the macros in them. */
  readonly claims: unknown
  /** What the limits are: a run that was cut short under others says nothing. */
  readonly limits: { readonly seconds: number; readonly megabytes: number }
  /** Hash of the code that executes bundles and turns values into outputs. */
  readonly runtime: string
  /** Node's major version. */
  readonly node: string
}

/** The bundle's text holds no positions, so that an edit of prose changes no key. */
export function runKey({ bundle, files, limits, claims, runtime, node }: RunInputs): string {
  const versions = Object.fromEntries(Object.entries(bundle.externals).map(([s, e]) => [s, e.version]))
  return hashOf('run', bundle.code, stableJson({ versions, files, limits, claims, runtime, node }))
}
