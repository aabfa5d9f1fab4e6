/** What our Markdown rules share while one chapter is parsed. */
import type { Env as MarkdownEnv } from 'markdown-it'
import type { Diagnostic } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { CellOptions } from './chapter.ts'

/** Finds the place of an inline token's content in the chapter. */
export interface Origin {
  readonly content: string
  /** Offset in the chapter of an offset in `content`. */
  readonly locate: (at: number) => number
}

export interface Env extends MarkdownEnv {
  readonly file: string
  readonly index: LineIndex
  /** The front matter's `execute`: defaults for cells. */
  readonly defaults: CellOptions
  readonly diagnostics: Diagnostic[]
  /** The inline token that is being parsed. */
  origin?: Origin
  /** Offsets at which a mistake has been reported: rules may see the same place twice. */
  readonly reported: Set<number>
}

/** The `Env` that `parseChapter` hands to markdown-it, which knows it only as an object. */
export function envOf(state: { readonly env: object }): Env {
  return state.env as Env
}

/** Offset in the chapter of an offset in the text that an inline rule sees (an image's description is a part of it). */
export function locate({ origin }: Env, source: string, at: number): number {
  if (!origin) return 0
  if (origin.content === source) return origin.locate(at)
  return origin.locate(Math.max(0, origin.content.indexOf(source)) + at)
}
