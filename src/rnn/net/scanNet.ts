/**
 * What the networks without a loop over time have in common. Their new state does not enter a product with a matrix,
 * so that everything but one diagonal recurrence is done for all steps together:
 *
 *     u_t = W_ih x_t + b_ih                   one product over all steps
 *     a_t, b_t = cell(u_t)                    number by number
 *     h_t = a_t ⊙ h_{t-1} + b_t               a loop or a scan, see `scan.ts`
 *
 * The cell is the only thing in which they differ.
 */
import { expectFinite } from '../array/finite.ts'
import { addTo } from '../array/linalg.ts'
import { type DType, expectDType } from '../array/numbers.ts'
import { fillOptions } from '../array/options.ts'
import { Random } from '../array/random.ts'
import { expectShape, type Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { kernel } from '../kernel/kernel.ts'
import { uniformInit } from '../params/init.ts'
import { Module } from '../params/module.ts'
import { Params } from '../params/params.ts'
import {
  dropBatch,
  fromTimeMajor,
  type Layout,
  layoutOf,
  sequenceAxes,
  stateAxes,
  toTimeMajor,
} from './layout.ts'
import { expectSize } from './options.ts'
import { expectMode, linearRecurrence, linearRecurrenceBackward, type ScanMode } from './scan.ts'

/** Names and meanings are those of `RNN`, as far as they apply. */
export interface ScanNetOptions {
  /** I, the numbers in one x_t */
  readonly inputSize: number
  /** H, the numbers in one h_t */
  readonly hiddenSize: number
  /** With `false` there is no b_ih. */
  readonly bias?: boolean
  /** Sequences are [batch, time, …] if true (the default), otherwise [time, batch, …]. */
  readonly batchFirst?: boolean
  readonly dtype?: DType
  /** Of the initial weights. The same seed gives the same weights; 0 unless given. */
  readonly seed?: number
  /** How the recurrence is computed, in both directions: 'loop' unless given. The numbers are the same up to rounding. */
  readonly mode?: ScanMode
}

/** All options filled in. */
export type ScanNetConfig = Required<ScanNetOptions>

/** Where a sequence begins. */
export interface ScanNetForwardOptions {
  /** (1, B, H), or (1, H) for a single sequence; zero unless given */
  readonly h0?: Tensor
}

/** Which gradients come from outside. */
export interface ScanNetBackwardOptions {
  /** ∂L/∂output, in the shape of `output`; zero unless given */
  readonly dOutput?: Tensor
  /** ∂L/∂hN, in the shape of `hN`; zero unless given */
  readonly dHN?: Tensor
}

/** What the cell makes of u_t; all arrays are time-major. */
export interface ScanCell {
  /** How many rows of W_ih each unit has: u_t is (rows·H), one block of H after another */
  readonly rows: number
  /** Parameters of its own, beside W_ih and b_ih */
  readonly shapes: (H: number) => Readonly<Record<string, Shape>>
  /** Draws these. */
  readonly draw: (params: Params, random: Random) => void
  /** u (T, B, rows·H) → a and b (T, B, H); they may share u's numbers, but do not change them */
  readonly forward: (u: Tensor, params: Params) => { readonly a: Tensor; readonly b: Tensor }
  /** Adds to the gradients of its own parameters; returns ∂L/∂u (T, B, rows·H). */
  readonly backward: (
    u: Tensor,
    gradients: { readonly da: Tensor; readonly db: Tensor },
    params: Params,
  ) => Tensor
}

/** What forward keeps for the way back. */
interface Tape {
  readonly layout: Layout
  /** (T, B, I) */
  readonly x: Tensor
  /** (T, B, rows·H) */
  readonly u: Tensor
  /** (T, B, H) */
  readonly a: Tensor
  /** (T+1, B, H) h_0 … h_T */
  readonly states: Tensor
}

const weight = 'weight_ih_l0'
const bias = 'bias_ih_l0'

/** The network around a cell: what `LinearRNN` and `MinGRU` have in common. */
export class ScanNet extends Module {
  readonly config: ScanNetConfig
  readonly #cell: ScanCell
  #tape?: Tape
  #stateGradients?: Tensor

  protected constructor(options: ScanNetOptions, cell: ScanCell) {
    const config = toConfig(options)
    const { inputSize: I, hiddenSize: H, bias: hasBias, dtype, seed } = config
    const rows = cell.rows * H
    const biases: Record<string, Shape> = hasBias ? { [bias]: [rows] } : {}
    super(new Params({ [weight]: [rows, I], ...biases, ...cell.shapes(H) }, dtype))
    this.config = config
    this.#cell = cell
    const random = new Random(seed)
    for (const name of [weight, ...Object.keys(biases)]) {
      const value = this.params.value(name)
      value.data.set(uniformInit(random, value.shape, 1 / Math.sqrt(H)).data)
    }
    cell.draw(this.params, random)
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
    const { h0 } = fillOptions<ScanNetForwardOptions>(options, { h0: undefined })
    const { inputSize: I, hiddenSize: H, batchFirst, dtype, mode } = this.config
    const layout = layoutOf(x, batchFirst)
    this.#expect(x, sequenceAxes(layout, { I }), 'x')
    const input = toTimeMajor(x, layout)
    const [T, B] = input.shape
    if (T < 1 || B < 1)
      throw new RangeError(`x has T = ${T} steps of B = ${B} sequences, expected at least one of each`)
    if (h0) this.#expect(h0, stateAxes(layout, { B, H }), 'h0')

    const rows = this.#cell.rows * H
    const u = Tensor.zeros([T, B, rows], dtype)
    const W = this.params.value(weight).data
    if (this.config.bias) kernel.affine(u.data, this.params.value(bias).data, input.data, W, T * B, I, rows)
    else kernel.addABt(u.data, input.data, W, T * B, I, rows)
    const { a, b } = this.#cell.forward(u, this.params)
    const { states } = linearRecurrence(a, b, { h0: h0?.reshape([B, H]), mode })

    this.#tape = { layout, x: input, u, a, states }
    this.#stateGradients = undefined
    return { output: fromTimeMajor(states.slice(1), layout), hN: asLayer(states.row(-1).clone(), layout) }
  }

  /**
   * Back through the last forward. Gradients start from zero each time.
   *
   * @returns `dx` in the shape of x, `dh0` in the shape of hN; for the parameters' see `gradients`
   * @throws RangeError if a shape does not fit or a number is not finite; TypeError if a dtype is not the network's,
   *   or for an unknown option; Error if forward has not run
   */
  backward(options: ScanNetBackwardOptions = {}): { dx: Tensor; dh0: Tensor } {
    const { dOutput, dHN } = fillOptions<ScanNetBackwardOptions>(options, {
      dOutput: undefined,
      dHN: undefined,
    })
    const { layout, x, u, a, states } = this.#lastTape()
    const [T, B, I] = x.shape
    const { hiddenSize: H, mode } = this.config
    if (dOutput) this.#expect(dOutput, sequenceAxes(layout, { T, B, H }), 'dOutput')
    if (dHN) this.#expect(dHN, stateAxes(layout, { B, H }), 'dHN')
    const fromLoss = Tensor.zeros(states.shape, states.dtype)
    if (dOutput) fromLoss.slice(1).data.set(toTimeMajor(dOutput, layout).data)
    if (dHN) addTo(fromLoss.row(T), dHN.reshape([B, H]))
    const { da, db, dh0 } = linearRecurrenceBackward(a, states, fromLoss, { mode })

    this.params.zeroGradients()
    const du = this.#cell.backward(u, { da, db }, this.params)
    const rows = this.#cell.rows * H
    kernel.addAtB(this.params.grad(weight).data, du.data, x.data, rows, T * B, I)
    if (this.config.bias) kernel.addRowSums(this.params.grad(bias).data, du.data, T * B, rows)
    const dx = Tensor.zeros(x.shape, x.dtype)
    kernel.addAB(dx.data, du.data, this.params.value(weight).data, T * B, rows, I)
    this.#stateGradients = Tensor.concat([dh0.reshape([1, B, H]), db])
    return { dx: fromTimeMajor(dx, layout), dh0: asLayer(dh0, layout) }
  }

  /** h_0 … h_T of the last forward, time first: (T+1, B, H), or (T+1, H) for a single sequence; row(t) is h_t. */
  states(): Tensor {
    const { states, layout } = this.#lastTape()
    return dropBatch(states, layout).clone()
  }

  /** ∂L/∂h_0 … ∂L/∂h_T of the last backward, (T+1, B, H) or (T+1, H), through every later step; see `gradientFlow`. */
  stateGradients(): Tensor {
    const { layout } = this.#lastTape()
    if (!this.#stateGradients) throw new Error('backward has not run since the last forward')
    return dropBatch(this.#stateGradients, layout).clone()
  }

  #lastTape(): Tape {
    if (!this.#tape) throw new Error('forward has not run yet')
    return this.#tape
  }

  /** Positions in messages are the caller's, so this comes before any change of layout. */
  #expect(x: Tensor, axes: Record<string, number | undefined>, name: string): void {
    const { dtype } = this.config
    expectShape(x, axes, name)
    if (x.dtype !== dtype) throw new TypeError(`${name} is ${x.dtype}, expected ${dtype}`)
    expectFinite(x, name)
  }
}

/** (B, H) → (1, B, H): PyTorch's states have a layer axis in front. */
function asLayer(h: Tensor, layout: Layout): Tensor {
  return layout === 'unbatched' ? h : h.reshape([1, ...h.shape])
}

function toConfig(options: ScanNetOptions): ScanNetConfig {
  // Sizes have no default; left out they stay undefined, which `expectSize` reports.
  const none = undefined as unknown as number
  const config = fillOptions<ScanNetConfig>(options, {
    inputSize: none,
    hiddenSize: none,
    bias: true,
    batchFirst: true,
    dtype: 'float64',
    seed: 0,
    mode: 'loop',
  })
  expectSize('inputSize', config.inputSize)
  expectSize('hiddenSize', config.hiddenSize)
  expectDType(config.dtype)
  return { ...config, mode: expectMode(config.mode) }
}
