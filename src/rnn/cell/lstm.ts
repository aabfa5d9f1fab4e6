/**
 * The LSTM cell (Hochreiter and Schmidhuber 1997, "Long short-term memory"), with the forget gate of Gers, Schmidhuber
 * and Cummins 2000. Beside its state h it keeps a memory c, which goes from step to step through no matrix and no tanh:
 *
 *     a_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh     four blocks of H rows: a_i, a_f, a_g, a_o (PyTorch's order)
 *     i = σ(a_i)                                      input gate: how much is written
 *     f = σ(a_f)                                      forget gate: how much is kept
 *     g = tanh(a_g)                                   candidate: what is written
 *     o = σ(a_o)                                      output gate: how much is shown
 *     c_t = f ⊙ c_{t-1} + i ⊙ g
 *     h_t = o ⊙ tanh(c_t)
 *
 * and back, with dh_t and dc_t from step t+1, and from the loss at t:
 *
 *     δ_t  = dc_t + dh_t ⊙ o ⊙ (1 - tanh² c_t)        all ways in which c_t moves the loss
 *     da_i = δ_t ⊙ g ⊙ i ⊙ (1 - i)
 *     da_f = δ_t ⊙ c_{t-1} ⊙ f ⊙ (1 - f)
 *     da_g = δ_t ⊙ i ⊙ (1 - g²)
 *     da_o = dh_t ⊙ tanh(c_t) ⊙ o ⊙ (1 - o)
 *     dW_ih   += da_t x_tᵀ          db_ih += da_t
 *     dW_hh   += da_t h_{t-1}ᵀ      db_hh += da_t
 *     dx_t     = W_ihᵀ da_t
 *     dh_{t-1} = W_hhᵀ da_t
 *     dc_{t-1} = δ_t ⊙ f                              no matrix and no slope: with f = 1 nothing vanishes
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
export interface LstmTape {
  /** its input */
  readonly x: Tensor
  /** the state and the memory it started from */
  readonly hPrev: Tensor
  readonly cPrev: Tensor
  /** input gate, forget gate, candidate, output gate */
  readonly i: Tensor
  readonly f: Tensor
  readonly g: Tensor
  readonly o: Tensor
  /** its own memory and state */
  readonly c: Tensor
  readonly h: Tensor
}

/** What the way back through a step gives. */
export interface LstmGradients {
  /** (4H) ∂L/∂a_t, in the order i, f, g, o */
  readonly da: Tensor
  /** (I) */
  readonly dx: Tensor
  /** (H) */
  readonly dhPrev: Tensor
  /** (H) */
  readonly dcPrev: Tensor
}

/**
 * One step: c_t = f ⊙ c_{t-1} + i ⊙ g, h_t = o ⊙ tanh(c_t). (Hochreiter and Schmidhuber 1997)
 *
 * @param p W_ih (4H, I), W_hh (4H, H), b_ih (4H), b_hh (4H)
 * @param x (I) input
 * @param hPrev (H) previous state
 * @param cPrev (H) previous memory
 * @returns the step's tape; its `x`, `hPrev` and `cPrev` are the ones given, all else is new
 * @throws RangeError if a shape does not fit the parameters
 * @example
 * ```ts
 * const zeros = (...shape: number[]) => Tensor.zeros(shape)
 * const p = { W_ih: zeros(4, 1), W_hh: zeros(4, 1), b_ih: zeros(4), b_hh: zeros(4) }
 * const { f, c, h } = lstmForward(p, Tensor.from([5]), Tensor.from([0]), Tensor.from([2]))
 * f // → [0.5]
 * c // → [1]
 * h // → [0.380797]
 * ```
 */
export function lstmForward(p: CellParams, x: Tensor, hPrev: Tensor, cPrev: Tensor): LstmTape {
  const { H, I } = gateSizes(p, 4)
  expectShape(x, { I }, 'x')
  expectShape(hPrev, { H }, 'hPrev')
  expectShape(cPrev, { H }, 'cPrev')
  const a = p.W_ih.matmul(x).add(p.b_ih).add(p.W_hh.matmul(hPrev)).add(p.b_hh)
  const [aI, aF, aG, aO] = gatesOf(a, H)
  const i = aI.map(sigmoid)
  const f = aF.map(sigmoid)
  const g = aG.map(tanh)
  const o = aO.map(sigmoid)
  const c = f.mul(cPrev).add(i.mul(g))
  const h = o.mul(c.map(tanh))
  return { x, hPrev, cPrev, i, f, g, o, c, h }
}

/**
 * The same step backwards. Adds this step's share to `grad`, which has the shapes of `p`.
 *
 * @param dh (H) ∂L/∂h_t: from the loss at t plus what step t+1 returned as `dhPrev`
 * @param dc (H) ∂L/∂c_t past h_t: what step t+1 returned as `dcPrev`, plus the loss's, if it uses c_t itself
 * @returns da (4H), dx (I), dhPrev (H) and dcPrev (H), all new
 * @throws RangeError if a shape does not fit the parameters
 * @example
 * ```ts
 * const net = new LSTM({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * net.forward(Tensor.from([[1, 2], [3, 4]]))
 * const [dHN, dCN] = [Tensor.full([1, 3], 1), Tensor.zeros([1, 3])]
 * const { dh0 } = net.backward({ dHN, dCN })
 * const grad = zerosLike(net.weights)
 * let [dh, dc] = [dHN.row(0), dCN.row(0)]
 * for (const t of [2, 1]) ({ dhPrev: dh, dcPrev: dc } = lstmBackward(net.weights, net.tape(t), dh, dc, grad))
 * relativeError(dh, dh0.row(0)) < 1e-14 // → true
 * ```
 */
export function lstmBackward(
  p: CellParams,
  { x, hPrev, cPrev, i, f, g, o, c }: LstmTape,
  dh: Tensor,
  dc: Tensor,
  grad: CellParams,
): LstmGradients {
  const { H } = expectShape(c, { H: anySize }, 'c')
  expectShape(dh, { H }, 'dh')
  expectShape(dc, { H }, 'dc')
  const tanhC = c.map(tanh)
  const delta = dc.add(dh.mul(o).mul(tanhC.map(tanhSlope)))
  const daI = delta.mul(g).mul(i.map(sigmoidSlope))
  const daF = delta.mul(cPrev).mul(f.map(sigmoidSlope))
  const daG = delta.mul(i).mul(g.map(tanhSlope))
  const daO = dh.mul(tanhC).mul(o.map(sigmoidSlope))
  const da = Tensor.concat([daI, daF, daG, daO])
  addOuter(grad.W_ih, da, x)
  addOuter(grad.W_hh, da, hPrev)
  addTo(grad.b_ih, da)
  addTo(grad.b_hh, da)
  const dx = p.W_ih.transpose().matmul(da)
  const dhPrev = p.W_hh.transpose().matmul(da)
  const dcPrev = delta.mul(f)
  return { da, dx, dhPrev, dcPrev }
}
