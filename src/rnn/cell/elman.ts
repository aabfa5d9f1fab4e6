/**
 * The Elman cell (Elman 1990, "Finding structure in time"), the plain recurrent network:
 *
 *     a_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh
 *     h_t = f(a_t)                                    f = tanh or relu
 *
 * and back, with dh_t = ∂L/∂h_t from the loss at t and from step t+1 (Werbos 1990):
 *
 *     da_t     = dh_t ⊙ f'(a_t)
 *     dW_ih   += da_t x_tᵀ          db_ih += da_t
 *     dW_hh   += da_t h_{t-1}ᵀ      db_hh += da_t
 *     dx_t     = W_ihᵀ da_t
 *     dh_{t-1} = W_hhᵀ da_t
 */
import { addOuter, addTo } from '../array/linalg.ts'
import { anySize, expectShape } from '../array/shape.ts'
import type { Tensor } from '../array/tensor.ts'
import type { CellParams, StepGradients, StepTape } from './cell.ts'

/** f of h_t = f(a_t) */
export type Nonlinearity = 'tanh' | 'relu'

/** f, and f' written in terms of h = f(a), so that a need not be kept. At 0, relu' is 0. */
export const nonlinearities = {
  tanh: { f: (a: number) => Math.tanh(a), slope: (h: number) => 1 - h * h },
  relu: { f: (a: number) => Math.max(0, a), slope: (h: number) => (h > 0 ? 1 : 0) },
} as const

/**
 * One step: h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh). (Elman 1990)
 *
 * @param p W_ih (H, I), W_hh (H, H), b_ih (H), b_hh (H)
 * @param x (I) input
 * @param hPrev (H) previous state
 * @returns the step's tape; its `h` (H) is new, its `x` and `hPrev` are the ones given
 * @throws RangeError if a shape does not fit the parameters
 * @example
 * ```ts
 * const one = Tensor.from([1])
 * const zero = Tensor.from([0])
 * const p = { W_ih: Tensor.from([[1]]), W_hh: Tensor.from([[0.5]]), b_ih: zero, b_hh: zero }
 * const first = elmanForward(p, one, zero)
 * first.h // → [0.761594]
 * elmanForward(p, zero, first.h).h // → [0.363399]
 * ```
 */
export function elmanForward(
  p: CellParams,
  x: Tensor,
  hPrev: Tensor,
  nonlinearity: Nonlinearity = 'tanh',
): StepTape {
  const { H, I } = expectShape(p.W_ih, { H: anySize, I: anySize }, 'W_ih')
  expectShape(x, { I }, 'x')
  expectShape(hPrev, { H }, 'hPrev')
  const { f } = nonlinearities[nonlinearity]
  const a = p.W_ih.matmul(x).add(p.b_ih).add(p.W_hh.matmul(hPrev)).add(p.b_hh)
  return { x, hPrev, h: a.map(f) }
}

/**
 * The same step backwards. Adds this step's share to `grad`, which has the shapes of `p`.
 *
 * @param dh (H) ∂L/∂h_t: from the loss at t plus what step t+1 returned as `dhPrev`
 * @returns da (H), dx (I) and dhPrev (H), all new
 * @throws RangeError if a shape does not fit the parameters
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * net.forward(Tensor.from([[1, 2], [3, 4]]))
 * net.backward({ dHN: Tensor.full([1, 3], 1) })
 * const grad = zerosLike(net.weights)
 * let dh = Tensor.full([3], 1)
 * for (const t of [2, 1]) dh = elmanBackward(net.weights, net.tape(t), dh, grad).dhPrev
 * relativeError(grad.W_hh, net.gradients().weight_hh_l0) < 1e-15 // → true
 * ```
 */
export function elmanBackward(
  p: CellParams,
  { x, hPrev, h }: StepTape,
  dh: Tensor,
  grad: CellParams,
  nonlinearity: Nonlinearity = 'tanh',
): StepGradients {
  const { H } = expectShape(h, { H: anySize }, 'h')
  expectShape(dh, { H }, 'dh')
  const { slope } = nonlinearities[nonlinearity]
  const da = dh.mul(h.map(slope))
  addOuter(grad.W_ih, da, x)
  addOuter(grad.W_hh, da, hPrev)
  addTo(grad.b_ih, da)
  addTo(grad.b_hh, da)
  return { da, dx: p.W_ih.transpose().matmul(da), dhPrev: p.W_hh.transpose().matmul(da) }
}
