/** RNN: an Elman network over whole sequences, with the interface of PyTorch's `nn.RNN` and a backward of its own. */
import { Random } from '../array/random.ts'
import { expectShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { Cell, CellParams, StepTape } from '../cell/cell.ts'
import { elman } from '../cell/elman.ts'
import { uniformInit } from '../params/init.ts'
import { Params, type StateDict } from '../params/params.ts'
import {
  dropBatch,
  fromTimeMajor,
  type Layout,
  layoutOf,
  sequenceAxes,
  stateAxes,
  toTimeMajor,
} from './layout.ts'
import {
  type BackwardOptions,
  type ForwardOptions,
  type RNNConfig,
  type RNNOptions,
  toConfig,
} from './options.ts'
import {
  addWeightGradients,
  lastStates,
  type SequenceGradients,
  type SequenceTape,
  unrollBackward,
  unrollForward,
} from './unroll.ts'

/**
 * h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), t = 1 … T. (Elman 1990; parameters as PyTorch's `nn.RNN`)
 *
 * Parameters: `weight_ih_l0` (H, I), `weight_hh_l0` (H, H), `bias_ih_l0` (H), `bias_hh_l0` (H), drawn from
 * U(-1/√H, 1/√H) with the given seed.
 *
 * `forward` remembers its sequence; `backward`, `states` and the gradients speak of the last one.
 */
export class RNN {
  readonly config: RNNConfig
  readonly params: Params
  /** The parameters by the book's symbols: live views, as `elmanForward` takes them. */
  readonly weights: CellParams
  readonly #grad: CellParams
  readonly #cell: Cell
  #tape?: SequenceTape
  #layout: Layout = 'batchFirst'
  #gradients?: SequenceGradients

  /** @throws TypeError for an unknown option, RangeError for a value that is out of range or not built yet */
  constructor(options: RNNOptions) {
    this.config = toConfig(options)
    const { inputSize: I, hiddenSize: H, bias, dtype, seed, nonlinearity } = this.config
    const biases: Record<string, number[]> = bias ? { bias_ih_l0: [H], bias_hh_l0: [H] } : {}
    this.params = new Params({ weight_ih_l0: [H, I], weight_hh_l0: [H, H], ...biases }, dtype)
    const all = [this.params.count]
    this.params.values.set(uniformInit(new Random(seed), all, 1 / Math.sqrt(H)).data)
    this.#cell = elman[nonlinearity]
    this.weights = this.#cellParams(name => this.params.value(name))
    this.#grad = this.#cellParams(name => this.params.grad(name))
  }

  /** Learnable numbers: H(I + H + 2), or H(I + H) without biases. */
  get parameterCount(): number {
    return this.params.count
  }

  /** Copies of the parameters by PyTorch's names. */
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
   * @returns `output`: h_1 … h_T in the layout of x, (B, T, H); zero past a sequence's end.
   *   `hN` (1, B, H): each sequence's state after its own last step. Without a batch (T, H) and (1, H).
   * @throws RangeError if a shape does not fit, or a length is not in 1 … T; TypeError if a dtype is not the network's
   */
  forward(x: Tensor, { h0, lengths }: ForwardOptions = {}): { output: Tensor; hN: Tensor } {
    const { inputSize: I, hiddenSize: H, batchFirst, dtype } = this.config
    const layout = layoutOf(x, batchFirst)
    expectShape(x, sequenceAxes(layout, { I }), 'x')
    this.#expectDType(x, 'x')
    const input = toTimeMajor(x, layout)
    const B = input.shape[1]
    if (h0) {
      expectShape(h0, stateAxes(layout, { B, H }), 'h0')
      this.#expectDType(h0, 'h0')
    }
    const start = h0 ? h0.reshape([B, H]) : Tensor.zeros([B, H], dtype)
    const tape = unrollForward(this.#cell, this.weights, input, start, lengths)
    this.#tape = tape
    this.#layout = layout
    this.#gradients = undefined
    const output = fromTimeMajor(tape.states.slice(1), layout)
    return { output, hN: this.#asLayer(lastStates(tape)) }
  }

  /**
   * Back through the last forward. Gradients start from zero each time; unlike PyTorch's they do not add up.
   *
   * @returns `dx` in the shape of x, `dh0` in the shape of hN; for the parameters' see `gradients`
   * @throws RangeError if a shape does not fit; Error if forward has not run
   */
  backward({ dOutput, dHN, truncate }: BackwardOptions = {}): { dx: Tensor; dh0: Tensor } {
    const tape = this.#lastTape()
    const [, B, H] = tape.states.shape
    const T = tape.x.shape[0]
    const layout = this.#layout
    if (dOutput) expectShape(dOutput, sequenceAxes(layout, { T, B, H }), 'dOutput')
    if (dHN) expectShape(dHN, stateAxes(layout, { B, H }), 'dHN')
    this.params.zeroGradients()
    this.#gradients = undefined
    const gradients = unrollBackward(
      this.#cell,
      this.weights,
      tape,
      { dOutput: dOutput && toTimeMajor(dOutput, layout), dHN: dHN?.reshape([B, H]), truncate },
      this.#grad,
    )
    this.#gradients = gradients
    return { dx: fromTimeMajor(gradients.dx, layout), dh0: this.#asLayer(gradients.dStates.row(0).clone()) }
  }

  /** Copies of ∂L/∂ each parameter, by PyTorch's names, as the last backward left them. */
  gradients(): Record<string, Tensor> {
    return this.params.gradients()
  }

  /** h_0 … h_T of the last forward, time first: (T+1, B, H), or (T+1, H) for a single sequence; row(t) is h_t. */
  states(): Tensor {
    return dropBatch(this.#lastTape().states, this.#layout).clone()
  }

  /** What step t (1 … T) of sequence b keeps for the way back: x_t, h_{t-1} and h_t, as `elmanBackward` takes it. */
  tape(t: number, b = 0): StepTape {
    const { x, states } = this.#lastTape()
    this.#expectStep(t)
    return { x: x.row(t - 1).row(b), hPrev: states.row(t - 1).row(b), h: states.row(t).row(b) }
  }

  /**
   * ∂L/∂h_0 … ∂L/∂h_T of the last backward, (T+1, B, H) or (T+1, H): row(t) holds all ways in which h_t moves the
   * loss, at t itself and through every later step.
   */
  stateGradients(): Tensor {
    return dropBatch(this.#lastGradients().dStates, this.#layout).clone()
  }

  /**
   * What step t (1 … T) alone adds to each parameter's gradient, by PyTorch's names: for `weight_hh_l0` it is
   * da_t h_{t-1}ᵀ, summed over the batch. The sum over t is `gradients()`.
   */
  stepGradients(t: number): Record<string, Tensor> {
    const { x, states } = this.#lastTape()
    const { da } = this.#lastGradients()
    this.#expectStep(t)
    const share = new Params(this.params.shapes, this.config.dtype)
    const grad = this.#cellParams(name => share.grad(name))
    addWeightGradients(grad, da.row(t - 1), x.row(t - 1), states.row(t - 1))
    return share.gradients()
  }

  /** Without biases b is 0 and its gradient is thrown away, so that the cell needs no second form. */
  #cellParams(view: (name: string) => Tensor): CellParams {
    const { hiddenSize: H, bias, dtype } = this.config
    const biasView = (name: string) => (bias ? view(name) : Tensor.zeros([H], dtype))
    return {
      W_ih: view('weight_ih_l0'),
      W_hh: view('weight_hh_l0'),
      b_ih: biasView('bias_ih_l0'),
      b_hh: biasView('bias_hh_l0'),
    }
  }

  /** (B, H) → (1, B, H): PyTorch's states have a layer axis in front. */
  #asLayer(h: Tensor): Tensor {
    return this.#layout === 'unbatched' ? h : h.reshape([1, ...h.shape])
  }

  #lastTape(): SequenceTape {
    if (!this.#tape) throw new Error('forward has not run yet')
    return this.#tape
  }

  #lastGradients(): SequenceGradients {
    if (!this.#gradients) throw new Error('backward has not run since the last forward')
    return this.#gradients
  }

  #expectStep(t: number): void {
    const T = this.#lastTape().x.shape[0]
    if (!Number.isInteger(t) || t < 1 || t > T)
      throw new RangeError(`t is ${t}, expected a whole number from 1 to T = ${T}`)
  }

  #expectDType(x: Tensor, name: string): void {
    const { dtype } = this.config
    if (x.dtype !== dtype) throw new TypeError(`${name} is ${x.dtype}, expected ${dtype}`)
  }
}
