/** What the analysis asks of a network, whatever its cell: RNN, LSTM, GRU, or one of the reader's own. */
import { anySize, expectShape, formatShape, sizeOf } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** Maps a sequence x (T, I) to outputs (T, O), and ∂L/∂output to ∂L/∂x, of the last forward. */
export interface SequenceMap {
  forward(x: Tensor): { readonly output: Tensor }
  backward(gradients: { readonly dOutput: Tensor }): { readonly dx: Tensor }
}

/** A read-out y_t = g(h_t) such as `Linear`: (T, H) → (T, O), and ∂L/∂y to ∂L/∂h. */
export interface ReadOut {
  forward(h: Tensor): Tensor
  backward(dy: Tensor): Tensor
}

/** The state of a network between two steps: h, and c where there is one (LSTM). */
export interface RecurrentState {
  readonly h0?: Tensor
  readonly c0?: Tensor
}

/** A network whose state can be handed in and whose last state comes out. */
export interface Recurrent {
  forward(
    x: Tensor,
    state?: RecurrentState,
  ): { readonly output: Tensor; readonly hN: Tensor; readonly cN?: Tensor }
  backward(gradients: { readonly dHN?: Tensor; readonly dCN?: Tensor }): {
    readonly dh0: Tensor
    readonly dc0?: Tensor
  }
}

/**
 * J_t = ∂s_t/∂s_{t-1} for t = 1 … T, where s is all that a network carries from step to step: h of every layer, and
 * then c of every layer if it has one. Each row is one backward through one step, so it fits any cell; for the Elman
 * network `stepJacobians` says the same in one formula.
 *
 * Runs the network's forward and backward: its tape and gradients are afterwards those of the last step.
 *
 * @param x (T, I) one sequence
 * @param state h0 (layers, H), c0 alike; zero unless given
 * @returns T matrices (S, S), S numbers in a state; J_t is at index t - 1
 * @throws RangeError if x is not (T, I), or the network reads in both directions: then no state goes from step to step
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * const x = Tensor.from([[1, 0], [0, 1]])
 * const [J1, J2] = networkJacobians(net, x)
 * net.forward(x)
 * const formula = stepJacobian(net.weights.W_hh, net.states().row(2))
 * relativeError(J2, formula) < 1e-12 // → true
 * ```
 */
export function networkJacobians(net: Recurrent, x: Tensor, state: RecurrentState = {}): Tensor[] {
  const { T } = expectShape(x, { T: anySize, I: anySize }, 'x')
  const jacobians: Tensor[] = []
  for (let t = 0; t < T; t++) {
    const { output, hN, cN } = net.forward(x.slice(t, t + 1), state)
    if (output.shape.at(-1) !== hN.shape.at(-1))
      throw new RangeError(
        `output has shape ${formatShape(output.shape)} and hN ${formatShape(hN.shape)}, expected one direction`,
      )
    jacobians.push(lastStepJacobian(net, hN, cN))
    state = cN ? { h0: hN, c0: cN } : { h0: hN }
  }
  return jacobians
}

/** Row i is what one backward gives for dL/ds = e_i. */
function lastStepJacobian(net: Recurrent, hN: Tensor, cN?: Tensor): Tensor {
  const [nh, nc] = [sizeOf(hN.shape), cN ? sizeOf(cN.shape) : 0]
  const unit = (n: number, i: number, shape: readonly number[]) =>
    Tensor.generate(shape, k => (k === i && i < n ? 1 : 0), hN.dtype)
  const rows = Array.from({ length: nh + nc }, (_, i) => {
    const dHN = unit(nh, i, hN.shape)
    const back = net.backward(cN ? { dHN, dCN: unit(nc, i - nh, cN.shape) } : { dHN })
    const dh0 = back.dh0.reshape([nh])
    return back.dc0 ? Tensor.concat([dh0, back.dc0.reshape([nc])]) : dh0
  })
  return Tensor.stack(rows)
}
