/** YAML mappings whose keys and types are known: front matter, cell options. Every mistake at its own place. */
import { isMap, isScalar, parseDocument } from 'yaml'
import { nearest } from '../base/nearest.ts'
import { tooDeepAt } from '../base/nesting.ts'
import type { Span } from '../base/position.ts'

/** What a key's value must be. `read` gives the value as it is kept, or undefined when it does not fit. */
export interface ValueRule {
  readonly expected: string
  readonly read: (value: unknown) => unknown
}

export interface YamlProblem {
  /** Offsets into the YAML text. */
  readonly span: Span
  readonly rule: string
  readonly message: string
  readonly help?: string
}

export interface YamlValues {
  readonly values: Readonly<Record<string, unknown>>
  /** Where each key with its value lies in the YAML text. */
  readonly spans: Readonly<Record<string, Span>>
  readonly problems: readonly YamlProblem[]
}

/** Brackets that may be open at once. */
const mostBrackets = 100
const yamlHelp = 'It is YAML: `key: value`, lists with `- `, texts with `: ` or `#` in quotes.'

/** Reads a mapping by rules. What is wrong is left out and reported; the rest is kept. */
export function readYaml(text: string, rules: Readonly<Record<string, ValueRule>>, what: string): YamlValues {
  const deep = tooDeepAt(text, mostBrackets)
  if (deep !== undefined) {
    const message = `more than ${mostBrackets} brackets are open here`
    const problem = { span: { start: deep, end: deep + 1 }, rule: 'yaml', message, help: yamlHelp }
    return { values: {}, spans: {}, problems: [problem] }
  }
  const document = parseDocument(text, { uniqueKeys: true, prettyErrors: false })
  const problems: YamlProblem[] = document.errors.map(({ message, pos: [start, end], code }) => ({
    span: { start: Math.min(start, text.length), end: Math.min(Math.max(end, start + 1), text.length) },
    rule: code === 'DUPLICATE_KEY' ? `${what}-doubled` : 'yaml',
    message: code === 'DUPLICATE_KEY' ? 'this key is given twice' : message,
    help: code === 'DUPLICATE_KEY' ? 'Keep one of them.' : yamlHelp,
  }))
  const values: Record<string, unknown> = {}
  const spans: Record<string, Span> = {}
  const { contents } = document
  if (contents === null || problems.length > 0) return { values, spans, problems }
  if (!isMap(contents)) {
    const span = { start: 0, end: text.trimEnd().length }
    const message = 'expected `key: value` lines'
    const help = `Known: ${Object.keys(rules).join(', ')}.`
    return { values, spans, problems: [{ span, rule: 'yaml', message, help }] }
  }
  for (const { key, value } of contents.items) {
    const name = String(isScalar(key) ? key.value : key)
    const start = isScalar(key) ? (key.range?.[0] ?? 0) : 0
    const end = nodeEnd(value) ?? start + name.length
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (!rule) {
      const guess = nearest(name, Object.keys(rules))
      const help = guess ? `Did you mean \`${guess}\`?` : `Known: ${Object.keys(rules).join(', ')}.`
      const span = { start, end: start + name.length }
      problems.push({ span, rule: `${what}-unknown`, message: `unknown ${what}: ${name}`, help })
      continue
    }
    spans[name] = { start, end }
    const plain: unknown = toPlain(value)
    const kept = rule.read(plain)
    if (kept === undefined)
      problems.push({
        span: { start, end },
        rule: `${what}-type`,
        message: `${name}: expected ${rule.expected}, got ${plain === null ? 'nothing' : JSON.stringify(plain)}`,
        help: `Write another value, or remove \`${name}\`.`,
      })
    else values[name] = kept
  }
  return { values, spans, problems }
}

function nodeEnd(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined
  return node.range[1] as number
}

function toPlain(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'toJSON' in node && typeof node.toJSON === 'function'
    ? (node.toJSON() as unknown)
    : node
}

const when =
  (fits: (value: unknown) => boolean) =>
  (value: unknown): unknown =>
    fits(value) ? value : undefined

/** The rules that both kinds of mapping share. */
export const rule = {
  text: {
    expected: 'a text',
    read: v => (typeof v === 'string' ? v : typeof v === 'number' ? String(v) : undefined),
  },
  flag: { expected: 'true or false', read: when(v => typeof v === 'boolean') },
  number: { expected: 'a number', read: when(v => typeof v === 'number' && Number.isFinite(v)) },
  positive: {
    expected: 'a number above 0',
    read: when(v => typeof v === 'number' && Number.isFinite(v) && v > 0),
  },
  texts: {
    expected: 'a text or a list of texts',
    read: v =>
      typeof v === 'string'
        ? [v]
        : Array.isArray(v) && v.every(t => typeof t !== 'object')
          ? v.map(String)
          : undefined,
  },
} satisfies Record<string, ValueRule>
