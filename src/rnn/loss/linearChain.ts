/**
 * One sequence of a linear chain: every path through K tags has a score, and sums over all K^T paths need only T K²
 * steps. (Sums: Baum, Petrie, Soules and Weiss 1970; the best path: Viterbi 1967; tutorial: Rabiner 1989)
 *
 *     score(y) = start[y_1] + Σ_t x_t[y_t] + Σ_t A[y_{t-1}, y_t] + end[y_T]
 *
 *     m_1[k] = start[k]
 *     m_t[k] = ln Σ_i exp(a_{t-1}[i] + A[i, k])      all ways to come to k
 *     a_t[k] = m_t[k] + x_t[k]
 *     ln Z   = ln Σ_k exp(a_T[k] + end[k])           all paths
 *
 * and back, where the derivative of ln Z for a_t[k] is the probability p_t[k] that a path drawn with p ∝ e^score is
 * at k:
 *
 *     p_T[k]     = exp(a_T[k] + end[k] - ln Z)
 *     P_t[i | k] = exp(a_{t-1}[i] + A[i, k] - m_t[k])      where it was, if it is at k now
 *     p_{t-1}[i] = Σ_k p_t[k] P_t[i | k]
 */
import type { Numbers } from '../array/numbers.ts'
import { logSumExp } from './logSpace.ts'

/**
 * The scores of one sequence, or a gradient of them, which has the same shapes: start (K), end (K), transitions (K, K)
 * from row to column, emissions (T, K).
 */
export interface Chain {
  readonly start: Numbers
  readonly end: Numbers
  readonly transitions: Numbers
  readonly emissions: Numbers
}

export interface ChainTape {
  /** m (T, K) */
  readonly m: Float64Array
  /** a (T, K); each a_t less its largest number, so that the digits do not go with the steps */
  readonly a: Float64Array
  /** ln Σ_k exp(a_T[k] + end[k]), of the a_T that is kept */
  readonly logEnd: number
  /** ln Z, in nats; -∞ if no path is allowed */
  readonly logZ: number
}

/** ln Z, and what the way back needs. A score of -∞ forbids. */
export function chainForward({ start, end, transitions, emissions }: Chain): ChainTape {
  const K = start.length
  const T = emissions.length / K
  const m = new Float64Array(T * K)
  const a = new Float64Array(T * K)
  const terms = new Float64Array(K)
  let taken = 0
  for (let t = 0; t < T; t++) {
    let max = -Infinity
    for (let k = 0; k < K; k++) {
      if (t > 0) for (let i = 0; i < K; i++) terms[i] = a[(t - 1) * K + i] + transitions[i * K + k]
      m[t * K + k] = t > 0 ? logSumExp(terms) : start[k]
      a[t * K + k] = m[t * K + k] + emissions[t * K + k]
      max = Math.max(max, a[t * K + k])
    }
    // Where nothing is allowed, -∞ less -∞ would be NaN.
    if (max === -Infinity) continue
    for (let k = 0; k < K; k++) a[t * K + k] -= max
    taken += max
  }
  for (let k = 0; k < K; k++) terms[k] = a[(T - 1) * K + k] + end[k]
  const logEnd = logSumExp(terms)
  return { m, a, logEnd, logZ: taken + logEnd }
}

/**
 * -ln p(y) = ln Z - score(y), in nats: the sum of -ln p_T[y_T] and all -ln P_t[y_{t-1} | y_t]. None of them is
 * negative, and no digits cancel as they would in the difference.
 *
 * @param tags (T)
 * @returns not finite if the path takes a transition of -∞
 */
export function pathLoss({ end, transitions }: Chain, tape: ChainTape, tags: ArrayLike<number>): number {
  const { m, a, logEnd } = tape
  const K = end.length
  const T = a.length / K
  let loss = logEnd - (a[(T - 1) * K + tags[T - 1]] + end[tags[T - 1]])
  for (let t = 1; t < T; t++) {
    const [i, k] = [tags[t - 1], tags[t]]
    loss += m[t * K + k] - (a[(t - 1) * K + i] + transitions[i * K + k])
  }
  return loss
}

/** counts += share · ∂ ln Z/∂ each score: how often a path is expected to use it. The emissions' are p_t[k]. */
export function addExpectedCounts(
  counts: Chain,
  { end, transitions }: Chain,
  { m, a, logEnd }: ChainTape,
  share = 1,
): void {
  const K = end.length
  const T = a.length / K
  let p: Float64Array = new Float64Array(K)
  for (let k = 0; k < K; k++) {
    p[k] = share * Math.exp(a[(T - 1) * K + k] + end[k] - logEnd)
    counts.end[k] += p[k]
  }
  for (let t = T - 1; t > 0; t--) {
    const pPrev = new Float64Array(K)
    for (let k = 0; k < K; k++) {
      counts.emissions[t * K + k] += p[k]
      // A tag that cannot be reached has m = -∞, and no way that leads to it.
      if (p[k] === 0) continue
      for (let i = 0; i < K; i++) {
        const both = p[k] * Math.exp(a[(t - 1) * K + i] + transitions[i * K + k] - m[t * K + k])
        counts.transitions[i * K + k] += both
        pPrev[i] += both
      }
    }
    p = pPrev
  }
  for (let k = 0; k < K; k++) {
    counts.emissions[k] += p[k]
    counts.start[k] += p[k]
  }
}

/** counts += share · ∂ score(y)/∂ each score: how often the path uses it. tags (T) */
export function addPathCounts(counts: Chain, tags: ArrayLike<number>, share = 1): void {
  const K = counts.start.length
  const T = counts.emissions.length / K
  counts.start[tags[0]] += share
  counts.end[tags[T - 1]] += share
  for (let t = 0; t < T; t++) {
    counts.emissions[t * K + tags[t]] += share
    if (t > 0) counts.transitions[tags[t - 1] * K + tags[t]] += share
  }
}

/**
 * The path with the highest score: the forward algorithm with max for ln Σ exp, and a note of where each max came from.
 * Of equals the one with the lowest last tag, then the lowest last but one, and so on. (Viterbi 1967)
 */
export function bestPath({ start, end, transitions, emissions }: Chain): { path: number[]; score: number } {
  const K = start.length
  const T = emissions.length / K
  const from = new Uint32Array(T * K)
  let best: Float64Array = Float64Array.from(start, (s, k) => s + emissions[k])
  for (let t = 1; t < T; t++) {
    const next = new Float64Array(K).fill(-Infinity)
    for (let k = 0; k < K; k++) {
      for (let i = 0; i < K; i++) {
        const score = best[i] + transitions[i * K + k]
        if (score <= next[k]) continue
        next[k] = score
        from[t * K + k] = i
      }
      next[k] += emissions[t * K + k]
    }
    best = next
  }
  const totals = best.map((score, k) => score + end[k])
  const score = totals.reduce((a, b) => Math.max(a, b))
  const path = Array<number>(T).fill(totals.indexOf(score))
  for (let t = T - 1; t > 0; t--) path[t - 1] = from[t * K + path[t]]
  return { path, score }
}
