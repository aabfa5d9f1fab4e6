/** Adagrad (Duchi, Hazan and Singer 2011): steps shrink most where gradients have been largest. */
import { expectBetween, fillOptions } from '../array/options.ts'
import {
  expectFit,
  expectRate,
  type LearningRate,
  type Optimizer,
  rateAt,
  tiniest,
  zeroState,
} from './optimizer.ts'

/** PyTorch's `Adagrad`. */
export interface AdagradOptions {
  /** η; 0.01 unless given */
  readonly lr?: LearningRate
  /** κ; 0 unless given */
  readonly lrDecay?: number
  /** λ; 0 unless given */
  readonly weightDecay?: number
  /** Where s starts; 0 unless given */
  readonly initialAccumulatorValue?: number
  /** ε; 1e-10 unless given */
  readonly eps?: number
}

/**
 * With g the gradient plus λθ, and t = 1, 2, … the update:
 *
 *     s ← s + g²
 *     θ ← θ - η / (1 + (t - 1) κ) · g / (√s + ε)
 *
 * (PyTorch's `Adagrad`)
 *
 * @throws RangeError for a negative option
 * @example
 * ```ts
 * const values = new Float64Array([1])
 * const { init, update } = adagrad({ lr: 0.1 })
 * const state = init(1, 'float64')
 * for (let t = 0; t < 2; t++) update(values, new Float64Array([7]), state) // steps of η, η/√2, η/√3 …
 * values // → [0.829289]
 * ```
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const defaults = { lr: 0.01, lrDecay: 0, weightDecay: 0, initialAccumulatorValue: 0, eps: 1e-10 }
  const filled = fillOptions<Required<AdagradOptions>>(options, defaults)
  const { lr, lrDecay, weightDecay, initialAccumulatorValue, eps } = filled
  expectRate(lr)
  for (const name of ['lrDecay', 'weightDecay', 'initialAccumulatorValue', 'eps'] as const)
    expectBetween(name, filled[name], 0)
  return {
    init: (n, dtype) => {
      const state = zeroState(['s'], n, dtype)
      state.moments.s.fill(initialAccumulatorValue)
      return state
    },
    update: (values, grads, state) => {
      expectFit(values, grads, state, ['s'])
      const { s } = state.moments
      const rate = rateAt(lr, state.step) / (1 + state.step * lrDecay)
      const tiny = tiniest(values)
      for (let i = 0; i < values.length; i++) {
        const g = grads[i] + weightDecay * values[i]
        const sum = s[i] + g * g
        s[i] = sum < tiny ? 0 : sum
        // Where both are 0, so is the step, even with ε = 0.
        if (g !== 0) values[i] -= (rate * g) / (Math.sqrt(sum) + eps)
      }
      state.step++
    },
  }
}
