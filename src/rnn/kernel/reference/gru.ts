/** The GRU over a sequence: `cell/gru.ts` for whole batches. Gates in the order r, z, n. The twin of `wasm/gru.ts`. */
import { allocate } from '../../array/numbers.ts'
import { flush, sigmoid, tanh, tiniest } from '../activation.ts'
import type { FirstBadStep, GruBlocks, GruGradients, Sequence } from '../interface.ts'
import type { Block } from '../workspace.ts'
import { addProduct, affine, joinBiases, rowsFrom } from './products.ts'
import { hasEnded, holdState, isCut, passOn, stepsOf } from './sequence.ts'

/** a_t = W_ih x_t + b, for r and z also + W_hh h_{t-1}; u_t = W_hn h_{t-1} + b_hn; n_t = tanh(a_n + r ⊙ u_t); h_t = (1 - z) ⊙ n_t + z ⊙ h_{t-1} */
export function gruForward(sequence: Sequence, blocks: GruBlocks, x: Block): FirstBadStep {
  const { B, H, I } = sequence
  const { h, gates, u, W_ih, W_hh, b_hh } = blocks
  const bias = joinBiases(blocks, 2 * H, 3 * H)
  const b_hn = b_hh ? b_hh.part(2 * H, H) : allocate(H, h.dtype)
  const tiny = tiniest[h.dtype]
  const W_hn = W_hh.part(2 * H * H, H * H)
  const n = B * H
  for (const step of stepsOf(sequence)) {
    const hPrev = h.part(step.before * n, n)
    const a = gates.part(step.s * 3 * n, 3 * n)
    affine(a, bias, x.part(step.s * B * I, B * I), W_ih, B, I, 3 * H)
    addGates(a.numbers, hPrev.numbers)
    affine(u.part(step.s * n, n), b_hn, hPrev, W_hn, B, H, H)
    const [g, us, states] = [gates.numbers, u.numbers, h.numbers]
    let isBad = false
    for (let b = 0; b < B; b++) {
      for (let j = 0; j < H; j++) {
        const row = (step.s * B + b) * 3 * H + j
        const [ar, az] = [g[row], g[row + H]]
        const r = sigmoid(ar)
        const z = sigmoid(az)
        const an = g[row + 2 * H] + r * us[(step.s * B + b) * H + j]
        g[row] = r
        g[row + H] = z
        g[row + 2 * H] = tanh(an)
        const before = (step.before * B + b) * H + j
        states[(step.after * B + b) * H + j] = flush((1 - z) * g[row + 2 * H] + z * states[before], tiny)
        if (!(Number.isFinite(ar) && Number.isFinite(az) && Number.isFinite(an))) isBad = true
      }
      if (hasEnded(sequence, b, step.s)) holdState(sequence, states, b, step)
    }
    if (isBad) return step.s
  }
  return -1

  /** The rows of r and z: a += W h. W's rows of n have a bias inside of r ⊙, so they are `u`. */
  function addGates(a: typeof gates.numbers, hPrev: typeof gates.numbers): void {
    const round = h.dtype === 'float32' ? Math.fround : (x: number) => x
    const W = W_hh.numbers
    for (let b = 0; b < B; b++)
      for (let j = 0; j < 2 * H; j++) {
        let sum = a[b * 3 * H + j]
        for (let k = 0; k < H; k++) sum = round(sum + round(hPrev[b * H + k] * W[j * H + k]))
        a[b * 3 * H + j] = sum
      }
  }
}

/** dn = dh ⊙ (1 - z), dz = dh ⊙ (h_{t-1} - n), each through its gate's slope; dh_{t-1} += dh ⊙ z + W_hhᵀ [dr, dz, r ⊙ dn] */
export function gruBackward(
  sequence: Sequence,
  { h, gates, u, W_hh }: GruBlocks,
  { dh, da }: GruGradients,
  truncate: number,
): FirstBadStep {
  const { B, H } = sequence
  const tiny = tiniest[dh.dtype]
  const size = B * H
  const W_hn = W_hh.part(2 * H * H, H * H)
  for (const step of stepsOf(sequence).toReversed()) {
    const cut = isCut(step, truncate)
    const [g, us, states] = [gates.numbers, u.numbers, h.numbers]
    const [dStates, out] = [dh.numbers, da.block.numbers]
    let isBad = false
    for (let b = 0; b < B; b++) {
      const gate = (step.s * B + b) * 3 * H
      const row = (step.s * B + b) * da.stride
      if (hasEnded(sequence, b, step.s)) {
        out.fill(0, row, row + 4 * H)
        if (!cut) passOn(sequence, dStates, b, step)
        continue
      }
      for (let j = 0; j < H; j++) {
        const before = (step.before * B + b) * H + j
        const dht = dStates[(step.after * B + b) * H + j]
        const [r, z, n] = [g[gate + j], g[gate + H + j], g[gate + 2 * H + j]]
        const dn = flush(dht * (1 - z) * (1 - n * n), tiny)
        const dz = flush(dht * (states[before] - n) * (z * (1 - z)), tiny)
        const dr = flush(dn * us[(step.s * B + b) * H + j] * (r * (1 - r)), tiny)
        out[row + j] = dr
        out[row + H + j] = dz
        out[row + 2 * H + j] = dn
        out[row + 3 * H + j] = flush(dn * r, tiny)
        if (!cut) dStates[before] += dht * z
        if (!(Number.isFinite(dr) && Number.isFinite(dz) && Number.isFinite(dn))) isBad = true
      }
    }
    if (isBad) return step.s
    if (cut) continue
    const dhPrev = dh.part(step.before * size, size)
    const dat = rowsFrom(da, step.s * B)
    const daNew = dat.block.part(3 * H, dat.block.length - 3 * H)
    addProduct(dhPrev, dat, W_hh, B, 2 * H, H)
    addProduct(dhPrev, { block: daNew, stride: da.stride }, W_hn, B, H, H)
  }
  return -1
}
