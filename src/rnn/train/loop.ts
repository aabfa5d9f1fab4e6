/** `train`: a whole training in one call, for whoever need not do anything between two steps but look. */
import type { TrainerOptions } from './options.ts'
import type { TrainBest, TrainState } from './state.ts'
import { type Stopped, Trainer, type TrainProgress } from './trainer.ts'

/** As for `Trainer`, and what only a loop from beginning to end can do. */
export interface TrainOptions extends TrainerOptions {
  /** Called after every `progressEvery`-th step, and after each evaluation */
  readonly onProgress?: (progress: TrainProgress) => void
  /** Go on from here; `steps` and `epochs` count what was done before */
  readonly from?: TrainState
  /** In the end put back the parameters that `evaluate` found best, unless aborted; if `patience` is given, true */
  readonly restoreBest?: boolean
}

/** The last step, why it was the last, and all that it takes to go on. */
export interface TrainResult extends TrainProgress {
  readonly stopped: Stopped
  readonly best?: TrainBest
  /** As training left it, before the best was restored: going on from here is as if it had never stopped */
  readonly state: TrainState
}

/**
 * Trains until all steps are done, no better evaluation came for too long, or the signal aborts.
 *
 * It returns when all is done, and a page stands still meanwhile; there, loop over `new Trainer(options).steps()` and
 * await in between.
 *
 * @throws TypeError for an option that is missing, unknown or meaningless without another, or a callback that returns a
 *   promise; RangeError for an option's value, or for a number that is not finite, naming it and the step
 * @example
 * ```ts
 * const random = new Random(1)
 * const net = new RNN({ inputSize: 4, hiddenSize: 8, seed: 1 })
 * const readOut = new Linear({ inFeatures: 8, outFeatures: 1, seed: 2 })
 * const step = () => {
 *   const { x, target } = latch(random, { batch: 16, steps: 8 })
 *   const { loss, dy } = binaryCrossEntropy(readOut.forward(net.forward(x).output), target)
 *   net.backward({ dOutput: readOut.backward(dy) })
 *   return loss
 * }
 * const params = [net.params, readOut.params]
 * const optimizer = chain(clipNorm({ maxNorm: 1 }), adam({ lr: 0.02 }))
 * const { loss, stopped, state } = train({ params, optimizer, step, random, steps: 100 })
 * stopped // → 'finished'
 * loss < 0.1 // → true
 * train({ params, optimizer, step, random, steps: 120, from: state }).loss < loss // → true
 * ```
 */
export function train(options: TrainOptions): TrainResult {
  const { onProgress, from, restoreBest = options.patience !== undefined, ...rest } = options
  if (rest.steps === undefined && rest.epochs === undefined)
    throw new TypeError('expected either steps or epochs, got neither')
  if (restoreBest && !rest.evaluate) throw new TypeError('restoreBest expects evaluate, got none')
  const trainer = new Trainer(rest)
  if (from) trainer.state = from
  for (const progress of trainer.steps()) {
    const answer: unknown = onProgress?.(progress)
    if (answer instanceof Promise)
      throw new TypeError(
        'onProgress returned a promise, which train cannot wait for: loop over new Trainer(…).steps()',
      )
  }
  const { stopped, progress, state } = trainer
  if (!stopped) throw new Error('the loop ended without a reason')
  if (restoreBest && stopped !== 'aborted' && state.best) trainer.restoreBest()
  return { ...progress, stopped, ...(state.best && { best: state.best }), state }
}
