/** RNN: Elman networks over whole sequences, with the interface of PyTorch's `nn.RNN`. */
import type { Tensor } from '../array/tensor.ts'
import type { StepTape } from '../cell/cell.ts'
import { RecurrentNetwork } from './network.ts'
import {
  type BackwardOptions,
  type ForwardOptions,
  type InputGradient,
  type RNNConfig,
  type RNNOptions,
  toRNNConfig,
} from './options.ts'

/**
 * h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), t = 1 … T. (Elman 1990; parameters as PyTorch's `nn.RNN`)
 *
 * Parameters, for each layer k and, with `bidirectional`, again with `_reverse` behind the name: `weight_ih_lk` (H, I),
 * or (H, D·H) above the first layer, `weight_hh_lk` (H, H), `bias_ih_lk` (H), `bias_hh_lk` (H), drawn from
 * U(-1/√H, 1/√H) with the given seed.
 *
 * `forward` remembers its sequence; `backward`, `states` and the gradients speak of the last one.
 *
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * const { output, hN } = net.forward(Tensor.zeros([4, 5, 2]))
 * output.shape // → [4, 5, 3]
 * hN.shape // → [1, 4, 3]
 * net.forward(Tensor.zeros([4, 5, 7])) // throws RangeError: x has shape [4, 5, 7], expected [B, T, I = 2]
 * ```
 */
export class RNN extends RecurrentNetwork {
  readonly config: RNNConfig

  /** @throws TypeError for an unknown option, RangeError for a value that is out of range */
  constructor(options: RNNOptions) {
    const config = toRNNConfig(options)
    super({ ...config, cell: config.nonlinearity })
    this.config = config
  }

  /**
   * Runs whole sequences.
   *
   * @param x (B, T, I) if `batchFirst`, otherwise (T, B, I); or one sequence (T, I)
   * @returns `output`: the last layer's h_1 … h_T in the layout of x, (B, T, D·H), D the number of directions; zero
   *   past a sequence's end. `hN` (layers · D, B, H): each layer's state after each sequence's own last step. Without a
   *   batch (T, D·H) and (layers · D, H).
   * @throws RangeError if a shape does not fit, a length is not in 1 … T, or a number is not finite, naming what it is
   *   or the layer and step in which it arose; TypeError if a dtype is not the network's
   */
  forward(x: Tensor, options: ForwardOptions = {}): { output: Tensor; hN: Tensor } {
    return this.runForward(x, options)
  }

  /**
   * Back through the last forward. Gradients start from zero each time; unlike PyTorch's they do not add up.
   *
   * @returns `dx` in the shape of x, `dh0` in the shape of hN; for the parameters' see `gradients`
   * @throws RangeError if a shape does not fit, or a gradient is not finite; Error if forward has not run
   */
  backward<Options extends BackwardOptions>(
    options: Options = {} as Options,
  ): InputGradient<Options> & { dh0: Tensor } {
    return this.runBackward(options) as InputGradient<Options> & { dh0: Tensor }
  }

  /** What step t (1 … T) of sequence b keeps for the way back in the first layer, as `elmanBackward` takes it. */
  tape(t: number, b = 0): StepTape {
    const { x, levels, B } = this.lastUnrolled()
    this.expectStepOf(t, b)
    const { h } = levels[0].directions[0]
    return {
      x: this.vectorOf(x, this.config.inputSize, (t - 1) * B + b),
      hPrev: this.vectorOf(h, this.config.hiddenSize, (t - 1) * B + b),
      h: this.vectorOf(h, this.config.hiddenSize, t * B + b),
    }
  }
}
