/** What is wrong with an author's text, where, and what to do about it. Stages collect these and go on. */
import { type LineIndex, lineIndex, type Range, type Span } from './position.ts'

export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  /** Path as the author knows it: relative to the project, with forward slashes. */
  readonly file: string
  /** Absent when the whole file (or folder) is meant. */
  readonly range?: Range
  /** A stable name for the kind of mistake: `option-unknown`, `TS2322`. */
  readonly rule: string
  /** What is wrong and what was expected, in one line. */
  readonly message: string
  /** What to do. */
  readonly help?: string
  /** More lines to show under the code frame: a diff, a trace. */
  readonly detail?: string
  /** Where a stage of ours has thrown (see fault.ts): shown only on request. */
  readonly stack?: string
}

/** What every stage gives back: its value as far as it got, and what it found wrong. */
export interface Result<T> {
  readonly value: T
  readonly diagnostics: readonly Diagnostic[]
}

/** Makes an error at a span of a text. */
export function errorAt(
  file: string,
  text: string | LineIndex,
  span: Span,
  problem: { rule: string; message: string; help?: string; detail?: string },
): Diagnostic {
  const index = typeof text === 'string' ? lineIndex(text) : text
  return { severity: 'error', file, range: index.range(span), ...problem }
}

/** Makes a warning at a span of a text. */
export function warningAt(
  file: string,
  text: string | LineIndex,
  span: Span,
  problem: { rule: string; message: string; help?: string; detail?: string },
): Diagnostic {
  return { ...errorAt(file, text, span, problem), severity: 'warning' }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(d => d.severity === 'error')
}

/** By file, then place; errors before warnings at the same place. Doubled ones are dropped. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return [...diagnostics]
    .sort(
      (a, b) =>
        (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) ||
        (a.range?.start.line ?? 0) - (b.range?.start.line ?? 0) ||
        (a.range?.start.column ?? 0) - (b.range?.start.column ?? 0) ||
        (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1),
    )
    .filter(d => {
      const key = JSON.stringify([d.file, d.range?.start, d.rule, d.message])
      return !seen.has(key) && seen.add(key)
    })
}

export interface FormatOptions {
  /** The text of a file, for the code frame; undefined where there is none. */
  readonly textOf: (file: string) => string | undefined
  readonly color?: boolean
  /** Shows the stacks of our own faults. */
  readonly verbose?: boolean
}

/**
 * One diagnostic as a compiler prints it:
 *
 *     content/zh/07-chain.md:41:15 error TS2322: Type 'string' is not assignable to type 'number'.
 *       40 | const a = 1
 *     > 41 | const net: number = 'a'
 *          |       ^^^
 *       help: …
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  { textOf, color = false, verbose = false }: FormatOptions,
): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const { file, range, severity, rule, message, help, detail, stack } = diagnostic
  const place = range ? `${file}:${range.start.line}:${range.start.column}` : file
  const lines = [
    `${paint(1, place)} ${paint(severity === 'error' ? 31 : 33, `${severity} ${rule}`)}: ${message}`,
  ]
  const text = range ? textOf(file) : undefined
  if (range && text !== undefined) lines.push(...codeFrame(text, range, paint))
  if (detail) lines.push(...detail.split('\n').map(line => `  ${line}`))
  if (stack && verbose) lines.push(...stack.split('\n').map(line => `  ${line}`))
  if (help) lines.push(`  ${paint(36, 'help:')} ${help.replaceAll('\n', '\n  ')}`)
  return lines.join('\n')
}

/** The lines round a range, the range underlined. Wide (CJK) characters take two columns. */
function codeFrame(text: string, range: Range, paint: (code: number, text: string) => string): string[] {
  const index = lineIndex(text)
  const { start, end } = range
  const last = Math.min(index.starts.length, start.line + 1)
  const first = Math.max(1, start.line - 1)
  const width = String(last).length
  const lines: string[] = []
  for (let n = first; n <= last; n++) {
    const content = index.line(n)
    if (n !== start.line && content.trim() === '') continue
    const mark = n === start.line ? paint(31, '>') : ' '
    lines.push(`${mark} ${String(n).padStart(width)} | ${content}`.trimEnd())
    if (n !== start.line) continue
    const before = content.slice(0, start.column - 1)
    const until = end.line === start.line ? end.column - 1 : content.length
    const under = content.slice(start.column - 1, Math.max(until, start.column))
    const blank = before.replace(/[^\t]/gu, c => ' '.repeat(columnsOf(c)))
    const carets = '^'.repeat(
      Math.max(
        1,
        [...under].reduce((sum, c) => sum + columnsOf(c), 0),
      ),
    )
    lines.push(`  ${' '.repeat(width)} | ${blank}${paint(31, carets)}`)
  }
  return lines
}

/** Columns that a terminal gives a character: 2 for East Asian wide and full-width ones. */
function columnsOf(character: string): number {
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
    character,
  )
    ? 2
    : 1
}
