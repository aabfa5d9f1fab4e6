/** What our Markdown rules share while one chapter is parsed. */
import type { Env as MarkdownEnv } from 'markdown-it'
import type { Diagnostic } from '../../base/diagnostic.ts'
import type { LineIndex, Span } from '../../base/position.ts'
import type { CaptionOwner, CellOptions, Consumed, FrontMatter } from '../chapter.ts'

/** Finds the place of an inline token's content in the chapter. */
export interface Origin {
  /** Offset in the chapter of an offset in the content. */
  readonly locate: (at: number) => number
}

/** `[label]: destination`. */
export interface Definition {
  readonly span: Span
  used: boolean
}

export interface Env extends MarkdownEnv {
  readonly file: string
  readonly index: LineIndex
  /** The front matter's `execute`: defaults for cells. */
  readonly defaults: CellOptions
  readonly diagnostics: Diagnostic[]
  /** Title and description of the front matter: their tokens, once they are read. */
  readonly matter: CaptionOwner & { readonly texts: FrontMatter }
  /** The inline token that is being parsed. */
  origin?: Origin
  /** What constructs have taken from the text so far. */
  readonly consumed: Consumed[]
  /** Where the definition of each link lies, by its normalised label; and which were asked for. */
  readonly definitions: Map<string, Definition>
  /** Where each footnote stands, by its label. */
  readonly notes: Map<string, Span>
  /** What was last reported as looking like a construct. */
  almost?: Span
  /** Offsets at which a mistake has been reported: rules may see the same place twice. */
  readonly reported: Set<number>
}

/** The `Env` that `parseChapter` hands to markdown-it, which knows it only as an object. */
export function envOf(state: { readonly env: object }): Env {
  return state.env as Env
}

/** Offset in the chapter of an offset in the text that an inline rule sees. */
export function locate({ origin }: Env, _source: string, at: number): number {
  return origin?.locate(at) ?? 0
}

/** Says that a construct has taken a part of the text, which is not shown as it was written. */
export function consume(env: Env, construct: string, start: number, end: number): void {
  if (end > start) env.consumed.push({ construct, span: { start, end } })
}
