/** What is timed: cells on a grid of sizes, with one kernel or another, on one thread or two. */
import type { KernelName } from '../../../src/rnn/index.ts'

export const kinds = ['RNN', 'LSTM', 'GRU'] as const
export type Kind = (typeof kinds)[number]

/** Without gradients; or forward, backward to the parameters, and Adam. */
export const measures = ['forward', 'train'] as const
export type Measure = (typeof measures)[number]

/** One layer in float32. */
export interface Case {
  readonly kind: Kind
  /** Inputs */
  readonly I: number
  /** Hidden units */
  readonly H: number
  /** Sequences */
  readonly B: number
  /** Steps */
  readonly T: number
}

const inputs = 32

/** H, B, T */
export const points: readonly (readonly [number, number, number])[] = [
  [16, 1, 50],
  [32, 16, 50],
  [64, 32, 100],
  [128, 32, 100],
  [256, 64, 100],
  [512, 64, 100],
]

export function casesOf(hidden: readonly number[], chosen: readonly Kind[]): Case[] {
  return points
    .filter(([H]) => hidden.includes(H))
    .flatMap(([H, B, T]) => chosen.map(kind => ({ kind, I: inputs, H, B, T })))
}

/** `LSTM 64,32,100` */
export function nameOf({ kind, H, B, T }: Case): string {
  return `${kind} ${[H, B, T].join()}`
}

/** Ways in which a step of one model runs. */
export const setups = {
  plain1: { kernel: 'simd', threads: 1 },
  plain2: { kernel: 'simd', threads: 2 },
  fused2: { kernel: 'simd-fma', threads: 2 },
} as const satisfies Record<string, { kernel: KernelName; threads: number }>
export type SetupName = keyof typeof setups

/** Milliseconds */
export interface Times {
  readonly best: number
  readonly median: number
}

export type MeasureTimes = Readonly<Record<Measure, Times>>

export interface SetupTimes extends MeasureTimes {
  /** How much of a core each of its threads got, 0 … 1: less where others were at work, and then times are too long */
  readonly coreShare: number
}

export interface CaseTimes {
  readonly case: Case
  /** Without those that this machine cannot run */
  readonly ours: Readonly<Partial<Record<SetupName, SetupTimes>>>
  /** Of a training step by two replicas, half of the sequences each; without FMA */
  readonly replicas?: Times
  /** By threads */
  readonly torch?: Readonly<Record<1 | 2, MeasureTimes>>
}
