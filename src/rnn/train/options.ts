/** What a training is asked to do, and the complete, checked form of it. */
import { expectBetween, expectWhole, fillOptions } from '../array/options.ts'
import type { Random } from '../array/random.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Params } from '../params/params.ts'
import type { Batches } from './batches.ts'

/** What is learnt from what, how, how long, and how it is watched. */
export interface TrainerOptions {
  /** What is learnt; several sets, a network's and its read-out's, are one vector for the optimiser */
  readonly params: Params | readonly Params[]
  readonly optimizer: Optimizer
  /**
   * Forward, loss and backward on one batch. Returns L and leaves ∂L/∂θ in every set's `grads`.
   *
   * @param batch the numbers of its examples; none unless `batches` are given
   */
  readonly step: (batch: readonly number[]) => number
  /** Unless given, `step` finds its own data. */
  readonly batches?: Batches
  /** Stop when so many updates are done, those before a resumption included; without end unless given */
  readonly steps?: number
  /** The same in epochs of `batches` */
  readonly epochs?: number
  /** Report every n-th step, and each after which `evaluate` was called; 1 unless given */
  readonly progressEvery?: number
  /** How bad the parameters are now, on data that are not learnt from: a loss, or 1 - accuracy */
  readonly evaluate?: () => number
  /** In steps; an epoch unless given */
  readonly evaluateEvery?: number
  /** Stop after so many evaluations in a row that were not the best so far; never unless given */
  readonly patience?: number
  /** By how much the best so far must be undercut; 0 unless given */
  readonly minDelta?: number
  /** The generators that `step` and `evaluate` draw from: their states are saved with the training's */
  readonly random?: Random | readonly Random[]
  /** Stops between two steps; what has been learnt stays */
  readonly signal?: AbortSignal
}

/** Complete: sets and generators are lists, the budget is in steps, and no limit is Infinity. */
export interface TrainerConfig
  extends Required<Omit<TrainerOptions, 'epochs' | 'batches' | 'evaluate' | 'signal'>> {
  readonly params: readonly Params[]
  readonly random: readonly Random[]
  readonly batches: Batches | undefined
  readonly evaluate: (() => number) | undefined
  readonly signal: AbortSignal | undefined
}

/** @throws TypeError for an option that is missing, unknown or meaningless without another; RangeError for its value */
export function toTrainerConfig(options: TrainerOptions): TrainerConfig {
  for (const name of ['params', 'optimizer', 'step'] as const)
    if (options[name] === undefined) throw new TypeError(`missing option ${name}`)
  const filled = fillOptions<Known>(options, {
    params: options.params,
    optimizer: options.optimizer,
    step: options.step,
    batches: undefined,
    steps: undefined,
    epochs: undefined,
    progressEvery: undefined,
    evaluate: undefined,
    evaluateEvery: undefined,
    patience: undefined,
    minDelta: undefined,
    random: undefined,
    signal: undefined,
  })
  const { params, optimizer, step, batches, evaluate, signal } = filled
  const { progressEvery = 1, patience = Infinity, minDelta = 0, random = [] } = filled
  if (patience !== Infinity) expectWhole('patience', patience, 1)
  for (const name of ['evaluateEvery', 'patience', 'minDelta'] as const)
    if (filled[name] !== undefined && !evaluate) throw new TypeError(`${name} expects evaluate, got none`)
  return {
    params: [params].flat(),
    optimizer,
    step,
    batches,
    steps: toSteps(filled),
    progressEvery: expectWhole('progressEvery', progressEvery, 1),
    evaluate,
    evaluateEvery: evaluate ? toEvaluateEvery(filled) : Infinity,
    patience,
    minDelta: expectBetween('minDelta', minDelta, 0),
    random: [random].flat(),
    signal,
  }
}

/** Every option by name, those that may be missing as `undefined`. */
type Known = { [Name in keyof Required<TrainerOptions>]: TrainerOptions[Name] }

function toSteps({ steps, epochs, batches }: TrainerOptions): number {
  if (steps !== undefined && epochs !== undefined)
    throw new TypeError('expected either steps or epochs, got both')
  if (steps !== undefined) return expectWhole('steps', steps, 0)
  if (epochs === undefined) return Infinity
  if (!batches) throw new TypeError('epochs expects batches, got none')
  return expectWhole('epochs', epochs, 0) * batches.perEpoch
}

function toEvaluateEvery({ evaluateEvery, batches }: TrainerOptions): number {
  if (evaluateEvery !== undefined) return expectWhole('evaluateEvery', evaluateEvery, 1)
  if (!batches) throw new TypeError('evaluate expects evaluateEvery where there are no batches')
  return batches.perEpoch
}
