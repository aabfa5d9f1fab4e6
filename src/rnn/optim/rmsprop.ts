/** RMSprop (Tieleman and Hinton 2012; centered as in Graves 2013, "Generating sequences with recurrent neural networks"). */
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

/** PyTorch's `RMSprop`. */
export interface RmspropOptions {
  /** η; 0.01 unless given */
  readonly lr?: LearningRate
  /** α, what is kept of the means at each step; 0.99 unless given */
  readonly alpha?: number
  /** ε; 1e-8 unless given */
  readonly eps?: number
  /** λ; 0 unless given */
  readonly weightDecay?: number
  /** μ; 0 unless given */
  readonly momentum?: number
  /** Divide by the deviation from the mean gradient, not by the whole size */
  readonly centered?: boolean
}

/**
 * With g the gradient plus λθ:
 *
 *     v ← α v + (1 - α) g²              mean of the squares
 *     u ← μ u + g / (√v + ε)            centered: √(v - m²), where m ← α m + (1 - α) g
 *     θ ← θ - η u
 *
 * (PyTorch's `RMSprop`)
 *
 * @throws RangeError for an alpha that is not from 0 to 1, or another option that is negative
 * @example
 * ```ts
 * const values = new Float64Array([1])
 * const { init, update } = rmsprop({ lr: 0.01, alpha: 0.99 })
 * update(values, new Float64Array([5]), init(1, 'float64')) // the first step is η / √(1 - α)
 * values // → [0.9]
 * ```
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const defaults = { lr: 0.01, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false }
  const filled = fillOptions<Required<RmspropOptions>>(options, defaults)
  const { lr, alpha, eps, weightDecay, momentum, centered } = filled
  expectRate(lr)
  expectBetween('alpha', alpha, 0, 1)
  expectBetween('eps', eps, 0)
  expectBetween('weightDecay', weightDecay, 0)
  expectBetween('momentum', momentum, 0)
  const names = ['v', ...(centered ? ['m'] : []), ...(momentum > 0 ? ['velocity'] : [])]
  return {
    init: (n, dtype) => zeroState(names, n, dtype),
    update: (values, grads, state) => {
      expectFit(values, grads, state, names)
      const { v, m, velocity } = state.moments
      const rate = rateAt(lr, state.step)
      const tiny = tiniest(values)
      for (let i = 0; i < values.length; i++) {
        const g = grads[i] + weightDecay * values[i]
        let square = alpha * v[i] + (1 - alpha) * g * g
        v[i] = square < tiny ? 0 : square
        if (m) {
          const mean = alpha * m[i] + (1 - alpha) * g
          m[i] = Math.abs(mean) < tiny ? 0 : mean
          // A variance; rounding may take it below 0 where all gradients were alike.
          square = Math.max(0, square - mean * mean)
        }
        let u = g / (Math.sqrt(square) + eps)
        if (velocity) {
          u += momentum * velocity[i]
          velocity[i] = Math.abs(u) < tiny ? 0 : u
        }
        values[i] -= rate * u
      }
      state.step++
    },
  }
}
