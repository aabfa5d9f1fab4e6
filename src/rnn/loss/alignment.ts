/**
 * One sequence of CTC: all ways to spread U labels over T steps, summed in T (2U + 1) moves. (Graves et al. 2006)
 *
 * Each step gives one class, a label or the blank. A path of T classes means the labels that are left when repeats are
 * merged and then blanks dropped: `- a a - a b` means `a a b`. The probability of the labels is that of all their paths.
 * They are walked as the labels with blanks around, l = - l_1 - l_2 … -, S = 2U + 1 places; at each step one stays at
 * place s, goes on by one, or by two where that skips a blank between different labels. With ln p_t the log-softmax:
 *
 *     m_1(s) = 0 for the first two places, otherwise -∞
 *     m_t(s) = ln Σ_r exp a_{t-1}(r)        over the places r from which s is one move
 *     a_t(s) = m_t(s) + ln p_t[l_s]
 *     ln P   = ln Σ exp a_T(s)              over the last two places
 *
 * and back, where γ_t(s) = ∂ ln P/∂a_t(s) is the probability that a path with this meaning is at place s:
 *
 *     γ_T(s)     = exp(a_T(s) - ln P)       for the last two places
 *     γ_{t-1}(r) = Σ_s γ_t(s) exp(a_{t-1}(r) - m_t(s))
 *     ∂(-ln P)/∂z_t[k] = p_t[k] - Σ γ_t(s)  over the places with l_s = k
 */
import type { Tensor } from '../array/tensor.ts'
import { logSumExp } from './logSpace.ts'

/**
 * -ln P of the labels, in nats; it is finite if there is a step for each label and one more between equal neighbours.
 *
 * @param dz (T, K) zeros, into which goes share · ∂(-ln P)/∂z
 * @param z (T, K) logits
 * @param labels (U) classes, none of them the blank
 */
export function alignmentLoss(
  dz: Tensor,
  z: Tensor,
  labels: readonly number[],
  blank: number,
  share: number,
): number {
  const [T, K] = z.shape
  const places = [blank, ...labels.flatMap(label => [label, blank])]
  const S = places.length
  const lowest = places.map((_, s) => lowestBefore(places, s))
  const logP = logSoftmax(z)
  const m = new Float64Array(T * S).fill(-Infinity)
  const a = new Float64Array(T * S)
  for (let t = 0; t < T; t++)
    for (let s = 0; s < S; s++) {
      const at = t * S + s
      if (t > 0) m[at] = logSumExp(a, at - S - (s - lowest[s]), at - S + 1)
      else if (s < 2) m[at] = 0
      a[at] = m[at] + logP[t * K + places[s]]
    }
  const firstEnd = Math.max(0, S - 2)
  const total = logSumExp(a, (T - 1) * S + firstEnd, T * S)

  let gamma: Float64Array = new Float64Array(S)
  for (let s = firstEnd; s < S; s++) gamma[s] = Math.exp(a[(T - 1) * S + s] - total)
  for (let t = T - 1; t >= 0; t--) {
    for (let k = 0; k < K; k++) dz.data[t * K + k] = share * Math.exp(logP[t * K + k])
    const gammaPrev = new Float64Array(S)
    for (let s = 0; s < S; s++) {
      dz.data[t * K + places[s]] -= share * gamma[s]
      // A place that cannot be reached yet has m = -∞, and no way that leads to it.
      if (gamma[s] === 0 || t === 0) continue
      for (let r = lowest[s]; r <= s; r++)
        gammaPrev[r] += gamma[s] * Math.exp(a[(t - 1) * S + r] - m[t * S + s])
    }
    gamma = gammaPrev
  }
  // Where P is 1, rounding may leave its logarithm a little above 0.
  return Math.max(0, -total)
}

/** The first place from which s is one move; all between it and s are others. */
function lowestBefore(places: readonly number[], s: number): number {
  const skips = s % 2 === 1 && s > 1 && places[s] !== places[s - 2]
  return Math.max(0, s - (skips ? 2 : 1))
}

/** ln p_t[k] = z_t[k] - ln Σ_j exp z_t[j], step by step. (T, K) */
function logSoftmax(z: Tensor): Float64Array {
  const K = z.shape[1]
  const logP = Float64Array.from(z.data)
  for (let start = 0; start < logP.length; start += K) {
    const logZ = logSumExp(z.data, start, start + K)
    for (let k = start; k < start + K; k++) logP[k] -= logZ
  }
  return logP
}
