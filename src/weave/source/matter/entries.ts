/** `key: value` as YAML, TOML and JSON have it in common: what a key says, and where it stands. */
import type { Span } from '../../base/position.ts'

export interface Entry {
  readonly key: string
  /** Offsets of the key into the text that was read. */
  readonly keySpan: Span
  /** Offsets of the key with its value. */
  readonly span: Span
  readonly value: unknown
  /** The value with its scalars as they are written, so that `1.0` stays `1.0`; null for what is empty. */
  readonly written: unknown
  /** What stands behind a `#` on the key's line. */
  readonly comment?: string
  /** Of a mapping: what is in it. */
  readonly entries?: readonly Entry[]
}

export interface EntryProblem {
  /** Offsets into the text that was read. */
  readonly span: Span
  readonly rule: string
  readonly message: string
  readonly help?: string
  /** An error unless it says otherwise. */
  readonly severity?: 'warning'
}

export interface Entries {
  readonly entries: readonly Entry[]
  readonly problems: readonly EntryProblem[]
}

/** A value as a message shows it: short, whatever it is. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value === 'number') return String(value)
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}
