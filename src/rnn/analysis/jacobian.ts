/**
 * How a state moves the next one, and those after it. With h_t = f(W_hh h_{t-1} + W_ih x_t + b), element i of h_t
 * depends on element j of h_{t-1} by f'(a_t)_i (W_hh)_ij, so the rows are scaled, by the slope at step t:
 *
 *     ∂h_t/∂h_{t-1} = diag(f'(a_t)) W_hh        for tanh: diag(1 - h_t²) W_hh
 *     ∂h_t/∂h_s     = J_t J_{t-1} ⋯ J_{s+1}     the latest step stands on the left
 *
 * Row i, column j is ∂h_t,i/∂h_s,j. A gradient, as a column, goes back with the transpose: dh_s = (∂h_t/∂h_s)ᵀ dh_t.
 * Pascanu, Mikolov and Bengio 2013 print `W_recᵀ diag(σ'(x_{t-1}))`; their state x is what is a here, so the slope is
 * the earlier step's there, and the transpose belongs to the way back.
 */
import { anySize, expectShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { type Nonlinearity, nonlinearities } from '../cell/elman.ts'

/**
 * J_t = ∂h_t/∂h_{t-1} = diag(f'(a_t)) W_hh.
 *
 * @param W_hh (H, H)
 * @param h (H) the state h_t that the step arrived at, not the one it started from
 * @returns (H, H)
 * @throws RangeError if a shape does not fit
 * @example
 * ```ts
 * const W_hh = Tensor.from([[0.5, -1], [1, 0.5]])
 * stepJacobian(W_hh, Tensor.from([0, 0.5])) // → [[0.5, -1], [0.75, 0.375]]
 * ```
 */
export function stepJacobian(W_hh: Tensor, h: Tensor, nonlinearity: Nonlinearity = 'tanh'): Tensor {
  const { H } = expectShape(h, { H: anySize }, 'h')
  expectShape(W_hh, { H, H_prev: H }, 'W_hh')
  return Tensor.diagonal(h.map(nonlinearities[nonlinearity].slope)).matmul(W_hh)
}

/**
 * J_1 … J_T of a whole sequence, in the order of time.
 *
 * @param W_hh (H, H)
 * @param states (T+1, H) h_0 … h_T of one sequence, as `net.states()` gives them
 * @returns T matrices (H, H); J_t is at index t - 1
 * @throws RangeError if a shape does not fit
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 4, seed: 1 })
 * net.forward(Tensor.zeros([6, 1]))
 * stepJacobians(net.weights.W_hh, net.states()).length // → 6
 * ```
 */
export function stepJacobians(W_hh: Tensor, states: Tensor, nonlinearity: Nonlinearity = 'tanh'): Tensor[] {
  expectShape(states, { steps: anySize, H: anySize }, 'states')
  return states
    .slice(1)
    .rows()
    .map(h => stepJacobian(W_hh, h, nonlinearity))
}

/**
 * ∂h_t/∂h_s = J_t J_{t-1} ⋯ J_{s+1}; the identity for s = t.
 *
 * @param W_hh (H, H)
 * @param states (T+1, H) h_0 … h_T of one sequence, as `net.states()` gives them
 * @param s the earlier step, 0 … t
 * @param t the later step, s … T
 * @returns (H, H)
 * @throws RangeError if a shape does not fit or the steps are not in this order
 * @example
 * ```ts
 * const W_hh = Tensor.from([[0.5, -1], [1, 0.5]])
 * const states = Tensor.from([[0, 0], [0, 0.5], [0.5, 0]])
 * const [J1, J2] = stepJacobians(W_hh, states)
 * stateJacobian(W_hh, states, 0, 2) // → [[-0.37500, -0.65625], [0.87500, -0.81250]]
 * stateJacobian(W_hh, states, 0, 2).equals(J2.matmul(J1)) // → true
 * ```
 */
export function stateJacobian(
  W_hh: Tensor,
  states: Tensor,
  s: number,
  t: number,
  nonlinearity: Nonlinearity = 'tanh',
): Tensor {
  const { steps, H } = expectShape(states, { steps: anySize, H: anySize }, 'states')
  if (!(Number.isInteger(s) && Number.isInteger(t) && 0 <= s && s <= t && t < steps))
    throw new RangeError(`expected steps 0 ≤ s ≤ t ≤ T = ${steps - 1}, got s = ${s}, t = ${t}`)
  let product = Tensor.identity(H)
  for (let k = s + 1; k <= t; k++) product = stepJacobian(W_hh, states.row(k), nonlinearity).matmul(product)
  return product
}
