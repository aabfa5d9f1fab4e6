/** The Elman network over a sequence: `cell/elman.ts` for whole batches. The twin of `wasm/elman.ts`. */
import { flush, tanh, tiniest } from '../activation.ts'
import type { ElmanBlocks, ElmanGradients, FirstBadStep, Sequence } from '../interface.ts'
import type { Block } from '../workspace.ts'
import { addABt, addProduct, affine, joinBiases, rowsFrom } from './products.ts'
import { hasEnded, holdState, isCut, passOn, stepsOf } from './sequence.ts'

/** a_t = W_ih x_t + W_hh h_{t-1} + b, h_t = f(a_t) */
export function elmanForward(sequence: Sequence, blocks: ElmanBlocks, x: Block): FirstBadStep {
  const { B, H, I } = sequence
  const { h, W_ih, W_hh, nonlinearity } = blocks
  const bias = joinBiases(blocks, H, H)
  const f = nonlinearity === 'tanh' ? tanh : (a: number) => (a < 0 ? 0 : a)
  const n = B * H
  for (const step of stepsOf(sequence)) {
    // The pre-activations stand where the states will.
    const at = h.part(step.after * n, n)
    affine(at, bias, x.part(step.s * B * I, B * I), W_ih, B, I, H)
    addABt(at, h.part(step.before * n, n), W_hh, B, H, H)
    const a = at.numbers
    if (!a.every(Number.isFinite)) return step.s
    for (let k = 0; k < n; k++) a[k] = f(a[k])
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
    const dat = rowsFrom(da, step.s * B)
    const out = dat.block.numbers
    let isBad = false
    for (let b = 0; b < B; b++)
      for (let j = 0; j < H; j++) {
        const y = states[b * H + j]
        const dy = dStates[b * H + j]
        const slope = flush(nonlinearity === 'tanh' ? dy * (1 - y * y) : y > 0 ? dy : 0, tiny)
        out[b * da.stride + j] = slope
        if (!(Number.isFinite(dy) && Number.isFinite(slope))) isBad = true
      }
    if (isBad) return step.s
    const cut = isCut(step, truncate)
    for (let b = 0; b < B; b++) {
      if (!hasEnded(sequence, b, step.s)) continue
      out.fill(0, b * da.stride, b * da.stride + H)
      if (!cut) passOn(sequence, dh.numbers, b, step)
    }
    if (!cut) addProduct(dh.part(step.before * n, n), dat, W_hh, B, H, H)
  }
  return -1
}
