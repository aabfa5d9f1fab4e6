/** Clipping: gradients that explode are cut, before an optimiser takes them. (Pascanu, Mikolov and Bengio 2013) */
import type { Numbers } from '../array/numbers.ts'
import { expectBetween, expectPositive, fillOptions } from '../array/options.ts'
import { expectFit, noMoments, type Optimizer, zeroState } from './optimizer.ts'

/** How long gradients may be, and how that is measured. */
export interface ClipNormOptions {
  readonly maxNorm: number
  /** p of the p-norm, or Infinity for the largest |gᵢ|; 2 unless given */
  readonly normType?: number
}

/**
 * ‖g‖_p = (Σ |gᵢ|^p)^(1/p) of all gradients together; for p = ∞ the largest |gᵢ|. Safe from overflow and underflow;
 * not finite if any gradient is not.
 * @example
 * ```ts
 * gradientNorm(new Float64Array([3, -4])) // → 5.000
 * gradientNorm(new Float64Array([3, -4]), Infinity) // → 4
 * ```
 */
export function gradientNorm(grads: Numbers, normType = 2): number {
  let scale = 0
  for (let i = 0; i < grads.length; i++) {
    const size = Math.abs(grads[i])
    // Written so that NaN, which is not smaller than anything, is kept.
    if (!(size <= scale)) scale = size
    if (Number.isNaN(scale)) return scale
  }
  if (normType === Infinity || scale === 0 || scale === Infinity) return scale
  let sum = 0
  if (normType === 2) for (let i = 0; i < grads.length; i++) sum += (grads[i] / scale) * (grads[i] / scale)
  else for (let i = 0; i < grads.length; i++) sum += Math.abs(grads[i] / scale) ** normType
  return scale * sum ** (1 / normType)
}

/**
 * g ← g · min(1, maxNorm / (‖g‖ + 1e-6)), in place: all gradients keep their direction. (PyTorch's `clip_grad_norm_`)
 *
 * @returns ‖g‖ as it was
 * @throws RangeError if maxNorm or normType is not above 0, or a gradient is not finite: NaN would spread to all
 * @example
 * ```ts
 * const grads = new Float64Array([30, 40])
 * clipByNorm(grads, { maxNorm: 5 }) // → 50
 * grads // → [3.0000, 4.0000]
 * ```
 */
export function clipByNorm(grads: Numbers, options: ClipNormOptions): number {
  const { maxNorm, normType } = toClip(options)
  return clip(grads, maxNorm, normType)
}

/**
 * gᵢ ← gᵢ cut to ±maxValue, each on its own, in place. (PyTorch's `clip_grad_value_`)
 *
 * @throws RangeError if maxValue < 0
 * @example
 * ```ts
 * const grads = new Float64Array([-3, 0.5])
 * clipByValue(grads, 1)
 * grads // → [-1, 0.5]
 * ```
 */
export function clipByValue(grads: Numbers, maxValue: number): void {
  expectBetween('maxValue', maxValue, 0)
  for (let i = 0; i < grads.length; i++) grads[i] = Math.max(-maxValue, Math.min(maxValue, grads[i]))
}

/**
 * `clipByNorm` as the part of a chain that comes before an optimiser.
 *
 * @throws RangeError if maxNorm or normType is not above 0, and at an update as `clipByNorm`
 * @example
 * ```ts
 * const { init, update } = chain(clipNorm({ maxNorm: 5 }), sgd({ lr: 0.1 }))
 * const values = new Float64Array([0, 0])
 * update(values, new Float64Array([30, 40]), init(2, 'float64'))
 * values // → [-0.3000, -0.4000]
 * ```
 */
export function clipNorm(options: ClipNormOptions): Optimizer {
  const { maxNorm, normType } = toClip(options)
  return part(grads => clip(grads, maxNorm, normType))
}

/**
 * `clipByValue` as the part of a chain that comes before an optimiser.
 *
 * @throws RangeError if maxValue < 0
 * @example
 * ```ts
 * const { init, update } = chain(clipValue({ maxValue: 1 }), sgd({ lr: 0.1 }))
 * const values = new Float64Array([0, 0])
 * update(values, new Float64Array([30, -0.5]), init(2, 'float64'))
 * values // → [-0.10, 0.05]
 * ```
 */
export function clipValue({ maxValue }: { readonly maxValue: number }): Optimizer {
  expectBetween('maxValue', maxValue, 0)
  return part(grads => clipByValue(grads, maxValue))
}

function clip(grads: Numbers, maxNorm: number, normType: number): number {
  const norm = gradientNorm(grads, normType)
  if (!Number.isFinite(norm))
    throw new RangeError(`the norm of the gradients is ${norm}, expected a finite one`)
  const scale = maxNorm / (norm + 1e-6)
  if (scale < 1) for (let i = 0; i < grads.length; i++) grads[i] *= scale
  return norm
}

function toClip(options: ClipNormOptions): Required<ClipNormOptions> {
  const clip = fillOptions<Required<ClipNormOptions>>(options, { maxNorm: Number.NaN, normType: 2 })
  expectPositive('maxNorm', clip.maxNorm)
  if (clip.normType !== Infinity) expectPositive('normType', clip.normType)
  return clip
}

function part(change: (grads: Numbers) => void): Optimizer {
  return {
    init: (n, dtype) => zeroState([], n, dtype),
    update: (values, grads, state) => {
      expectFit(values, grads, state, noMoments)
      change(grads)
      state.step++
    },
  }
}
