/**
 * What an optimiser is: two functions over flat numbers, `init` and `update`, with all memory in a plain state beside
 * them. It never sees a model: `params.values` and `params.grads` are all it is given. (The form is that of DeepMind's
 * Optax; the definitions and defaults of each optimiser are PyTorch's.)
 */
import { type DType, dtypeOf, type Numbers } from '../array/numbers.ts'
import { expectBetween } from '../array/options.ts'

/** All that an optimiser remembers, as plain data: `structuredClone` copies it, and training can go on from a copy. */
export interface OptimizerState {
  /** Updates done so far */
  step: number
  /** Running sums by name, one number for each parameter */
  readonly moments: Readonly<Record<string, Numbers>>
  /** The states of a chain's parts, in order */
  readonly parts?: readonly OptimizerState[]
}

/** What every optimiser is; `train` calls both. */
export interface Optimizer {
  /** The state before the first update, for n parameters. */
  readonly init: (n: number, dtype: DType) => OptimizerState
  /** Changes `values` in place and `state` with them; a part of a chain may also change `grads`. Allocates nothing. */
  readonly update: (values: Numbers, grads: Numbers, state: OptimizerState) => void
}

/** The learning rate η, or how it depends on the number of updates done so far, 0 before the first. */
export type LearningRate = number | ((step: number) => number)

/**
 * Optimisers one after another, each taking the gradients as the one before left them.
 *
 * @throws RangeError if there is none
 * @example
 * ```ts
 * const optimizer = chain(clipNorm({ maxNorm: 1 }), sgd({ lr: 0.5 }))
 * const values = new Float64Array([0, 0])
 * optimizer.update(values, new Float64Array([30, 40]), optimizer.init(2, 'float64'))
 * values // → [-0.3, -0.4]
 * ```
 */
export function chain(...optimizers: readonly Optimizer[]): Optimizer {
  if (optimizers.length === 0) throw new RangeError('expected at least one optimizer to chain')
  return {
    init: (n, dtype) => ({ step: 0, moments: {}, parts: optimizers.map(part => part.init(n, dtype)) }),
    update: (values, grads, state) => {
      const parts = state.parts ?? []
      if (parts.length !== optimizers.length)
        throw new RangeError(`state has ${parts.length} parts, expected ${optimizers.length}`)
      expectFit(values, grads, state, noMoments)
      for (let i = 0; i < parts.length; i++) optimizers[i].update(values, grads, parts[i])
      state.step++
    },
  }
}

/** A state with a moment of zeros for each name. */
export function zeroState(moments: readonly string[], n: number, dtype: DType): OptimizerState {
  const zeros = dtype === 'float32' ? () => new Float32Array(n) : () => new Float64Array(n)
  return { step: 0, moments: Object.fromEntries(moments.map(name => [name, zeros()])) }
}

/** Of an optimiser that keeps nothing; one for all calls, as an update makes no object. */
export const noMoments: readonly string[] = []

/** @throws RangeError unless all have one length; TypeError unless all have one dtype, or if a moment is missing */
export function expectFit(
  values: Numbers,
  grads: Numbers,
  { moments }: OptimizerState,
  names: readonly string[],
): void {
  expectSame('', 'grads', grads, values)
  for (const name of names) {
    if (!moments[name]) throw new TypeError(`state has no moment ${name}, expected ${names.join(', ')}`)
    expectSame('moment ', name, moments[name], values)
  }
}

/** What it is comes in two parts, so that they are only joined if there is something to say. */
function expectSame(kind: string, name: string, x: Numbers, values: Numbers): void {
  if (x.length !== values.length)
    throw new RangeError(`${kind}${name} has length ${x.length}, expected ${values.length}`)
  if (dtypeOf(x) !== dtypeOf(values))
    throw new TypeError(`${kind}${name} is ${dtypeOf(x)}, expected ${dtypeOf(values)}`)
}

/** η for the update after `step` others. @throws RangeError if it is negative or not finite */
export function rateAt(lr: LearningRate, step: number): number {
  if (typeof lr === 'number') return lr
  const rate = lr(step)
  return rate >= 0 && rate < Infinity ? rate : expectBetween(`lr at step ${step}`, rate, 0)
}

/** Checks a constant rate once, where the optimiser is made; a schedule is checked at each step. */
export function expectRate(lr: LearningRate): void {
  if (typeof lr === 'number') expectBetween('lr', lr, 0)
}

/**
 * Below this a moment of float32 becomes 0. Where gradients vanish, moments decay to denormal numbers (below 1e-38),
 * with which processors calculate up to a hundred times slower; no update could feel them.
 */
export function tiniest(values: Numbers): number {
  return values instanceof Float32Array ? 1e-30 : 0
}
