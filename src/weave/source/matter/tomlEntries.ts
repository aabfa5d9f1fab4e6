/** TOML text → entries. The parser gives values without places: keys are looked for in the text. */
import { parse, TomlDate, TomlError } from 'smol-toml'
import type { Entries, Entry } from './entries.ts'

export function tomlEntries(text: string): Entries {
  try {
    return { entries: entriesOf(parse(text), lineOf(withoutLongTexts(text)), ''), problems: [] }
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const before = text.split('\n').slice(0, error.line - 1)
    const start = Math.min(
      before.join('\n').length + (before.length > 0 ? 1 : 0) + error.column - 1,
      text.length,
    )
    const message = error.message.split('\n')[0].replace('Invalid TOML document: ', '')
    const help = 'It is TOML: `key = value`, texts in quotes, lists in brackets.'
    return {
      entries: [],
      problems: [{ span: { start, end: Math.min(start + 1, text.length) }, rule: 'toml', message, help }],
    }
  }
}

interface Line {
  readonly start: number
  readonly key: string
  readonly end: number
  /** What stands behind the `=`. */
  readonly raw: string
}

type FindLine = (table: string, key: string) => Line | undefined

function entriesOf(table: Readonly<Record<string, unknown>>, find: FindLine, name: string): Entry[] {
  return Object.entries(table).map(([key, value]) => {
    const line = find(name, key)
    const start = line?.start ?? 0
    const end = line?.end ?? start
    const isTable =
      typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlDate)
    return {
      key,
      keySpan: { start, end: start + (line?.key.length ?? 0) },
      span: { start, end },
      // The parser turns 30 February into 2 March: what is written counts.
      value: value instanceof TomlDate ? (line?.raw ?? value.toISOString()) : value,
      written: written(value, line?.raw),
      entries: isTable
        ? entriesOf(value as Readonly<Record<string, unknown>>, find, name ? `${name}.${key}` : key)
        : undefined,
    }
  })
}

function written(value: unknown, raw: string | undefined): unknown {
  if (value instanceof TomlDate) return raw ?? value.toISOString()
  if (Array.isArray(value)) return value.map(v => written(v, undefined))
  if (typeof value === 'object' && value !== null) return value
  return typeof value === 'string' ? value : (raw ?? String(value))
}

/** Where a key of a table is written; the first place that looks like it. */
function lineOf(text: string): FindLine {
  const lines = new Map<string, Line>()
  let table = ''
  let at = 0
  const note = (name: string, line: Line) => lines.has(name) || lines.set(name, line)
  for (const line of text.split('\n')) {
    const head = /^\s*\[+([^[\]]+)\]/.exec(line)?.[1]
    const pair = /^(\s*)("[^"]*"|'[^']*'|[\w-]+)(?![\w-])[\w."'\s-]*=\s*(.*)$/.exec(line)
    if (head !== undefined) {
      table = head.replace(/["'\s]/g, '')
      const start = at + line.indexOf('[')
      note(table, { start, key: line.trim(), end: at + line.trimEnd().length, raw: '' })
    } else if (pair) {
      const [, indent, key, rest] = pair
      const name = key.replace(/^["']|["']$/g, '')
      const raw = rest.replace(/#.*$/, '').trimEnd()
      const place = { start: at + indent.length, key, end: at + line.trimEnd().length, raw }
      note(table ? `${table}.${name}` : name, place)
    }
    at += line.length + 1
  }
  return (table, key) => lines.get(table ? `${table}.${key}` : key)
}

/** Texts of several lines hold what looks like keys. */
function withoutLongTexts(text: string): string {
  return text.replace(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, long => long.replace(/[^\n]/g, ' '))
}
