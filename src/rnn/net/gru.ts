/** GRU: gated recurrent units over whole sequences, with the interface of PyTorch's `nn.GRU`. */
import type { Tensor } from '../array/tensor.ts'
import type { GruTape } from '../cell/gru.ts'
import { RecurrentNetwork, type Which } from './network.ts'
import {
  type BackwardOptions,
  type FilledOptions,
  type ForwardOptions,
  type InputGradient,
  type NetworkOptions,
  toConfig,
} from './options.ts'

/**
 * h_t = (1 - z) ⊙ n + z ⊙ h_{t-1}, with gates r and z and the candidate n of x_t and h_{t-1}: see `gruForward`.
 * (Cho et al. 2014; parameters and the place of the reset gate as PyTorch's `nn.GRU`)
 *
 * Parameters as `RNN` has them, with 3H rows in the place of H: the gates one above the other in the order r, z, n.
 *
 * @example
 * ```ts
 * const net = new GRU({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * const x = Tensor.zeros([1, 6, 2])
 * const whole = net.forward(x).hN
 * const { hN } = net.forward(x.row(0).slice(0, 4))
 * const rest = net.forward(x.row(0).slice(4), { h0: hN }).hN
 * rest.reshape([1, 1, 3]).maxAbsDifference(whole) < 1e-15 // → true
 * ```
 */
export class GRU extends RecurrentNetwork {
  readonly config: FilledOptions

  /** @throws TypeError for an unknown option, RangeError for a value that is out of range */
  constructor(options: NetworkOptions) {
    const config = toConfig(options)
    super({ ...config, cell: 'gru' })
    this.config = config
  }

  /** As `RNN.forward`. */
  forward(x: Tensor, options: ForwardOptions = {}): { output: Tensor; hN: Tensor } {
    return this.runForward(x, options)
  }

  /** As `RNN.backward`. */
  backward<Options extends BackwardOptions>(
    options: Options = {} as Options,
  ): InputGradient<Options> & { dh0: Tensor } {
    return this.runBackward(options) as InputGradient<Options> & { dh0: Tensor }
  }

  /**
   * The reset gate r, the update gate z and the candidate n of a layer in the last forward, time first: (T, B, H), or
   * (T, H) for a single sequence; NaN past a sequence's end.
   *
   * @example
   * ```ts
   * const net = new GRU({ inputSize: 1, hiddenSize: 2, seed: 1 })
   * net.params.value('bias_ih_l0').data.set([-5, -5], 2) // z ≈ σ(-5): it forgets
   * net.forward(Tensor.zeros([3, 1]))
   * saturation(net.gates().z, { low: 0.1, high: 0.9 }).low // → [1, 1]
   * ```
   */
  gates(which: Which = {}): Record<'r' | 'z' | 'n', Tensor> {
    const [r, z, n] = this.gatesOverTime(which)
    return { r, z, n }
  }

  /** What step t (1 … T) of sequence b keeps for the way back in the first layer, as `gruBackward` takes it. */
  tape(t: number, b = 0): GruTape {
    const { x, levels, B } = this.lastUnrolled()
    this.expectStepOf(t, b)
    const { inputSize: I, hiddenSize: H } = this.config
    const { h, gates, u } = levels[0].directions[0]
    const before = (t - 1) * B + b
    const [r, z, n] = [0, 1, 2].map(gate => this.vectorOf(gates!, H, 3 * before + gate))
    return {
      x: this.vectorOf(x, I, before),
      hPrev: this.vectorOf(h, H, before),
      r,
      z,
      n,
      s: this.vectorOf(u!, H, before),
      h: this.vectorOf(h, H, t * B + b),
    }
  }
}
