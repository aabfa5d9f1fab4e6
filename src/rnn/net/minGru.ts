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
import type { Params, StateDict } from '../params/params.ts'
import {
  type ScanCell,
  ScanNet,
  type ScanNetBackwardOptions,
  type ScanNetConfig,
  type ScanNetForwardOptions,
  type ScanNetOptions,
} from './scanNet.ts'

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
 * drawn from U(-1/√H, 1/√H). A large negative b_z makes a unit remember, a large positive one makes it forget.
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
export class MinGRU {
  readonly config: ScanNetConfig
  readonly params: Params
  readonly #net: ScanNet

  /** @throws TypeError for an option that is unknown or missing, RangeError for a value that is out of range */
  constructor(options: ScanNetOptions) {
    this.#net = new ScanNet(options, cell)
    this.config = this.#net.config
    this.params = this.#net.params
  }

  /** Learnable numbers: 2H(I + 1), or 2H·I without biases. */
  get parameterCount(): number {
    return this.params.count
  }

  /** Copies of the parameters by name. */
  stateDict(): Record<string, Tensor> {
    return this.params.stateDict()
  }

  /** @throws RangeError if a name is missing or unknown or a shape differs; then nothing has changed */
  loadStateDict(state: StateDict): void {
    this.params.loadStateDict(state)
  }

  /**
   * Runs whole sequences.
   *
   * @param x (B, T, I) if `batchFirst`, otherwise (T, B, I); or one sequence (T, I)
   * @returns `output`: h_1 … h_T in the layout of x, (B, T, H); `hN` (1, B, H): h_T. Without a batch (T, H) and (1, H).
   * @throws RangeError if a shape does not fit or a number is not finite; TypeError if a dtype is not the network's,
   *   or for an unknown option
   */
  forward(x: Tensor, options: ScanNetForwardOptions = {}): { output: Tensor; hN: Tensor } {
    return this.#net.forward(x, options)
  }

  /**
   * Back through the last forward. Gradients start from zero each time.
   *
   * @returns `dx` in the shape of x, `dh0` in the shape of hN; for the parameters' see `gradients`
   * @throws RangeError if a shape does not fit or a number is not finite; TypeError if a dtype is not the network's,
   *   or for an unknown option; Error if forward has not run
   */
  backward(options: ScanNetBackwardOptions = {}): { dx: Tensor; dh0: Tensor } {
    return this.#net.backward(options)
  }

  /** Copies of ∂L/∂ each parameter, by name, as the last backward left them. */
  gradients(): Record<string, Tensor> {
    return this.params.gradients()
  }

  /** h_0 … h_T of the last forward, time first: (T+1, B, H), or (T+1, H) for a single sequence; row(t) is h_t. */
  states(): Tensor {
    return this.#net.states()
  }

  /** ∂L/∂h_0 … ∂L/∂h_T of the last backward, (T+1, B, H) or (T+1, H), through every later step; see `gradientFlow`. */
  stateGradients(): Tensor {
    return this.#net.stateGradients()
  }
}
