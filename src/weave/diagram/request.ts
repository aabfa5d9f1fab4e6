/** What is asked of this stage, and how what goes wrong finds back to the asking chapter. */
import { type Diagnostic, errorAt, warningAt } from '../base/diagnostic.ts'
import type { Span } from '../base/position.ts'
import type { EngineUnavailable, Problem } from './engine.ts'

export type DiagramLanguage = 'plantuml' | 'mermaid' | 'dot'

/** A diagram as far as this stage needs it; a chapter's `Diagram` is one. */
export interface DiagramSource {
  readonly language: DiagramLanguage
  readonly code: string
  /** Where each line of `code` lies in the chapter. */
  readonly lines: readonly Span[]
  /** The opening fence line in the chapter. */
  readonly open: Span
}

export interface DiagramRequest {
  readonly file: string
  /** The chapter's text. */
  readonly text: string
  readonly diagram: DiagramSource
}

/** A problem and how much it matters. */
export type Reported = Problem & { readonly severity: Diagnostic['severity'] }

/** An author's mistake, at its line in the chapter. */
export function diagnosticOf({ file, text, diagram }: DiagramRequest, problem: Reported): Diagnostic {
  const { severity, message, help } = problem
  const at = severity === 'error' ? errorAt : warningAt
  return at(file, text, spanOf(text, diagram, problem), {
    rule: `diagram-${diagram.language}`,
    message,
    help,
  })
}

/** Where a problem lies in the chapter: from its column to the end of the line, or the line without its indentation. */
function spanOf(text: string, { lines, open }: DiagramSource, { line, column }: Problem): Span {
  if (line === undefined || lines.length === 0) return open
  const { start, end } = lines[Math.min(line, lines.length) - 1]
  const content = text.slice(start, end).replace(/\s+$/, '')
  const indent = content.length - content.trimStart().length
  const from = Math.min(column === undefined ? indent : column - 1, content.length)
  return { start: start + from, end: start + content.length }
}

/** An engine that cannot run is one mistake, however many diagrams wait for it. */
export function unavailable(error: EngineUnavailable, requests: readonly DiagramRequest[]): Diagnostic {
  const [{ file, text, diagram }] = requests
  const others = requests.length > 1 ? ` (${requests.length} diagrams wait for it)` : ''
  return errorAt(file, text, diagram.open, {
    rule: `diagram-${diagram.language}`,
    message: `${error.message}${others}`,
    help: error.help,
  })
}
