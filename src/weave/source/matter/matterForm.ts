/** What is found at the head of a chapter: front matter, or something that only looks like it. */
import type { Span } from '../../base/position.ts'
import type { EntryProblem } from './entries.ts'
import type { Line } from './matterLines.ts'

/** `json-inside`: without the braces round it. */
export type MatterFormat = 'yaml' | 'toml' | 'json' | 'json-inside'

export interface FoundMatter {
  readonly block?: { readonly format: MatterFormat; readonly content: Span }
  /** Offset at which the body starts. */
  readonly bodyStart: number
  readonly problems: readonly EntryProblem[]
}

/**
 * A form that front matter has somewhere. It gives undefined for a head of another form.
 *
 * @param mark the first line, without white space round it
 */
export type Form = (mark: string, open: Line, text: string) => FoundMatter | undefined

/** A problem at a line. */
export function fault(line: Line, rule: string, message: string, help: string): EntryProblem {
  const start = line.end - line.text.trimStart().length
  return { span: { start, end: Math.max(start + 1, start + line.text.trim().length) }, rule, message, help }
}
