/** LSTM: long short-term memory over whole sequences, with the interface of PyTorch's `nn.LSTM`. */
import type { Tensor } from '../array/tensor.ts'
import type { LstmTape } from '../cell/lstm.ts'
import { RecurrentNetwork, type Which } from './network.ts'
import {
  type BackwardOptions,
  type FilledOptions,
  type ForwardOptions,
  type InputGradient,
  type NetworkOptions,
  toConfig,
} from './options.ts'

/** As for `RNN`, with the memory's start. */
export interface LSTMForwardOptions extends ForwardOptions {
  /** As h0: the memory before the first step */
  readonly c0?: Tensor
}

/** As for `RNN`, with the memory's end. */
export interface LSTMBackwardOptions extends BackwardOptions {
  /** ∂L/∂cN, in the shape of `cN`; zero unless given */
  readonly dCN?: Tensor
}

/**
 * c_t = f ⊙ c_{t-1} + i ⊙ g, h_t = o ⊙ tanh(c_t), with gates i, f, g, o of x_t and h_{t-1}: see `lstmForward`.
 * (Hochreiter and Schmidhuber 1997; Gers et al. 2000; parameters as PyTorch's `nn.LSTM`)
 *
 * Parameters as `RNN` has them, with 4H rows in the place of H: the gates one above the other in the order i, f, g, o.
 *
 * @example
 * ```ts
 * const net = new LSTM({ inputSize: 2, hiddenSize: 3, numLayers: 2, bidirectional: true, seed: 1 })
 * const { output, hN, cN } = net.forward(Tensor.zeros([4, 5, 2]), { lengths: [5, 3, 2, 1] })
 * output.shape // → [4, 5, 6]
 * cN.shape // → [4, 4, 3]
 * net.stateDict().weight_hh_l1_reverse.shape // → [12, 3]
 * ```
 */
export class LSTM extends RecurrentNetwork {
  readonly config: FilledOptions

  /** @throws TypeError for an unknown option, RangeError for a value that is out of range */
  constructor(options: NetworkOptions) {
    const config = toConfig(options)
    super({ ...config, cell: 'lstm' })
    this.config = config
  }

  /** As `RNN.forward`, with `cN` in the shape of `hN`: each layer's memory after each sequence's own last step. */
  forward(x: Tensor, options: LSTMForwardOptions = {}): { output: Tensor; hN: Tensor; cN: Tensor } {
    return this.runForward(x, options) as { output: Tensor; hN: Tensor; cN: Tensor }
  }

  /** As `RNN.backward`, with `dc0` in the shape of cN. */
  backward<Options extends LSTMBackwardOptions>(
    options: Options = {} as Options,
  ): InputGradient<Options> & { dh0: Tensor; dc0: Tensor } {
    return this.runBackward(options) as InputGradient<Options> & { dh0: Tensor; dc0: Tensor }
  }

  /** The memories c of a layer in the last forward, as `states` gives h. */
  memories(which: Which = {}): Tensor {
    return this.overTime(this.layerOf(which).c!)
  }

  /** ∂L/∂c of all those memories, as `stateGradients` gives those of h. */
  memoryGradients(which: Which = {}): Tensor {
    return this.overTime(this.layerBackOf(which).dc!)
  }

  /**
   * The gates i, f, o and the candidate g of a layer in the last forward, time first: (T, B, H), or (T, H) for a single
   * sequence; NaN past a sequence's end.
   *
   * @example
   * ```ts
   * const net = new LSTM({ inputSize: 1, hiddenSize: 2, seed: 1 })
   * net.params.value('bias_ih_l0').data.set([5, 5], 2) // f ≈ σ(5): it remembers
   * net.forward(Tensor.zeros([3, 1]))
   * saturation(net.gates().f, { low: 0.1, high: 0.9 }).high // → [1, 1]
   * ```
   */
  gates(which: Which = {}): Record<'i' | 'f' | 'g' | 'o', Tensor> {
    const [i, f, g, o] = this.gatesOverTime(which)
    return { i, f, g, o }
  }

  /** What step t (1 … T) of sequence b keeps for the way back in the first layer, as `lstmBackward` takes it. */
  tape(t: number, b = 0): LstmTape {
    const { x, levels, B } = this.lastUnrolled()
    this.expectStepOf(t, b)
    const { inputSize: I, hiddenSize: H } = this.config
    const { h, c, gates } = levels[0].directions[0]
    const [before, after] = [(t - 1) * B + b, t * B + b]
    const [i, f, g, o] = [0, 1, 2, 3].map(gate => this.vectorOf(gates!, H, 4 * before + gate))
    return {
      x: this.vectorOf(x, I, before),
      hPrev: this.vectorOf(h, H, before),
      cPrev: this.vectorOf(c!, H, before),
      i,
      f,
      g,
      o,
      c: this.vectorOf(c!, H, after),
      h: this.vectorOf(h, H, after),
    }
  }
}
