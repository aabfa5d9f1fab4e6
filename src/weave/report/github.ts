/** Diagnostics → GitHub's workflow commands: annotations at the lines of a pull request. */
import type { Diagnostic } from '../base/diagnostic.ts'
import { kindsOf } from '../base/grouping.ts'

/**
 * All of them. GitHub shows ten errors and ten warnings of a step, and leaves the others to its log: so the first of
 * each kind come first, and say how many there are.
 */
export function toGithub(diagnostics: readonly Diagnostic[]): string {
  const kinds = kindsOf(diagnostics)
  const firsts = kinds.map(({ diagnostics: [first, ...more] }) =>
    annotation(first, more.length > 0 ? `(${more.length} more like this)` : undefined),
  )
  const rest = kinds.flatMap(kind => kind.diagnostics.slice(1)).map(d => annotation(d))
  return [...firsts, ...rest].map(line => `${line}\n`).join('')
}

function annotation(
  { severity, file, range, rule, message, detail, help }: Diagnostic,
  count?: string,
): string {
  const properties = {
    file,
    line: range?.start.line,
    col: range?.start.column,
    endLine: range?.end.line,
    // An annotation over several lines has no columns.
    endColumn: range && range.end.line === range.start.line ? range.end.column : undefined,
    title: rule,
  }
  const list = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
  const text = [message, count, detail, help].filter(Boolean).join('\n')
  return `::${severity} ${list.join(',')}::${escapeData(text)}`
}

function escapeData(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}
