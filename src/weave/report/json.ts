/** What a check says, for programs. The format grows, and what is there keeps its meaning. */
import type { Diagnostic } from '../base/diagnostic.ts'

export interface JsonReport {
  readonly version: 1
  /** No error: warnings may be there. */
  readonly ok: boolean
  readonly errors: number
  readonly warnings: number
  readonly statistics: Readonly<Record<string, number>>
  /** Places count from 1, columns in UTF-16 units; `range` is absent where the whole file is meant. */
  readonly diagnostics: readonly Diagnostic[]
}

export function toJson(
  diagnostics: readonly Diagnostic[],
  statistics: Readonly<Record<string, number>>,
): string {
  const errors = diagnostics.filter(d => d.severity === 'error').length
  const report: JsonReport = {
    version: 1,
    ok: errors === 0,
    errors,
    warnings: diagnostics.length - errors,
    statistics,
    diagnostics: diagnostics.map(({ stack: _, ...d }) => d),
  }
  return `${JSON.stringify(report, undefined, 1)}\n`
}
