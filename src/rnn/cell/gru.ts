/**
 * The GRU cell (Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder for statistical machine
 * translation"), in PyTorch's variant: the reset gate comes after the product with W_hn, so that all three blocks of
 * W_hh meet h_{t-1} in one product.
 *
 *     a_r = W_ir x_t + b_ir + W_hr h_{t-1} + b_hr
 *     a_z = W_iz x_t + b_iz + W_hz h_{t-1} + b_hz
 *     s   = W_hn h_{t-1} + b_hn
 *     a_n = W_in x_t + b_in + r ⊙ s
 *     r = σ(a_r)                                      reset gate: how much of s the candidate sees
 *     z = σ(a_z)                                      update gate: how much of the state is kept
 *     n = tanh(a_n)                                   candidate: the new state
 *     h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}
 *
 * where W_ih is W_ir, W_iz, W_in one above the other (PyTorch's order), and W_hh, b_ih and b_hh likewise; and back,
 * with dh_t from the loss at t and from step t+1:
 *
 *     da_n = dh_t ⊙ (1 - z) ⊙ (1 - n²)
 *     ds   = da_n ⊙ r
 *     da_z = dh_t ⊙ (h_{t-1} - n) ⊙ z ⊙ (1 - z)
 *     da_r = da_n ⊙ s ⊙ r ⊙ (1 - r)
 *     da       = [da_r, da_z, da_n]                   what reaches the input's side
 *     daHidden = [da_r, da_z, ds]                     what reaches the state's side
 *     dW_ih   += da x_tᵀ                db_ih += da
 *     dW_hh   += daHidden h_{t-1}ᵀ      db_hh += daHidden
 *     dx_t     = W_ihᵀ da
 *     dh_{t-1} = W_hhᵀ daHidden + dh_t ⊙ z            the second way has no matrix: with z = 1 nothing vanishes
 */
import { addOuter, addTo } from '../array/linalg.ts'
import { anySize, expectShape } from '../array/shape.ts'
import { sigmoid, sigmoidSlope } from '../array/sigmoid.ts'
import { Tensor } from '../array/tensor.ts'
import type { CellParams } from './cell.ts'
import { nonlinearities } from './elman.ts'
import { gateSizes, gatesOf } from './gates.ts'

const { f: tanh, slope: tanhSlope } = nonlinearities.tanh

/** What a step keeps for the way back: x is (I), all else (H). */
export interface GruTape {
  /** its input */
  readonly x: Tensor
  /** the state it started from */
  readonly hPrev: Tensor
  /** reset gate, update gate, candidate */
  readonly r: Tensor
  readonly z: Tensor
  readonly n: Tensor
  /** W_hn h_{t-1} + b_hn, what the reset gate weighs */
  readonly s: Tensor
  /** its own state */
  readonly h: Tensor
}

/** What the way back through a step gives. */
export interface GruGradients {
  /** (3H) of the input's side, ∂L/∂(W_ih x_t + b_ih), in the order r, z, n */
  readonly da: Tensor
  /** (3H) of the state's side, ∂L/∂(W_hh h_{t-1} + b_hh): the same but for its last block, which is times r */
  readonly daHidden: Tensor
  /** (I) */
  readonly dx: Tensor
  /** (H) */
  readonly dhPrev: Tensor
}

/**
 * One step: h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}. (Cho et al. 2014, with PyTorch's reset gate)
 *
 * @param p W_ih (3H, I), W_hh (3H, H), b_ih (3H), b_hh (3H)
 * @param x (I) input
 * @param hPrev (H) previous state
 * @returns the step's tape; its `x` and `hPrev` are the ones given, all else is new
 * @throws RangeError if a shape does not fit the parameters
 * @example
 * ```ts
 * const zeros = (...shape: number[]) => Tensor.zeros(shape)
 * const p = { W_ih: zeros(3, 1), W_hh: zeros(3, 1), b_ih: zeros(3), b_hh: zeros(3) }
 * const { z, n, h } = gruForward(p, Tensor.from([5]), Tensor.from([2]))
 * z // → [0.5]
 * n // → [0]
 * h // → [1]
 * ```
 */
export function gruForward(p: CellParams, x: Tensor, hPrev: Tensor): GruTape {
  const { H, I } = gateSizes(p, 3)
  expectShape(x, { I }, 'x')
  expectShape(hPrev, { H }, 'hPrev')
  const [inputR, inputZ, inputN] = gatesOf(p.W_ih.matmul(x).add(p.b_ih), H)
  const [hiddenR, hiddenZ, s] = gatesOf(p.W_hh.matmul(hPrev).add(p.b_hh), H)
  const r = inputR.add(hiddenR).map(sigmoid)
  const z = inputZ.add(hiddenZ).map(sigmoid)
  const n = inputN.add(r.mul(s)).map(tanh)
  const h = oneMinus(z).mul(n).add(z.mul(hPrev))
  return { x, hPrev, r, z, n, s, h }
}

/**
 * The same step backwards. Adds this step's share to `grad`, which has the shapes of `p`.
 *
 * @param dh (H) ∂L/∂h_t: from the loss at t plus what step t+1 returned as `dhPrev`
 * @returns da (3H), daHidden (3H), dx (I) and dhPrev (H), all new
 * @throws RangeError if a shape does not fit the parameters
 * @example
 * ```ts
 * const net = new GRU({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * net.forward(Tensor.from([[1, 2], [3, 4]]))
 * const dHN = Tensor.full([1, 3], 1)
 * const { dh0 } = net.backward({ dHN })
 * const grad = zerosLike(net.weights)
 * let dh = dHN.row(0)
 * for (const t of [2, 1]) dh = gruBackward(net.weights, net.tape(t), dh, grad).dhPrev
 * relativeError(dh, dh0.row(0)) < 1e-14 // → true
 * ```
 */
export function gruBackward(
  p: CellParams,
  { x, hPrev, r, z, n, s }: GruTape,
  dh: Tensor,
  grad: CellParams,
): GruGradients {
  const { H } = expectShape(z, { H: anySize }, 'z')
  expectShape(dh, { H }, 'dh')
  const daN = dh.mul(oneMinus(z)).mul(n.map(tanhSlope))
  const ds = daN.mul(r)
  const daZ = dh.mul(hPrev.sub(n)).mul(z.map(sigmoidSlope))
  const daR = daN.mul(s).mul(r.map(sigmoidSlope))
  const da = Tensor.concat([daR, daZ, daN])
  const daHidden = Tensor.concat([daR, daZ, ds])
  addOuter(grad.W_ih, da, x)
  addOuter(grad.W_hh, daHidden, hPrev)
  addTo(grad.b_ih, da)
  addTo(grad.b_hh, daHidden)
  const dx = p.W_ih.transpose().matmul(da)
  const dhPrev = p.W_hh.transpose().matmul(daHidden).add(dh.mul(z))
  return { da, daHidden, dx, dhPrev }
}

function oneMinus(z: Tensor): Tensor {
  return z.map(v => 1 - v)
}
