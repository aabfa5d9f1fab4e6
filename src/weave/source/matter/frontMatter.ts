/** The front matter at the head of a chapter → what it says. Every key has an effect or a word about it. */

import { type Diagnostic, errorAt } from '../../base/diagnostic.ts'
import { own } from '../../base/own.ts'
import type { LineIndex } from '../../base/position.ts'
import type { CellOptions, FrontMatter } from '../chapter.ts'
import { optionRules } from '../fence/options.ts'
import { type Entries, type Entry, type EntryProblem, shownValue } from './entries.ts'
import { findMatter } from './matterBlock.ts'
import type { MatterFormat } from './matterForm.ts'
import { foreignExecute, foreignKey, type KeyRule, ourKeys } from './matterKeys.ts'
import { tomlEntries } from './tomlEntries.ts'
import { yamlEntries } from './yamlEntries.ts'
import { knownHelp, unfit } from './yamlValues.ts'

export interface FrontMatterBlock {
  readonly frontMatter: FrontMatter
  /** Offset at which the body starts. */
  readonly bodyStart: number
  readonly diagnostics: readonly Diagnostic[]
}

const readers: Readonly<Record<MatterFormat, (text: string) => Entries>> = {
  yaml: text => yamlEntries(text, 'key'),
  toml: tomlEntries,
  json: text => yamlEntries(text, 'key'),
  // Hexo leaves the braces out. The one that is put before it takes no place.
  'json-inside': text => {
    const { entries, problems } = yamlEntries(`{${text}\n}`, 'key')
    const back = <T extends { readonly span: { start: number; end: number } }>(item: T): T => ({
      ...item,
      span: { start: Math.max(0, item.span.start - 1), end: Math.max(0, item.span.end - 1) },
    })
    const moved = (entry: Entry): Entry => ({
      ...back(entry),
      keySpan: { start: entry.keySpan.start - 1, end: entry.keySpan.end - 1 },
      entries: entry.entries?.map(moved),
    })
    return { entries: entries.map(moved), problems: problems.map(back) }
  },
}

/** A chapter without front matter is fine; one whose front matter cannot be read is not. */
export function readFrontMatter(file: string, index: LineIndex): FrontMatterBlock {
  const { block, bodyStart, problems: found } = findMatter(index.text)
  const diagnose = (problems: readonly EntryProblem[], from: number) =>
    problems.map(({ span, ...problem }) =>
      errorAt(file, index, { start: span.start + from, end: span.end + from }, problem),
    )
  const head = diagnose(found, 0)
  if (!block) return { frontMatter: {}, bodyStart, diagnostics: head }
  const { start, end } = block.content
  const { entries, problems } = readers[block.format](index.text.slice(start, end))
  const settled = settle(entries)
  return {
    frontMatter: settled.frontMatter,
    bodyStart,
    diagnostics: [...head, ...diagnose([...problems, ...settled.problems], start)],
  }
}

interface Settled {
  readonly frontMatter: FrontMatter
  readonly problems: readonly EntryProblem[]
}

/** Our own keys first: another tool's name for one of them only fills what they leave open. */
function settle(entries: readonly Entry[]): Settled {
  const values: Partial<Record<keyof FrontMatter, unknown>> = {}
  const problems: EntryProblem[] = []
  const isOurs = ({ key }: Entry) => Object.hasOwn(ourKeys, key)
  for (const entry of [...entries.filter(isOurs), ...entries.filter(e => !isOurs(e))]) {
    const { key, keySpan } = entry
    const own = isOurs(entry) ? (key as keyof FrontMatter) : undefined
    const other = own ? undefined : foreignKey(key)
    if (own) problems.push(...take(entry, own, ourKeys[own], values))
    else if (!other) {
      const help = knownHelp(key, Object.keys(ourKeys))
      problems.push({
        span: keySpan,
        severity: 'warning',
        rule: 'key-unknown',
        message: `unknown key: ${key}`,
        help,
      })
    } else if (isEmpty(entry) && entry.comment === undefined) continue
    else if ('advice' in other) problems.push(foreignProblem(entry, 'has no effect here', other.advice))
    else if (other.to === 'tags' || !(other.to in values))
      problems.push(
        ...take(entry, other.to, other.rule, values).map(p => ({ ...p, severity: 'warning' as const })),
      )
    else if (!isEmpty(entry))
      problems.push(foreignProblem(entry, `is not used: \`${other.to}\` is given, too`, 'Keep one of them.'))
  }
  return { frontMatter: values as FrontMatter, problems }
}

function foreignProblem({ key, keySpan }: Entry, message: string, help: string): EntryProblem {
  return { span: keySpan, severity: 'warning', rule: 'key-foreign', message: `\`${key}\` ${message}`, help }
}

const isEmpty = ({ written, entries }: Entry) =>
  entries === undefined && (written === null || (typeof written === 'string' && written.trim() === ''))

/** Reads an entry into `values`; gives what there is to say about it. */
function take(
  entry: Entry,
  to: keyof FrontMatter,
  rule: KeyRule,
  values: Partial<Record<keyof FrontMatter, unknown>>,
): EntryProblem[] {
  // A template's empty keys say nothing. But `tags: #rnn` is not empty to whoever wrote it.
  if (isEmpty(entry)) return entry.comment && /^\S/.test(entry.comment) ? [hiddenByComment(entry)] : []
  const problems: EntryProblem[] = []
  if (to === 'title' && entry.comment !== undefined) problems.push(hiddenByComment(entry))
  if (to === 'execute' && entry.entries) {
    const defaults = readExecute(entry.entries)
    values.execute = defaults.options
    return defaults.problems
  }
  const value = rule.asWritten ? entry.written : entry.value
  const kept = rule.read(value)
  if (kept === undefined) return [...problems, unfit({ ...entry, value: entry.written }, rule, 'key')]
  const remark = rule.remark?.(value)
  if (remark) problems.push({ span: entry.span, severity: 'warning', rule: 'key-foreign', ...remark })
  if (kept === null) return problems
  values[to] =
    to === 'tags' ? [...new Set([...((values.tags as string[]) ?? []), ...(kept as string[])])] : kept
  return problems
}

function hiddenByComment({ key, span, comment = '' }: Entry): EntryProblem {
  return {
    span,
    severity: 'warning',
    rule: 'key-comment',
    message: `${key}: everything behind the # is a comment: ${shownValue(comment.trim())}`,
    help: `Put the value into quotes if it belongs to it: \`${key}: "… #…"\`.`,
  }
}

/** Defaults for the cells below. A label belongs to one cell. */
function readExecute(entries: readonly Entry[]): { options: CellOptions; problems: EntryProblem[] } {
  const problems: EntryProblem[] = []
  const options: Record<string, unknown> = {}
  const known = Object.keys(optionRules).filter(key => key !== 'label')
  for (const entry of entries) {
    const { key, keySpan } = entry
    const rule = known.includes(key) ? optionRules[key as keyof CellOptions] : undefined
    if (!rule) {
      const advice = own(foreignExecute, key)
      problems.push(
        advice
          ? foreignProblem(entry, 'has no effect here', advice)
          : {
              span: keySpan,
              severity: 'warning',
              rule: 'key-unknown',
              message: `unknown option in execute: ${key}`,
              help: key === 'label' ? 'A label belongs to one cell: `//| label: …`.' : knownHelp(key, known),
            },
      )
      continue
    }
    const kept = rule.read(rule.asWritten ? entry.written : entry.value)
    if (kept === undefined) problems.push(unfit(entry, rule, 'option'))
    else options[key] = kept
  }
  return { options: options as CellOptions, problems }
}
