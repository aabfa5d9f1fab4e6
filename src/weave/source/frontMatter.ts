/** YAML between `---` lines at the head of a chapter. Hexo's keys are read as they are. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { FrontMatter } from './chapter.ts'
import { optionRules } from './options.ts'
import { readYaml, rule, type ValueRule } from './yamlValues.ts'

/** `2026-02-05`, with a time if given; as written, without a time zone's surprises. */
const date: ValueRule = {
  expected: 'a date, such as 2026-02-05',
  read: v => {
    const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?).*)?$/.exec(String(v))
    if (!match) return undefined
    const [, year, month, day, time] = match
    const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
    return Number.isNaN(Date.parse(text)) ? undefined : time ? `${text}T${time.padStart(5, '0')}` : text
  },
}

/** Hexo: a text, a list (one path), or a list of paths. */
const categories: ValueRule = {
  expected: 'a category, a list of categories, or a list of such lists',
  read: v => {
    if (typeof v === 'string') return [[v]]
    if (!Array.isArray(v)) return undefined
    const isText = (t: unknown) => typeof t === 'string' || typeof t === 'number'
    if (v.every(isText)) return [v.map(String)]
    const paths = v.map(p => (isText(p) ? [p] : p))
    return paths.every(p => Array.isArray(p) && p.every(isText)) ? paths.map(p => p.map(String)) : undefined
  },
}

const execute: ValueRule = {
  expected: `cell options (${Object.keys(optionRules).join(', ')}) with values that fit`,
  read: v => {
    if (typeof v !== 'object' || v === null || Array.isArray(v)) return undefined
    const entries = Object.entries(v).map(([key, value]) => [
      key,
      key === 'label' || !Object.hasOwn(optionRules, key)
        ? undefined
        : optionRules[key as keyof typeof optionRules].read(value),
    ])
    return entries.every(([, value]) => value !== undefined) ? Object.fromEntries(entries) : undefined
  },
}

const rules: Readonly<Record<keyof FrontMatter, ValueRule>> = {
  title: rule.text,
  description: rule.text,
  date,
  updated: date,
  order: rule.number,
  categories,
  tags: rule.texts,
  author: rule.text,
  draft: rule.flag,
  timeout: rule.positive,
  memory: rule.positive,
  execute,
}

export interface FrontMatterBlock {
  readonly frontMatter: FrontMatter
  /** Offset at which the body starts. */
  readonly bodyStart: number
  readonly diagnostics: readonly Diagnostic[]
}

/** A chapter without front matter is fine; one that does not end is not. */
export function readFrontMatter(file: string, index: LineIndex): FrontMatterBlock {
  const { text } = index
  const open = /^---[ \t]*\n/.exec(text)
  if (!open) return { frontMatter: {}, bodyStart: 0, diagnostics: [] }
  const from = open[0].length
  const close = /^---[ \t]*(?:\n|$)/m.exec(text.slice(from))
  if (!close) {
    const problem = {
      rule: 'front-matter-unclosed',
      message: 'the front matter that begins here does not end',
      help: 'Close it with a line that holds `---` alone.',
    }
    return {
      frontMatter: {},
      bodyStart: text.length,
      diagnostics: [errorAt(file, index, index.lineSpan(1), problem)],
    }
  }
  const yaml = text.slice(from, from + close.index)
  const { values, problems } = readYaml(yaml, rules, 'key')
  return {
    frontMatter: values as FrontMatter,
    bodyStart: from + close.index + close[0].length,
    diagnostics: problems.map(({ span, ...problem }) =>
      errorAt(file, index, { start: span.start + from, end: span.end + from }, problem),
    ),
  }
}
