/** Stochastic gradient descent, with momentum (Polyak 1964), also in Nesterov's form (Sutskever et al. 2013). */
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

/** PyTorch's `SGD`. */
export interface SgdOptions {
  /** η; 0.001 unless given */
  readonly lr?: LearningRate
  /** μ; 0 unless given */
  readonly momentum?: number
  /** τ, the share of each gradient but the first that is kept out of the momentum; 0 unless given */
  readonly dampening?: number
  /** Look ahead: the gradient plus the momentum it makes */
  readonly nesterov?: boolean
  /** λ; 0 unless given */
  readonly weightDecay?: number
}

/**
 * With g the gradient plus λθ, and one velocity v for each parameter, which starts as the first g:
 *
 *     v ← μ v + (1 - τ) g
 *     θ ← θ - η v           or, with Nesterov's momentum, θ - η (g + μ v)
 *
 * Without momentum θ ← θ - η g. (PyTorch's `SGD`)
 *
 * @throws RangeError for a negative option, or Nesterov's momentum without momentum or with dampening
 * @example
 * ```ts
 * const [values, grads] = [new Float64Array([1]), new Float64Array([2])]
 * const { init, update } = sgd({ lr: 0.1, momentum: 0.5 })
 * const state = init(1, 'float64')
 * update(values, grads, state)
 * values // → [0.8]
 * update(values, grads, state)
 * values // → [0.5]
 * ```
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { lr, momentum, dampening, nesterov, weightDecay } = fillOptions<Required<SgdOptions>>(options, {
    lr: 1e-3,
    momentum: 0,
    dampening: 0,
    nesterov: false,
    weightDecay: 0,
  })
  expectRate(lr)
  expectBetween('momentum', momentum, 0)
  expectBetween('dampening', dampening, 0, 1)
  expectBetween('weightDecay', weightDecay, 0)
  if (nesterov && (momentum === 0 || dampening !== 0))
    throw new RangeError(
      `nesterov expects a momentum and no dampening, got momentum ${momentum} and dampening ${dampening}`,
    )
  const moments = momentum > 0 ? ['velocity'] : []
  return {
    init: (n, dtype) => zeroState(moments, n, dtype),
    update: (values, grads, state) => {
      expectFit(values, grads, state, moments)
      const rate = rateAt(lr, state.step)
      const kept = state.step === 0 ? 1 : 1 - dampening
      const tiny = tiniest(values)
      const v = state.moments.velocity
      for (let i = 0; i < values.length; i++) {
        const g = grads[i] + weightDecay * values[i]
        if (!v) {
          values[i] -= rate * g
          continue
        }
        const moved = momentum * v[i] + kept * g
        v[i] = Math.abs(moved) < tiny ? 0 : moved
        values[i] -= rate * (nesterov ? g + momentum * moved : moved)
      }
      state.step++
    },
  }
}
