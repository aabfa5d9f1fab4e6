/** YAML text → entries. Whatever is written there, however deep or entangled: a problem at its place, never a throw. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  parseDocument,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import { tooDeepAt } from '../../base/nesting.ts'
import type { Span } from '../../base/position.ts'
import type { Entries, Entry, EntryProblem } from './entries.ts'

const yamlHelp = 'It is YAML: `key: value`, lists with `- `, texts with `: ` or `#` in quotes.'

/** Values that aliases may add up to: ten lines of them can stand for more than fits into memory. */
const largest = 10_000
const deepest = 64
const deepMessage = 'this is nested too deeply'

class TooLarge extends Error {}

/**
 * Reads a mapping. JSON is YAML, too.
 *
 * @param what `key` or `option`: how problems call an entry
 */
export function yamlEntries(text: string, what: string): Entries {
  const deep = tooDeepAt(text, deepest)
  if (deep !== undefined)
    return {
      entries: [],
      problems: [
        { span: { start: deep, end: deep + 1 }, rule: 'yaml', message: deepMessage, help: yamlHelp },
      ],
    }
  // The library looks for doubled keys by comparing each with each.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false })
  const errors = document.errors.map(e => libraryProblem(e, text))
  const { contents } = document
  if (errors.length > 0 || (contents !== null && !isMap(contents)))
    return { entries: [], problems: explained(text) ?? (errors.length > 0 ? errors : [notMapping(text)]) }
  const problems: EntryProblem[] = document.warnings.map(w => ({
    ...libraryProblem(w, text),
    severity: 'warning',
  }))
  const budget = { left: text.length + largest }
  const items = contents === null ? [] : withoutDoubles(document, contents, what, problems)
  const entries = items.flatMap(pair => {
    try {
      return toEntry(pair, document, budget)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      problems.push({
        span: pairSpan(pair),
        rule: 'yaml',
        message: error.message,
        help: 'Write the values out.',
      })
      return []
    }
  })
  return { entries, problems }
}

/** The first of each key. Doubled ones are reported, in mappings inside of values, too. */
function withoutDoubles(
  document: Document,
  contents: YAMLMap,
  what: string,
  problems: EntryProblem[],
): readonly Pair[] {
  const doubled = new Set<unknown>()
  visit(document, {
    Map(_, map) {
      const names = new Set<string>()
      for (const pair of map.items) {
        const name = nameOf(pair.key)
        if (names.has(name)) doubled.add(pair)
        names.add(name)
      }
    },
  })
  for (const pair of doubled) {
    const [start, end] = rangeOf((pair as Pair).key) ?? [0, 1]
    const message = 'this key is given twice'
    problems.push({ span: { start, end }, rule: `${what}-doubled`, message, help: 'Keep one of them.' })
  }
  return contents.items.filter(pair => !doubled.has(pair))
}

function libraryProblem({ message, pos: [start, end], code }: YAMLError, text: string): EntryProblem {
  return {
    span: { start: Math.min(start, text.length), end: Math.min(Math.max(end, start + 1), text.length) },
    rule: 'yaml',
    message: code === 'RESOURCE_EXHAUSTION' ? deepMessage : message,
    help: yamlHelp,
  }
}

/** The commonest slip, for which the library has no words: `title:text`, `title：text`. */
function explained(text: string): EntryProblem[] | undefined {
  const slips = [...text.matchAll(/^[ \t]*[A-Za-z][\w-]*(：[ \t]*|:(?=[^\s/]))/gmu)].filter(
    // A colon inside a text that goes on from the line before is none of a key.
    m => !/^[ \t]/.test(m[0]),
  )
  if (slips.length === 0) return undefined
  return slips.map(m => {
    const start = m.index + m[0].length - m[1].length
    return {
      span: { start, end: start + m[1].trimEnd().length },
      rule: 'yaml',
      message: `expected a colon and a space, got ${m[1].startsWith('：') ? 'a full-width colon' : 'a colon alone'}`,
      help: `Write \`${m[0].slice(0, -m[1].length)}: …\`.`,
    }
  })
}

function notMapping(text: string): EntryProblem {
  const start = text.length - text.trimStart().length
  return {
    span: { start, end: Math.max(start, text.trimEnd().length) },
    rule: 'yaml',
    message: 'expected `key: value` lines',
    help: yamlHelp,
  }
}

type Budget = { left: number }

function toEntry({ key, value }: Pair, document: Document, budget: Budget): Entry {
  const range = rangeOf(key)
  const name = nameOf(key)
  const start = range?.[0] ?? 0
  const node = isAlias(value) ? value.resolve(document) : value
  const nested = isMap(node)
    ? node.items.map((pair): Entry => toEntry(pair as Pair, document, budget))
    : undefined
  return {
    key: name,
    keySpan: { start, end: range?.[1] ?? start + name.length },
    span: pairSpan({ key, value }),
    value: toPlain(value, document, budget, false),
    written: toPlain(value, document, budget, true),
    comment: isScalar(value) ? (value.comment ?? undefined) : undefined,
    entries: nested,
  }
}

function nameOf(key: unknown): string {
  return isScalar(key) ? (key.source ?? String(key.value)) : String(key)
}

function pairSpan({ key, value }: { readonly key: unknown; readonly value: unknown }): Span {
  const [start, keyEnd] = rangeOf(key) ?? [0, 0]
  return { start, end: Math.max(keyEnd, rangeOf(value)?.[1] ?? keyEnd) }
}

function rangeOf(node: unknown): readonly [number, number] | undefined {
  return (node as ParsedNode | null | undefined)?.range?.slice(0, 2) as [number, number] | undefined
}

/** @throws TooLarge when aliases lead in a circle or make too much of little */
function toPlain(node: unknown, document: Document, budget: Budget, written: boolean, depth = 0): unknown {
  if (budget.left-- <= 0 || depth > deepest)
    throw new TooLarge(depth > deepest ? deepMessage : 'the aliases in this value stand for too much')
  if (isAlias(node)) {
    const target = node.resolve(document)
    if (!target) throw new TooLarge(`there is no anchor &${node.source}`)
    return toPlain(target, document, budget, written, depth + 1)
  }
  if (isScalar(node)) {
    if (node.value === null || !written || typeof node.value === 'string') return node.value
    return node.source ?? String(node.value)
  }
  const down = (inner: unknown) => toPlain(inner, document, budget, written, depth + 1)
  if (isSeq(node)) return node.items.map(down)
  if (isMap(node))
    return Object.fromEntries(
      node.items
        .filter(isPair)
        .map(({ key, value }) => [isScalar(key) ? String(key.value) : String(key), down(value)]),
    )
  return node ?? null
}
