/** The Elman network over a sequence: `cell/elman.ts` for whole batches. The twin of `wasm/elman.ts`. */
import { flush, tanh, tiniest } from '../activation.ts'
import type { ElmanBlocks, ElmanGradients, FirstBadStep, Sequence } from '../interface.ts'
import { addAB, addABt } from './products.ts'
import { hasEnded, holdState, isCut, passOn, stepsOf } from './sequence.ts'

/** a_t += W_hh h_{t-1}, h_t = f(a_t) */
export function elmanForward(
  sequence: Sequence,
  { h, gates, W_hh, nonlinearity }: ElmanBlocks,
): FirstBadStep {
  const { B, H } = sequence
  const f = nonlinearity === 'tanh' ? tanh : (x: number) => (x < 0 ? 0 : x)
  const n = B * H
  for (const step of stepsOf(sequence)) {
    const at = gates.part(step.s * n, n)
    addABt(at, h.part(step.before * n, n), W_hh, B, H, H)
    const [x, y] = [at.numbers, h.part(step.after * n, n).numbers]
    for (let k = 0; k < n; k++) y[k] = f(x[k])
    if (!x.every(Number.isFinite)) return step.s
    for (let b = 0; b < B; b++) if (hasEnded(sequence, b, step.s)) holdState(sequence, h.numbers, b, step)
  }
  return -1
}

/** da_t = dh_t ⊙ f'(a_t), dh_{t-1} += W_hhᵀ da_t */
export function elmanBackward(
  sequence: Sequence,
  { h, W_hh, nonlinearity }: ElmanBlocks,
  { dh, da }: ElmanGradients,
  truncate: number,
): FirstBadStep {
  const { B, H } = sequence
  const tiny = tiniest[h.dtype]
  const n = B * H
  for (const step of stepsOf(sequence).toReversed()) {
    const states = h.part(step.after * n, n).numbers
    const dStates = dh.part(step.after * n, n).numbers
    const dat = da.part(step.s * n, n)
    const out = dat.numbers
    for (let k = 0; k < n; k++) {
      const y = states[k]
      const dy = dStates[k]
      out[k] = flush(nonlinearity === 'tanh' ? dy * (1 - y * y) : y > 0 ? dy : 0, tiny)
    }
    if (!out.every(Number.isFinite)) return step.s
    const cut = isCut(step, truncate)
    for (let b = 0; b < B; b++) {
      if (!hasEnded(sequence, b, step.s)) continue
      out.fill(0, b * H, (b + 1) * H)
      if (!cut) passOn(sequence, dh.numbers, b, step)
    }
    if (!cut) addAB(dh.part(step.before * n, n), dat, W_hh, B, H, H)
  }
  return -1
}
