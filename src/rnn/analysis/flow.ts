/** How much of a gradient is left, step by step on its way back. */
import type { Tensor } from '../array/tensor.ts'

/** How large the gradient still is at one state. */
export interface FlowPoint {
  /** Steps before the last one */
  readonly lag: number
  /** ‖∂L/∂h_{T-lag}‖ */
  readonly norm: number
}

/**
 * ‖∂L/∂h_{T-k}‖ for k = 0 … T. It measures one path only if the loss reads the last state alone (pass `dHN`, not
 * `dOutput`, to backward); otherwise each step adds its own share.
 *
 * @param stateGradients (T+1, H) or (T+1, B, H), as `net.stateGradients()` gives them; a batch counts as one vector
 * @returns T+1 points, the last step first
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 8, seed: 1 })
 * net.forward(Tensor.zeros([20, 1]))
 * net.backward({ dHN: Tensor.full([1, 8], 1) })
 * const flow = gradientFlow(net.stateGradients())
 * flow[0] // → { lag: 0, norm: 2.828 }
 * flow[20].norm // → 2.2e-6
 * ```
 */
export function gradientFlow(stateGradients: Tensor): FlowPoint[] {
  const T = stateGradients.shape[0] - 1
  return Array.from({ length: T + 1 }, (_, lag) => ({ lag, norm: stateGradients.row(T - lag).norm() }))
}
