/** What the build and a running chapter say to each other. */
import type { MessagePort } from 'node:worker_threads'
import type { Moved } from '../program/bundle.ts'
import type { CellClaim, LabelledVerdict } from './claims.ts'
import type { InlineValue } from './inlineValue.ts'
import type { Output } from './output.ts'

/** One chapter to run. */
export interface Job {
  /** `file:` URL of the bundle. */
  readonly url: string
  /** The bundle's source map, JSON. */
  readonly map: string
  /** What has moved in the code since the map was made. */
  readonly moved: readonly Moved[]
  /** The chapter as traces name it: `content/zh/07-chain.md`. */
  readonly file: string
  /** First (option lines left out) and last line of each running cell in the chapter, from 1, by cell index. */
  readonly cells: Readonly<Record<number, { readonly first: number; readonly last: number }>>
  /** Modules of packages that it imports: the next thread loads them while it waits. */
  readonly packages: readonly string[]
  /** The cell or one of its packages wants a DOM (Observable Plot does). */
  readonly dom: boolean
  /** Formulas that cells bind, by cell index. */
  readonly claims: Readonly<Record<number, readonly CellClaim[]>>
  /** KaTeX macros of the book. */
  readonly macros: Readonly<Record<string, string>>
  /** Memory that typed arrays and objects may take together. */
  readonly megabytes: number
}

/** What a thread gets to do, and the port on which it reports. */
export interface Assignment {
  readonly job: Job
  readonly reports: MessagePort
}

/** What a thread loads while it waits for its job. */
export type Warming = Pick<Job, 'packages' | 'dom'>

/** A place in a trace. `line` counts from the cell's first shown line when `cell` is given. */
export interface Frame {
  readonly name?: string
  readonly cell?: number
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Why a cell, or an inline expression, failed. */
export interface Failure {
  readonly kind: 'thrown' | 'rejection' | 'exit' | 'memory' | 'output' | 'forged'
  readonly name: string
  readonly message: string
  readonly frames: readonly Frame[]
}

export type Message =
  | { readonly type: 'ready' }
  /** Cell `index` begins. */
  | { readonly type: 'cell'; readonly index: number }
  /** Cell `index` has ended with these outputs; `threw` names the error that an `error:` cell threw. */
  | {
      readonly type: 'outputs'
      readonly index: number
      readonly outputs: readonly Output[]
      readonly threw?: { readonly name: string; readonly message: string }
    }
  /** What cell `index` bound, and whether its formulas hold. */
  | {
      readonly type: 'verdicts'
      readonly index: number
      readonly verdicts: readonly LabelledVerdict[]
    }
  /** The next inline expression, in reading order, has this value. */
  | { readonly type: 'inline'; readonly value: InlineValue }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'done' }
  /** The thread ended by itself: `code` is Node's error code, such as ERR_WORKER_OUT_OF_MEMORY, or one of ours. */
  | { readonly type: 'crashed'; readonly code: string; readonly message: string }
