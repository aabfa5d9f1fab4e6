/** What a cell shows: Jupyter's nbformat 4.5 outputs, and their constructors. */
import type { LabelledVerdict } from './claims.ts'

/** Content by MIME type. JSON types hold values, all others text. */
export type MimeBundle = Readonly<Record<string, unknown>>

export interface StreamOutput {
  readonly output_type: 'stream'
  readonly name: 'stdout' | 'stderr'
  readonly text: string
}

export interface DisplayOutput {
  readonly output_type: 'display_data'
  readonly data: MimeBundle
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface ResultOutput {
  readonly output_type: 'execute_result'
  readonly execution_count: number | null
  readonly data: MimeBundle
  readonly metadata: Readonly<Record<string, unknown>>
}

export interface ErrorOutput {
  readonly output_type: 'error'
  readonly ename: string
  readonly evalue: string
  /** Lines as shown to the reader; places in the chapter read `chapter.md:line:column`. */
  readonly traceback: readonly string[]
}

export type Output = StreamOutput | DisplayOutput | ResultOutput | ErrorOutput

/** Why a value is no text for a sentence; `word`: a computed text holds NaN, undefined or `[object Object]`. */
export type Doubt =
  | {
      readonly kind:
        | 'nothing'
        | 'nan'
        | 'function'
        | 'symbol'
        | 'promise'
        | 'object'
        | 'html'
        | 'empty'
        | 'long'
    }
  | { readonly kind: 'word'; readonly word: string }

/** What one chapter gave: outputs and verdicts by cell index, the text of each inline expression by its index. */
export interface Outputs {
  readonly cells: Readonly<Record<number, readonly Output[]>>
  readonly inlines: Readonly<Record<number, string>>
  /** Of cells that verify formulas. */
  readonly verdicts: Readonly<Record<number, readonly LabelledVerdict[]>>
  /** Of inline expressions whose value is no text for a sentence. */
  readonly doubts?: Readonly<Record<number, Doubt>>
}

export const noOutputs: Outputs = { cells: {}, inlines: {}, verdicts: {} }
