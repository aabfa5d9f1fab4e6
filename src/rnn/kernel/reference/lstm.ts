/** The LSTM over a sequence: `cell/lstm.ts` for whole batches. Gates in the order i, f, g, o. The twin of `wasm/lstm.ts`. */
import { flush, sigmoid, tanh, tiniest } from '../activation.ts'
import type { FirstBadStep, LstmBlocks, LstmGradients, Sequence } from '../interface.ts'
import type { Block } from '../workspace.ts'
import { addABt, addProduct, affine, joinBiases, rowsFrom } from './products.ts'
import { hasEnded, holdState, isCut, passOn, stepsOf } from './sequence.ts'

/** a_t = W_ih x_t + W_hh h_{t-1} + b; c_t = σ(a_f) ⊙ c_{t-1} + σ(a_i) ⊙ tanh(a_g); h_t = σ(a_o) ⊙ tanh(c_t) */
export function lstmForward(sequence: Sequence, blocks: LstmBlocks, x: Block): FirstBadStep {
  const { B, H, I } = sequence
  const { h, gates, c, tanhC, W_ih, W_hh } = blocks
  const bias = joinBiases(blocks, 4 * H, 4 * H)
  const tiny = tiniest[h.dtype]
  const n = B * H
  for (const step of stepsOf(sequence)) {
    const a = gates.part(step.s * 4 * n, 4 * n)
    affine(a, bias, x.part(step.s * B * I, B * I), W_ih, B, I, 4 * H)
    addABt(a, h.part(step.before * n, n), W_hh, B, H, 4 * H)
    if (!a.numbers.every(Number.isFinite)) return step.s
    const [g, cells, states, tanhs] = [gates.numbers, c.numbers, h.numbers, tanhC.numbers]
    for (let b = 0; b < B; b++) {
      for (let j = 0; j < H; j++) {
        const [i, f, g_, o] = gatesAt(step.s, b, j)
        g[i] = sigmoid(g[i])
        g[f] = sigmoid(g[f])
        g[g_] = tanh(g[g_])
        g[o] = sigmoid(g[o])
        const before = (step.before * B + b) * H + j
        const after = (step.after * B + b) * H + j
        cells[after] = flush(g[f] * cells[before] + g[i] * g[g_], tiny)
        const t = (step.s * B + b) * H + j
        tanhs[t] = tanh(cells[after])
        states[after] = g[o] * tanhs[t]
      }
      if (!hasEnded(sequence, b, step.s)) continue
      holdState(sequence, states, b, step)
      holdState(sequence, cells, b, step)
    }
  }
  return -1

  function gatesAt(s: number, b: number, j: number): [number, number, number, number] {
    const row = (s * B + b) * 4 * H + j
    return [row, row + H, row + 2 * H, row + 3 * H]
  }
}

/**
 * dc_t += dh_t ⊙ o ⊙ (1 - tanh²c_t); through each gate's slope to da_t; dc_{t-1} += dc_t ⊙ f, dh_{t-1} += W_hhᵀ da_t
 */
export function lstmBackward(
  sequence: Sequence,
  { gates, c, tanhC, W_hh }: LstmBlocks,
  { dh, dc, da }: LstmGradients,
  truncate: number,
): FirstBadStep {
  const { B, H } = sequence
  const tiny = tiniest[dh.dtype]
  const n = B * H
  for (const step of stepsOf(sequence).toReversed()) {
    const cut = isCut(step, truncate)
    const [g, cells, tanhs] = [gates.numbers, c.numbers, tanhC.numbers]
    const [dStates, dCells, out] = [dh.numbers, dc.numbers, da.block.numbers]
    let isBad = false
    for (let b = 0; b < B; b++) {
      const gate = (step.s * B + b) * 4 * H
      const row = (step.s * B + b) * da.stride
      if (hasEnded(sequence, b, step.s)) {
        out.fill(0, row, row + 4 * H)
        if (cut) continue
        passOn(sequence, dStates, b, step)
        passOn(sequence, dCells, b, step)
        continue
      }
      for (let j = 0; j < H; j++) {
        const before = (step.before * B + b) * H + j
        const after = (step.after * B + b) * H + j
        const [i, f, g_, o] = [g[gate + j], g[gate + H + j], g[gate + 2 * H + j], g[gate + 3 * H + j]]
        const t = tanhs[(step.s * B + b) * H + j]
        const dht = dStates[after]
        const dct = flush(dCells[after] + dht * o * (1 - t * t), tiny)
        dCells[after] = dct
        out[row + j] = flush(dct * g_ * (i * (1 - i)), tiny)
        out[row + H + j] = flush(dct * cells[before] * (f * (1 - f)), tiny)
        out[row + 2 * H + j] = flush(dct * i * (1 - g_ * g_), tiny)
        out[row + 3 * H + j] = flush(dht * t * (o * (1 - o)), tiny)
        if (!cut) dCells[before] += dct * f
        if (!(Number.isFinite(dct) && Number.isFinite(dht))) isBad = true
      }
    }
    if (isBad) return step.s
    if (!cut) addProduct(dh.part(step.before * n, n), rowsFrom(da, step.s * B), W_hh, B, 4 * H, H)
  }
  return -1
}
