/**
 * The training loop as a thing that one can hold: take some steps, look, save, go on. It knows parameters and an
 * optimiser, and never what kind of network they are of: forward and backward are the caller's `step`.
 *
 * `steps` is a generator, because then whoever loops decides what happens in between. A test or a cell of a notebook
 * just loops; a page awaits its next frame inside of the same loop; and `break` is a pause. With an async function each
 * would have to wait for a promise, and with callbacks alone a page could never breathe.
 *
 * All that it remembers is in `state`. Training n steps, saving, making everything anew, setting the state and training
 * n more gives the bits of 2n steps at once.
 */
import { gradientNorm } from '../optim/clip.ts'
import type { OptimizerState } from '../optim/optimizer.ts'
import { Joint } from './joint.ts'
import { type TrainerConfig, type TrainerOptions, toTrainerConfig } from './options.ts'
import { expectSameKind, type TrainBest, type TrainState } from './state.ts'

/** What one step did; plain data. */
export interface TrainProgress {
  /** Updates done so far: 1 for the first */
  readonly step: number
  /** The epoch this step was of, 1 for the first; 0 without batches */
  readonly epoch: number
  /** L before the update */
  readonly loss: number
  /** ‖∂L/∂θ‖ over all sets together, before any clipping */
  readonly gradientNorm: number
  /** What `evaluate` gave after the update, if this step was its turn */
  readonly metric?: number
}

/** All steps done; no better evaluation for too long; aborted by the signal. */
export type Stopped = 'finished' | 'patience' | 'aborted'

const noBatch: readonly number[] = []

/**
 * One step is: take a batch; L and g = ∂L/∂θ from `step`; θ ← what the optimiser makes of θ, g and its memory, all sets
 * of parameters as one vector; then, every so often, `evaluate`.
 *
 * A loss, a gradient or an updated parameter that is not finite ends it with the parameters as they were before that
 * step. Batches, generators and perhaps the optimiser's memory have then moved on: start again from a saved state.
 * Of its own it allocates no more than one `TrainProgress` for each report, and a new order for each epoch.
 *
 * @throws TypeError for an option that is missing, unknown or meaningless without another; RangeError for its value
 * @example
 * ```ts
 * const params = new Params({ w: [2] })
 * const trainer = new Trainer({
 *   params,
 *   optimizer: sgd({ lr: 0.5 }),
 *   step: () => {
 *     const { loss, dy } = squaredError(params.value('w'), Tensor.from([1, 2]))
 *     params.grad('w').data.set(dy.data)
 *     return loss
 *   },
 * })
 * for (const { step } of trainer.steps()) {
 *   if (step === 3) break
 *   await new Promise(next => setTimeout(next)) // a page would await its next frame here
 * }
 * params.value('w') // → [0.875, 1.75]
 * trainer.state.step // → 3
 * ```
 */
export class Trainer {
  readonly #config: TrainerConfig
  readonly #joint: Joint
  #optimizer: OptimizerState
  #step = 0
  #loss = Number.NaN
  #gradientNorm = Number.NaN
  #metric?: number
  #best?: TrainBest
  #stale = 0

  constructor(options: TrainerOptions) {
    this.#config = toTrainerConfig(options)
    this.#joint = new Joint(this.#config.params)
    this.#optimizer = this.#config.optimizer.init(this.#joint.values.length, this.#joint.dtype)
  }

  /** Why there is no next step; undefined as long as there is one. */
  get stopped(): Stopped | undefined {
    const { steps, patience, signal } = this.#config
    if (this.#stale >= patience) return 'patience'
    if (this.#step >= steps) return 'finished'
    return signal?.aborted ? 'aborted' : undefined
  }

  /** What the last step did, whether it was reported or not. */
  get progress(): TrainProgress {
    const [step, epoch, metric] = [this.#step, this.#config.batches?.epoch ?? 0, this.#metric]
    const progress = { step, epoch, loss: this.#loss, gradientNorm: this.#gradientNorm }
    return metric === undefined ? progress : { ...progress, metric }
  }

  /**
   * Trains until `stopped`, or until the loop over it is left; a later one goes on.
   *
   * @throws RangeError if a loss, gradient, updated parameter or metric is not finite, naming it and the step
   */
  *steps(): Generator<TrainProgress, void> {
    while (!this.stopped) {
      this.#update()
      const evaluated = this.#step % this.#config.evaluateEvery === 0
      this.#metric = undefined
      if (evaluated) this.#evaluate()
      if (evaluated || this.#step % this.#config.progressEvery === 0) yield this.progress
    }
  }

  /** Puts the parameters of the best evaluation into all sets. @throws Error if evaluate has not run */
  restoreBest(): void {
    if (!this.#best) throw new Error('evaluate has not run yet')
    this.#joint.values.set(this.#best.values)
    this.#joint.writeValues()
  }

  /** A copy of all that this training is, its parameters included; between two steps. */
  get state(): TrainState {
    const { batches, random } = this.#config
    this.#joint.readValues()
    return structuredClone({
      step: this.#step,
      loss: this.#loss,
      values: this.#joint.values,
      optimizer: this.#optimizer,
      ...(batches && { batches: batches.state }),
      random: random.map(generator => generator.state),
      ...(this.#best && { best: this.#best }),
      stale: this.#stale,
    })
  }

  /**
   * Goes on from a saved state: parameters, batches and registered generators become what they were.
   *
   * @throws RangeError or TypeError if it is not a state of this training; then nothing has changed
   */
  set state(state: TrainState) {
    const { batches, random } = this.#config
    expectSameKind(state, this.state)
    if (batches && state.batches) batches.state = state.batches
    random.forEach((generator, i) => {
      generator.state = state.random[i]
    })
    const { step, loss, values, optimizer, best, stale } = structuredClone(state)
    this.#joint.values.set(values)
    this.#joint.writeValues()
    this.#optimizer = optimizer
    this.#step = step
    this.#loss = loss
    this.#gradientNorm = Number.NaN
    this.#metric = undefined
    this.#best = best
    this.#stale = stale
  }

  #update(): void {
    const { batches, step, optimizer } = this.#config
    const joint = this.#joint
    const at = this.#step + 1
    const loss = step(batches ? batches.take() : noBatch)
    if (!Number.isFinite(loss)) throw notFinite(at, 'the loss', loss)
    joint.readGrads()
    const norm = gradientNorm(joint.grads)
    if (!Number.isFinite(norm)) {
      joint.expectFinite('grads', `step ${at}: the gradient of`)
      throw notFinite(at, 'the norm of the gradients', norm)
    }
    // Read anew for every step, because the caller may have changed them since the last.
    joint.readValues()
    optimizer.update(joint.values, joint.grads, this.#optimizer)
    // The ∞-norm is the largest |θ|, or NaN if there is one.
    if (!Number.isFinite(gradientNorm(joint.values, Infinity)))
      joint.expectFinite('values', `step ${at}: after the update`)
    joint.writeValues()
    this.#step = at
    this.#loss = loss
    this.#gradientNorm = norm
  }

  #evaluate(): void {
    const { evaluate, minDelta } = this.#config
    const metric = Number(evaluate?.())
    if (!Number.isFinite(metric)) throw notFinite(this.#step, 'the metric', metric)
    this.#metric = metric
    if (this.#best && metric >= this.#best.metric - minDelta) {
      this.#stale++
      return
    }
    this.#stale = 0
    const values = this.#best?.values ?? this.#joint.values.slice()
    values.set(this.#joint.values)
    this.#best = { step: this.#step, metric, values }
  }
}

function notFinite(step: number, what: string, value: unknown): RangeError {
  return new RangeError(`step ${step}: ${what} is ${value}, expected a finite number`)
}
