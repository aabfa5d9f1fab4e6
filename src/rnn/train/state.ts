/** All that a training remembers, as plain data, and whether such a state is one of a given training. */
import { dtypeOf, type Numbers } from '../array/numbers.ts'
import { Random, type RandomState } from '../array/random.ts'
import type { OptimizerState } from '../optim/optimizer.ts'
import type { BatchesState } from './batches.ts'

/** `structuredClone` copies it, and it can be sent to a worker or kept in IndexedDB. */
export interface TrainState {
  /** Updates done so far */
  readonly step: number
  /** L of the last step; NaN before the first */
  readonly loss: number
  /** All sets of parameters one after another */
  readonly values: Numbers
  readonly optimizer: OptimizerState
  readonly batches?: BatchesState
  readonly random: readonly RandomState[]
  readonly best?: TrainBest
  /** Evaluations since the best */
  readonly stale: number
}

/** The best that `evaluate` has seen. */
export interface TrainBest {
  readonly step: number
  readonly metric: number
  /** All sets of parameters one after another */
  readonly values: Numbers
}

/**
 * Checks that a saved state has the form of one's own: sizes, types, and what the optimiser keeps. An optimiser that
 * finds its memory missing would otherwise start afresh, or train on with somebody else's.
 *
 * @throws RangeError or TypeError naming the part that differs
 */
export function expectSameKind(saved: TrainState, own: TrainState): void {
  expectSame('parameters', saved.values.length, own.values.length)
  if (dtypeOf(saved.values) !== dtypeOf(own.values))
    throw new TypeError(`state is ${dtypeOf(saved.values)}, expected ${dtypeOf(own.values)}`)
  expectSame('batches', saved.batches ? 'some' : 'no', own.batches ? 'some' : 'no')
  expectSame('random generators', saved.random.length, own.random.length)
  for (const words of saved.random) Random.fromState(words)
  expectSame('optimizer moments', momentsOf(saved.optimizer), momentsOf(own.optimizer))
}

function expectSame(what: string, saved: number | string, own: number | string): void {
  if (saved !== own) throw new RangeError(`state has ${saved} ${what}, expected ${own}`)
}

/** `[m, v]`, of a chain `[[], [m, v]]`. */
function momentsOf({ moments, parts = [] }: OptimizerState): string {
  return `[${[...Object.keys(moments), ...parts.map(momentsOf)].join(', ')}]`
}
