/** A chapter's text without what is not code: every line and column stays where it is. */
import type { Span } from '../base/position.ts'

/** Keeps the given spans of a text and every newline; all else becomes spaces. */
export function blank(text: string, keep: readonly Span[]): string {
  let result = ''
  let at = 0
  for (const { start, end } of keep) {
    result += spaces(text.slice(at, start)) + text.slice(start, end)
    at = end
  }
  return result + spaces(text.slice(at))
}

function spaces(text: string): string {
  return text
    .split('\n')
    .map(line => ' '.repeat(line.length))
    .join('\n')
}
