/** The logistic function: any number to a share between 0 and 1. Gates open by it; logits become probabilities. */

/**
 * σ(a) = 1/(1 + e^-a), for negative a as e^a/(1 + e^a), because e^-a would overflow.
 *
 * @example
 * ```ts
 * sigmoid(0) // → 0.5
 * sigmoid(2) // → 0.880797
 * sigmoid(-1000) // → 0
 * ```
 */
export function sigmoid(a: number): number {
  const e = Math.exp(-Math.abs(a))
  return (a >= 0 ? 1 : e) / (1 + e)
}

/** σ'(a) = s (1 - s), in terms of s = σ(a), so that a need not be kept. */
export function sigmoidSlope(s: number): number {
  return s * (1 - s)
}
