/** Mappings whose keys and types are known: cell options, captions of diagrams. Every mistake at its own place. */

import { nearest } from '../../base/nearest.ts'
import { own } from '../../base/own.ts'
import type { Span } from '../../base/position.ts'
import { type EntryProblem, shownValue } from './entries.ts'
import { yamlEntries } from './yamlEntries.ts'

/** What a key's value must be. `read` gives the value as it is kept, or undefined when it does not fit. */
export interface ValueRule {
  readonly expected: string
  readonly read: (value: unknown) => unknown
  /** `read` gets scalars as they are written: a text that looks like a number stays as it is. */
  readonly asWritten?: true
  /** What to do about a value that does not fit, where there is more to say than "write another". */
  readonly help?: (value: unknown) => string | undefined
}

export interface YamlValues {
  readonly values: Readonly<Record<string, unknown>>
  /** Where each key with its value lies in the YAML text. */
  readonly spans: Readonly<Record<string, Span>>
  readonly problems: readonly EntryProblem[]
}

/** Reads a mapping by rules. What is wrong is left out and reported; the rest is kept. */
export function readYaml(text: string, rules: Readonly<Record<string, ValueRule>>, what: string): YamlValues {
  const { entries, problems: found } = yamlEntries(text, what)
  const problems = [...found]
  const values: Record<string, unknown> = {}
  const spans: Record<string, Span> = {}
  for (const entry of entries) {
    const { key, keySpan, span } = entry
    const rule = own(rules, key)
    if (!rule) {
      const message = `unknown ${what}: ${key}`
      problems.push({
        span: keySpan,
        rule: `${what}-unknown`,
        message,
        help: knownHelp(key, Object.keys(rules)),
      })
      continue
    }
    spans[key] = span
    const kept = rule.read(rule.asWritten ? entry.written : entry.value)
    if (kept === undefined) problems.push(unfit(entry, rule, what))
    else values[key] = kept
  }
  return { values, spans, problems }
}

/** What to do about a key that is not known. */
export function knownHelp(key: string, known: readonly string[]): string {
  const guess = nearest(key, known)
  return guess ? `Did you mean \`${guess}\`?` : `Known: ${known.join(', ')}.`
}

/** A value that is not what its key wants. */
export function unfit(
  { key, span, value }: { readonly key: string; readonly span: Span; readonly value: unknown },
  { expected, help }: ValueRule,
  what: string,
): EntryProblem {
  return {
    span,
    rule: `${what}-type`,
    message: `${key}: expected ${expected}, got ${shownValue(value)}`,
    help: help?.(value) ?? `Write another value, or remove \`${key}\`.`,
  }
}

const when =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): unknown =>
    fits(value) ? value : undefined

const spokenFlags: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  y: true,
  '1': true,
  no: false,
  off: false,
  n: false,
  '0': false,
}

/** The rules that several kinds of mapping share. */
export const rule = {
  text: {
    expected: 'a text',
    asWritten: true,
    read: v => (typeof v === 'string' ? v : typeof v === 'number' ? String(v) : undefined),
  },
  flag: {
    expected: 'true or false',
    read: when(v => typeof v === 'boolean'),
    help: v => {
      const word = String(v).toLowerCase()
      const meant = Object.hasOwn(spokenFlags, word) ? spokenFlags[word] : nearest(word, ['true', 'false'])
      return meant === undefined ? undefined : `Did you mean \`${meant}\`?`
    },
  },
  number: { expected: 'a number', read: when(v => typeof v === 'number' && Number.isFinite(v)) },
  positive: {
    expected: 'a number above 0',
    read: when(v => typeof v === 'number' && Number.isFinite(v) && v > 0),
  },
  texts: {
    expected: 'a text or a list of texts',
    asWritten: true,
    read: v =>
      typeof v === 'string'
        ? [v]
        : Array.isArray(v) && v.every(t => typeof t !== 'object')
          ? v.map(String)
          : undefined,
  },
} satisfies Record<string, ValueRule>
