/** Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019, "Decoupled weight decay regularization"). */
import type { Numbers } from '../array/numbers.ts'
import { expectBetween, fillOptions } from '../array/options.ts'
import { powersOf } from '../array/power.ts'
import type { AdamStep } from '../kernel/interface.ts'
import { kernel } from '../kernel/kernel.ts'
import {
  expectFit,
  expectRate,
  type LearningRate,
  type Optimizer,
  rateAt,
  tiniest,
  zeroState,
} from './optimizer.ts'

/** PyTorch's `Adam` and `AdamW`. */
export interface AdamOptions {
  /** η; 0.001 unless given */
  readonly lr?: LearningRate
  /** β1, β2; 0.9 and 0.999 unless given */
  readonly betas?: readonly [number, number]
  /** ε; 1e-8 unless given */
  readonly eps?: number
  /** λ; for `adam` 0 unless given, for `adamW` 0.01 */
  readonly weightDecay?: number
  /** Divide by the largest v so far (Reddi et al. 2018) */
  readonly amsgrad?: boolean
}

/**
 * With g the gradient plus λθ, and t = 1, 2, … the update:
 *
 *     m ← β1 m + (1 - β1) g             mean of the gradients
 *     v ← β2 v + (1 - β2) g²            mean of their squares
 *     θ ← θ - η m̂ / (√v̂ + ε)           m̂ = m / (1 - β1^t), v̂ = v / (1 - β2^t): means of what there was so far
 *
 * (PyTorch's `Adam`)
 *
 * @throws RangeError for a β that is not from 0 to 1, or another option that is negative
 * @example
 * ```ts
 * const values = new Float64Array([1, 1])
 * const { init, update } = adam({ lr: 0.1 })
 * update(values, new Float64Array([1e-4, 1e4]), init(2, 'float64')) // steps do not depend on the size of gradients
 * values // → [0.90001, 0.90000]
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return build(options, { weightDecay: 0, decoupled: false })
}

/**
 * Adam with decoupled weight decay: θ ← θ - ηλθ comes first, and g is the gradient alone, so that parameters with
 * large gradients decay as fast as others. (PyTorch's `AdamW`)
 *
 * @throws RangeError for a β that is not from 0 to 1, or another option that is negative
 * @example
 * ```ts
 * const values = new Float64Array([2])
 * const { init, update } = adamW({ lr: 0.1, weightDecay: 0.1 })
 * update(values, new Float64Array([0]), init(1, 'float64'))
 * values // → [1.98]
 * ```
 */
export function adamW(options: AdamOptions = {}): Optimizer {
  return build(options, { weightDecay: 0.01, decoupled: true })
}

function build(options: AdamOptions, form: { weightDecay: number; decoupled: boolean }): Optimizer {
  const { lr, betas, eps, weightDecay, amsgrad } = fillOptions<Required<AdamOptions>>(options, {
    lr: 1e-3,
    betas: [0.9, 0.999],
    eps: 1e-8,
    weightDecay: form.weightDecay,
    amsgrad: false,
  })
  expectRate(lr)
  for (const [i, beta] of betas.entries()) expectBetween(`betas[${i}]`, beta, 0, 1 - Number.EPSILON / 2)
  expectBetween('eps', eps, 0)
  expectBetween('weightDecay', weightDecay, 0)
  const [beta1, beta2] = betas
  const [power1, power2] = [powersOf(beta1), powersOf(beta2)]
  // Filled in anew at each step: an update allocates nothing.
  const constants = { beta1: 0, beta2: 0, rate: 0, root: 0, eps: 0, shrink: 1, pull: 0 }
  const names = amsgrad ? ['m', 'v', 'vMax'] : ['m', 'v']
  return {
    init: (n, dtype) => zeroState(names, n, dtype),
    update: (values, grads, state) => {
      expectFit(values, grads, state, names)
      const { m, v, vMax } = state.moments
      const rate = rateAt(lr, state.step)
      const t = ++state.step
      const meanRate = rate / (1 - power1(t))
      const rootScale = 1 / Math.sqrt(1 - power2(t))
      const shrink = form.decoupled ? 1 - rate * weightDecay : 1
      const pull = form.decoupled ? 0 : weightDecay
      if (vMax) {
        stepAmsgrad(
          values,
          grads,
          { m, v, vMax },
          { beta1, beta2, rate: meanRate, root: rootScale, eps, shrink, pull },
        )
        return
      }
      constants.beta1 = beta1
      constants.beta2 = beta2
      constants.rate = meanRate
      constants.root = rootScale
      constants.eps = eps
      constants.shrink = shrink
      constants.pull = pull
      kernel.adam(values, grads, m, v, constants)
    },
  }
}

/** The same as the kernel's step, but for a v that never shrinks. */
function stepAmsgrad(
  values: Numbers,
  grads: Numbers,
  { m, v, vMax }: Record<'m' | 'v' | 'vMax', Numbers>,
  { beta1, beta2, rate, root, eps, shrink, pull }: AdamStep,
): void {
  const tiny = tiniest(values)
  for (let i = 0; i < values.length; i++) {
    const g = grads[i] + pull * values[i]
    const mean = beta1 * m[i] + (1 - beta1) * g
    const square = beta2 * v[i] + (1 - beta2) * g * g
    m[i] = Math.abs(mean) < tiny ? 0 : mean
    v[i] = square < tiny ? 0 : square
    vMax[i] = Math.max(vMax[i], v[i])
    values[i] = shrink * values[i] - (rate * mean) / (root * Math.sqrt(vMax[i]) + eps)
  }
}
