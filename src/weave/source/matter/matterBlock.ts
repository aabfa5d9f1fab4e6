/**
 * Where the front matter of a chapter begins and ends, in the forms that tools have for it: YAML between `---`, TOML
 * between `+++`, JSON in braces or above `;;;`. What only looks like front matter is a problem, never text of the page.
 */
import type { Span } from '../../base/position.ts'
import { almostForms } from './almostMatter.ts'
import { type Form, type FoundMatter, fault } from './matterForm.ts'
import { isTellingKey } from './matterKeys.ts'
import {
  findLine,
  goesOn,
  indent,
  isAlmostFence,
  isBlank,
  isComment,
  isKeyLine,
  isMatterRun,
  isTelling,
  type Line,
  lineAt,
  linesOf,
} from './matterLines.ts'
import { yamlEntries } from './yamlEntries.ts'

const nothing: FoundMatter = { bodyStart: 0, problems: [] }

/** Looks at the first line that is not blank: only there can front matter begin. */
export function findMatter(text: string): FoundMatter {
  const blank = /^(?:[\s\u200b\u2060\ufeff]*\n)?/.exec(text)?.[0].length ?? 0
  const open = lineAt(text, blank)
  if (!open) return nothing
  const mark = open.text.replace(/[\u200b\u2060\ufeff]/g, '').trim()
  for (const form of forms) {
    const found = form(mark, open, text)
    if (found) return found
  }
  return nothing
}

const forms: readonly Form[] = [dashes, pluses, semicolons, braces, ...almostForms, noFence]

/**
 * `---`. A line across the page looks the same: it is one where what follows does not look like `key: value`, as
 * Pandoc has it.
 */
function dashes(mark: string, open: Line, text: string): FoundMatter | undefined {
  const behind = /^-{3,}\s*(.*)$/.exec(mark)?.[1]
  if (behind === undefined) return undefined
  const depth = indent(open.text)
  const isClose = (line: string) => /^(-{3,}|\.{3})\s*$/.test(line.trim()) && indent(line) <= depth
  const close = findLine(text, open.next, isClose)
  const inside = linesOf(text, open.next, close?.start ?? text.length)
  const format = /^toml$/i.test(behind) ? 'toml' : 'yaml'
  const known = behind === '' || behind.startsWith('#') || /^(ya?ml|toml|json)$/i.test(behind)
  const looks =
    looksLikeMatter(inside) || (format === 'toml' && /^\s*[\w"'-]+\s*=/.test(inside[0]?.text ?? ''))
  if (!known)
    return close && (looks || mark === `---${behind.match(/^[a-z]+$/i)?.[0]}`)
      ? foreignFence(open, close)
      : undefined
  const content = { start: open.next, end: close?.start ?? text.length }
  const endsBefore = close && format === 'yaml' && looks && hasProse(inside) && !isYaml(text, content)
  if (close && !endsBefore && (looks || isCommentedOut(inside)))
    return { block: { format, content }, bodyStart: close.next, problems: [] }
  if (looks) return unclosed(open, inside, '---')
  return brokenHeading(inside) ?? (close && list(inside))
}

/**
 * Whether the first lines are keys: any key when they follow at once, one that tells when a blank line stands before,
 * or when other lines do.
 */
function looksLikeMatter(inside: readonly Line[]): boolean {
  const spoken = inside.filter(line => !isBlank(line) && !isComment(line))
  const [first] = spoken
  if (!first) return false
  const isApart = isBlank(inside[0])
  if (!isApart && (isKeyLine(first.text) || /^\s*\{\s*\S/.test(first.text))) return true
  const end = inside.findIndex((line, i) => i > 0 && isBlank(line) && !isBlank(inside[i - 1]))
  const run = inside.slice(0, end === -1 ? inside.length : end)
  const isOfKeys = (line: Line) => isBlank(line) || isComment(line) || goesOn(line) || isKeyLine(line.text)
  return run.some(line => isKeyLine(line.text) && isTelling(line.text)) && (!isApart || run.every(isOfKeys))
}

/** Whether there is prose among the keys: then they ended before it, whatever line of dashes comes later. */
function hasProse(inside: readonly Line[]): boolean {
  return inside.some(
    (line, i) =>
      i > 0 &&
      isBlank(inside[i - 1]) &&
      !isBlank(line) &&
      !isComment(line) &&
      !goesOn(line) &&
      !isKeyLine(line.text),
  )
}

/** Nobody writes front matter of a book's length, and reading so much in vain takes long. */
const longest = 50_000

const isYaml = (text: string, { start, end }: Span) =>
  end - start < longest &&
  yamlEntries(text.slice(start, end), 'key').problems.every(p => p.severity === 'warning')

/** An empty block, or one in which every key is commented out. Headings between two lines are none. */
function isCommentedOut(inside: readonly Line[]): boolean {
  const isKeyed = (line: Line) => isComment(line) && isKeyLine(line.text.replace(/^\s*#+\s*/, ''))
  return (
    inside.every(isBlank) || (!isBlank(inside[0]) && inside.every(line => isBlank(line) || isKeyed(line)))
  )
}

function foreignFence(open: Line, close: Line): FoundMatter {
  const message = `expected \`---\` alone, got \`${open.text.trim()}\``
  const help = 'Front matter is YAML between two lines `---`, TOML between two lines `+++`.'
  return { bodyStart: close.next, problems: [fault(open, 'front-matter-fence', message, help)] }
}

/** Some formatters take `title: …` above `---` for a heading, and write it as one. */
function brokenHeading(inside: readonly Line[]): FoundMatter | undefined {
  const heading = inside.find(line => !isBlank(line))
  const key = /^#{1,6}\s+(.*)$/.exec(heading?.text ?? '')?.[1]
  if (!heading || !key || !isTelling(key)) return undefined
  const message = 'this heading was the front matter: a formatter has changed it'
  const help = `Write \`---\`, \`${key}\`, \`---\` on lines of their own.`
  return { bodyStart: 0, problems: [fault(heading, 'front-matter-heading', message, help)] }
}

function list(inside: readonly Line[]): FoundMatter | undefined {
  const [first] = inside
  if (!first || !/^\s*- /.test(first.text) || !inside.every(goesOn)) return undefined
  const message = 'expected `key: value` lines, got a list'
  const help = 'Write `tags:` above it, or `***` for a line across the page.'
  return { bodyStart: 0, problems: [fault(first, 'front-matter-list', message, help)] }
}

/** TOML between `+++`. */
function pluses(mark: string, open: Line, text: string): FoundMatter | undefined {
  if (!/^\+{3,}$/.test(mark)) return undefined
  const close = findLine(text, open.next, line => /^\+{3,}\s*$/.test(line.trim()))
  const inside = linesOf(text, open.next, close?.start ?? text.length)
  const first = inside.find(l => l.text.trim() !== '')
  if (close)
    return {
      block: { format: 'toml', content: { start: open.next, end: close.start } },
      bodyStart: close.next,
      problems: [],
    }
  return first && /^\s*([\w."'-]+\s*=|\[|#)/.test(first.text) ? unclosed(open, inside, '+++') : undefined
}

/** Hexo's JSON: `;;;`, members, `;;;`; the first `;;;` may be absent (see noFence). */
function semicolons(mark: string, open: Line, text: string): FoundMatter | undefined {
  if (!/^;{3,}$/.test(mark)) return undefined
  const close = findLine(text, open.next, line => /^;{3,}\s*$/.test(line.trim()))
  const inside = linesOf(text, open.next, close?.start ?? text.length)
  if (!close) return inside.some(l => /^\s*["{]/.test(l.text)) ? unclosed(open, inside, ';;;') : undefined
  return {
    block: jsonBlock(text, { start: open.next, end: close.start }),
    bodyStart: close.next,
    problems: [],
  }
}

const jsonBlock = (text: string, content: Span) =>
  ({
    format: text.slice(content.start, content.end).trim().startsWith('{') ? 'json' : 'json-inside',
    content,
  }) as const

/** Hugo's JSON: an object, and nothing behind its last brace. */
function braces(mark: string, open: Line, text: string): FoundMatter | undefined {
  if (!mark.startsWith('{')) return undefined
  const start = text.indexOf('{', open.start)
  const inside = text.slice(start + 1)
  const key = /^\s*(["']?)([\w-]+)\1\s*:/.exec(inside)
  if (!key || (key[1] === '' && !isTellingKey(key[2]))) return undefined
  const end = closingBrace(text, start)
  if (end === undefined) return unclosed(open, linesOf(text, open.next, text.length), '}')
  const last = lineAt(text, end)
  if (!last || text.slice(end, last.end).trim() !== '') {
    const problem = fault(
      open,
      'front-matter-fence',
      'nothing may stand behind the last brace of front matter',
      'Begin the text on the next line.',
    )
    return isTellingKey(key[2]) ? { bodyStart: 0, problems: [problem] } : undefined
  }
  const after = lineAt(text, last.next)
  const bodyStart = after && /^;{3,}\s*$/.test(after.text) ? after.next : last.next
  return { block: { format: 'json', content: { start, end } }, bodyStart, problems: [] }
}

/** Offset behind the brace that closes the one at `start`; texts in quotes hold none. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 0
  for (const match of text.slice(start).matchAll(/"[^"\\\n]*(?:\\.[^"\\\n]*)*"|[{}]/g)) {
    if (match[0] === '{') depth++
    if (match[0] === '}' && --depth === 0) return start + match.index + 1
  }
  return undefined
}

/** Keys at the head without a line above them. Hexo reads them if a line stands below; MultiMarkdown needs none. */
function noFence(_mark: string, open: Line, text: string): FoundMatter | undefined {
  const isFence = (line: string) => /^(-{3,}|\+{3,}|;{3,}|\.{3})$/.test(line.trim())
  const stop = findLine(text, open.start, line => line.trim() === '' || isFence(line))
  const content = { start: open.start, end: stop?.start ?? text.length }
  const fence = stop && isFence(stop.text) ? stop.text.trim()[0] : undefined
  const isMatter = isMatterRun(linesOf(text, open.start, content.end).map(l => l.text))
  if (stop && fence === ';' && /^\s*["{]/.test(open.text))
    return { block: jsonBlock(text, content), bodyStart: stop.next, problems: [] }
  if (stop && isMatter && (fence === '-' || fence === '+'))
    return { block: { format: fence === '+' ? 'toml' : 'yaml', content }, bodyStart: stop.next, problems: [] }
  if (!isMatter) return undefined
  const message = 'these lines look like front matter, but none of them says that it begins'
  const help = 'Write `---` on a line above and on a line below them.'
  return { bodyStart: 0, problems: [fault(open, 'front-matter-unopened', message, help)] }
}

/** Nothing says where it ends: the rest of the chapter is read from the first line that cannot belong to it. */
function unclosed(open: Line, inside: readonly Line[], mark: string): FoundMatter {
  const end = inside.findIndex(
    (line, i) =>
      isAlmostFence(line.text) || (isBlank(line) && inside[i + 1] && !isKeyLine(inside[i + 1].text)),
  )
  const almost = inside.at(end)
  if (end !== -1 && almost && !isBlank(almost)) {
    const isIndented = almost.text.trim() === mark
    const message = isIndented
      ? 'the line that ends the front matter is indented'
      : `the front matter ends with \`${mark}\`, got \`${almost.text.trim()}\``
    const help = isIndented ? 'Begin it where the first line begins.' : `Write \`${mark}\`.`
    const problem = fault(almost, 'front-matter-fence', message, help)
    return { bodyStart: almost.next, problems: [problem] }
  }
  const help = `Close it with a line that holds \`${mark}\` alone.${mark === '---' ? ' For a line across the page write `***`.' : ''}`
  const problem = fault(open, 'front-matter-unclosed', 'the front matter that begins here does not end', help)
  return {
    bodyStart: (end === -1 ? inside.at(-1)?.next : inside[end].start) ?? open.next,
    problems: [problem],
  }
}
