/**
 * MinGRU (Feng et al. 2024, "Were RNNs all we needed?"): a GRU whose gate and candidate see the input alone, not the
 * state before. Then the step is linear in the state. This is the plain form; the paper also has one in log-space,
 * whose candidate is made positive.
 *
 *     z_t = σ(W_z x_t + b_z)
 *     h̃_t = W_h x_t + b_h
 *     h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t
 *
 * and back, with dh_t = ∂L/∂h_t from the loss at t and from step t+1, and u_t = W_z x_t + b_z:
 *
 *     dz_t     = dh_t ⊙ (h̃_t - h_{t-1})
 *     du_t     = dz_t ⊙ z_t ⊙ (1 - z_t)
 *     dh̃_t     = dh_t ⊙ z_t
 *     dh_{t-1} = dh_t ⊙ (1 - z_t)
 */
import { sigmoid } from '../array/sigmoid.ts'
import { Tensor } from '../array/tensor.ts'
import { type ScanCell, ScanNet, type ScanNetOptions } from './scanNet.ts'

/**
 * u_t is W_z x_t + b_z (H), and after it h̃_t (H). a = 1 - z, b = z ⊙ h̃. 1 - z is taken as σ(-u), which loses no digits
 * where z is near 1.
 */
const cell: ScanCell = {
  rows: 2,
  shapes: () => ({}),
  draw: () => {},
  forward: u => {
    const [T, B, rows] = u.shape
    const H = rows / 2
    const a = Tensor.zeros([T, B, H], u.dtype)
    const b = Tensor.zeros([T, B, H], u.dtype)
    for (let k = 0; k < a.data.length; k++) {
      const gate = k + H * Math.floor(k / H)
      const candidate = gate + H
      a.data[k] = sigmoid(-u.data[gate])
      b.data[k] = sigmoid(u.data[gate]) * u.data[candidate]
    }
    return { a, b }
  },
  backward: (u, { da, db }) => {
    const H = u.shape[2] / 2
    const du = Tensor.zeros(u.shape, u.dtype)
    for (let k = 0; k < da.data.length; k++) {
      const gate = k + H * Math.floor(k / H)
      const candidate = gate + H
      const z = sigmoid(u.data[gate])
      const dz = db.data[k] * u.data[candidate] - da.data[k]
      du.data[gate] = dz * z * sigmoid(-u.data[gate])
      du.data[candidate] = db.data[k] * z
    }
    return du
  },
}

/**
 * h_t = (1 - z_t) ⊙ h_{t-1} + z_t ⊙ h̃_t, t = 1 … T: each unit is a mean of the past and a candidate, and the input says
 * how much of each. As the gate does not see the state, the sequence can be run as a loop or as a scan.
 *
 * Parameters: `weight_ih_l0` (2H, I), the rows of W_z and then those of W_h, and `bias_ih_l0` (2H), b_z and then b_h,
 * drawn from U(-1/√H, 1/√H): 2H(I + 1) numbers, or 2H·I without biases. A large negative b_z makes a unit remember, a
 * large positive one makes it forget.
 *
 * `forward` remembers its sequence; `backward`, `states` and the gradients speak of the last one.
 *
 * @example
 * ```ts
 * const net = new MinGRU({ inputSize: 2, hiddenSize: 1, mode: 'scan' })
 * // Input 0 is written wherever input 1 opens the gate, and otherwise kept.
 * net.loadStateDict({ weight_ih_l0: Tensor.from([[0, 40], [1, 0]]), bias_ih_l0: Tensor.from([-20, 0]) })
 * net.forward(Tensor.from([[7, 1], [5, 0], [3, 0], [4, 1]])).output // → [[7.0000], [7.0000], [7.0000], [4.0000]]
 * ```
 */
export class MinGRU extends ScanNet {
  /** @throws TypeError for an option that is unknown or missing, RangeError for a value that is out of range */
  constructor(options: ScanNetOptions) {
    super(options, cell)
  }
}
