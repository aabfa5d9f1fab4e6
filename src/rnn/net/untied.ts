/**
 * An Elman network that shares nothing over time: step t has weights of its own. It is what a recurrent network would be
 * without parameter sharing (Goodfellow, Bengio and Courville 2016, "Deep learning", section 10.1), built to be compared
 * with one: it grows with every step, and what it learns at one place it does not know at the next.
 */
import { type DType, dtypeOf } from '../array/numbers.ts'
import { fillOptions } from '../array/options.ts'
import { Random } from '../array/random.ts'
import { expectShape, type Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { CellParams, StepTape } from '../cell/cell.ts'
import { elmanBackward, elmanForward, type Nonlinearity, nonlinearities } from '../cell/elman.ts'
import { uniformInit } from '../params/init.ts'
import { Module } from '../params/module.ts'
import { Params } from '../params/params.ts'
import { type Layout, layoutOf, sequenceAxes, stateAxes } from './layout.ts'
import { expectSize } from './options.ts'

/** Those of `RNN`, and how many steps there are weights for. */
export interface UntiedOptions {
  /** I, the numbers in one x_t */
  readonly inputSize: number
  /** H, the numbers in one h_t */
  readonly hiddenSize: number
  /** The longest sequence it can ever read */
  readonly steps: number
  /** f; 'tanh' unless given */
  readonly nonlinearity?: Nonlinearity
  /** With `false` there are no b_ih and b_hh. */
  readonly bias?: boolean
  readonly dtype?: DType
  /** Of the initial weights; 0 unless given */
  readonly seed?: number
}

/**
 * h_t = f(W_ih^t x_t + b_ih^t + W_hh^t h_{t-1} + b_hh^t), t = 1 … T, with T at most `steps`; a shorter sequence uses the
 * weights of its first steps only.
 *
 * Parameters, for each step: `weight_ih_t1` (H, I), `weight_hh_t1` (H, H), `bias_ih_t1` (H), `bias_hh_t1` (H),
 * `weight_ih_t2` …, drawn from U(-1/√H, 1/√H) with the given seed; steps · H(I + H + 2) numbers, or steps · H(I + H)
 * without biases.
 *
 * @example
 * ```ts
 * const net = new UntiedRNN({ inputSize: 1, hiddenSize: 2, steps: 3 })
 * net.parameterCount // → 30
 * new RNN({ inputSize: 1, hiddenSize: 2 }).parameterCount // → 10
 * net.forward(Tensor.zeros([2, 1])).output.shape // → [2, 2]
 * net.forward(Tensor.zeros([4, 1])) // throws RangeError: x has T = 4 steps, expected at most 3: step 4 has no weights
 * ```
 */
export class UntiedRNN extends Module {
  /** Each step's parameters by the book's symbols, step 1 first: live views, as `elmanForward` takes them. */
  readonly weights: readonly CellParams[]
  readonly #grads: readonly CellParams[]
  readonly #sizes: { readonly I: number; readonly H: number }
  readonly #nonlinearity: Nonlinearity
  /** Of the last forward: T for each of B sequences */
  #tapes: readonly (readonly StepTape[])[] = []
  #layout: Layout = 'batchFirst'

  /** @throws TypeError for an unknown or missing option, RangeError for a value that is out of range */
  constructor(options: UntiedOptions) {
    const filled = fillOptions<Required<UntiedOptions>>(options, {
      inputSize: options.inputSize,
      hiddenSize: options.hiddenSize,
      steps: options.steps,
      nonlinearity: 'tanh',
      bias: true,
      dtype: 'float64',
      seed: 0,
    })
    const { nonlinearity, bias, dtype, seed } = filled
    const I = expectSize('inputSize', filled.inputSize)
    const H = expectSize('hiddenSize', filled.hiddenSize)
    const steps = expectSize('steps', filled.steps)
    if (!Object.hasOwn(nonlinearities, nonlinearity))
      throw new TypeError(`unknown nonlinearity: ${nonlinearity}, expected 'tanh' or 'relu'`)
    const times = Array.from({ length: steps }, (_, k) => k + 1)
    const shapes = times.flatMap(t => Object.entries(shapesOfStep(t, { I, H, bias })))
    super(new Params(Object.fromEntries(shapes), dtype))
    this.#sizes = { I, H }
    this.#nonlinearity = nonlinearity
    const all = [this.params.count]
    this.params.values.set(uniformInit(new Random(seed), all, 1 / Math.sqrt(H)).data)
    // Without biases b is 0 and its gradient is thrown away, so that the cell needs no second form.
    const cellParams = (t: number, view: (name: string) => Tensor): CellParams => ({
      W_ih: view(`weight_ih_t${t}`),
      W_hh: view(`weight_hh_t${t}`),
      b_ih: bias ? view(`bias_ih_t${t}`) : Tensor.zeros([H], dtype),
      b_hh: bias ? view(`bias_hh_t${t}`) : Tensor.zeros([H], dtype),
    })
    this.weights = times.map(t => cellParams(t, name => this.params.value(name)))
    this.#grads = times.map(t => cellParams(t, name => this.params.grad(name)))
  }

  /**
   * Runs whole sequences, one after another.
   *
   * @param x (B, T, I), or one sequence (T, I)
   * @param options `h0` (1, B, H), or (1, H) for a single sequence; zero unless given
   * @returns `output` (B, T, H): h_1 … h_T; `hN` (1, B, H): h_T. Without a batch (T, H) and (1, H).
   * @throws RangeError if a shape does not fit, or T is more than `steps`; TypeError if a dtype is not the network's
   */
  forward(x: Tensor, options: { readonly h0?: Tensor } = {}): { output: Tensor; hN: Tensor } {
    const { h0 } = fillOptions<{ h0?: Tensor }>(options, { h0: undefined })
    const { I, H } = this.#sizes
    const layout = layoutOf(x, true)
    const { T, B = 1 } = expectShape(x, sequenceAxes(layout, { I }), 'x')
    this.#expectSteps(T, B)
    this.#expectDType(x, 'x')
    if (h0) {
      expectShape(h0, stateAxes(layout, { B, H }), 'h0')
      this.#expectDType(h0, 'h0')
    }
    const sequences = x.clone().reshape([B, T, I]).rows()
    const starts = (h0?.clone() ?? Tensor.zeros([B, H], x.dtype)).reshape([B, H])
    this.#tapes = sequences.map((sequence, b) => {
      let h = starts.row(b)
      return sequence.rows().map((step, k) => {
        const tape = elmanForward(this.weights[k], step, h, this.#nonlinearity)
        h = tape.h
        return tape
      })
    })
    this.#layout = layout
    const output = Tensor.stack(this.#tapes.map(tapes => Tensor.stack(tapes.map(({ h }) => h))))
    const hN = Tensor.stack(this.#tapes.map(tapes => tapes[T - 1].h))
    return { output: output.reshape([...x.shape.slice(0, -1), H]), hN: asLayer(hN, layout) }
  }

  /**
   * Back through the last forward. Every step's gradient stays its own: nothing is summed over time. Gradients start from
   * zero each time; those of steps past T stay zero.
   *
   * @param options `dOutput` ∂L/∂output and `dHN` ∂L/∂hN, in the shapes of both; zero unless given
   * @returns `dx` in the shape of x, `dh0` in the shape of hN; for the parameters' see `gradients`
   * @throws RangeError if a shape does not fit; Error if forward has not run
   */
  backward(options: { readonly dOutput?: Tensor; readonly dHN?: Tensor } = {}): { dx: Tensor; dh0: Tensor } {
    const defaults = { dOutput: undefined, dHN: undefined }
    const { dOutput, dHN } = fillOptions<{ dOutput?: Tensor; dHN?: Tensor }>(options, defaults)
    if (this.#tapes.length === 0) throw new Error('forward has not run yet')
    const [layout, { I, H }] = [this.#layout, this.#sizes]
    const [B, T] = [this.#tapes.length, this.#tapes[0].length]
    if (dOutput) expectShape(dOutput, sequenceAxes(layout, { T, B, H }), 'dOutput')
    if (dHN) expectShape(dHN, stateAxes(layout, { B, H }), 'dHN')
    const dtype = dtypeOf(this.params.values)
    const dLoss = dOutput?.reshape([B, T, H]) ?? Tensor.zeros([B, T, H], dtype)
    const dEnd = dHN?.reshape([B, H]) ?? Tensor.zeros([B, H], dtype)
    const dh0 = Tensor.zeros([B, H], dtype)
    const dx = Tensor.zeros([B, T, I], dtype)
    this.params.zeroGradients()
    for (const [b, tapes] of this.#tapes.entries()) {
      let dh = dEnd.row(b)
      for (let k = T - 1; k >= 0; k--) {
        dh = dh.add(dLoss.row(b).row(k))
        const step = elmanBackward(this.weights[k], tapes[k], dh, this.#grads[k], this.#nonlinearity)
        dx.row(b).row(k).data.set(step.dx.data)
        dh = step.dhPrev
      }
      dh0.row(b).data.set(dh.data)
    }
    return { dx: layout === 'unbatched' ? dx.row(0) : dx, dh0: asLayer(dh0, layout) }
  }

  #expectSteps(T: number, B: number): void {
    const steps = this.weights.length
    if (T < 1 || B < 1)
      throw new RangeError(`x has T = ${T} steps of B = ${B} sequences, expected at least one of each`)
    if (T > steps)
      throw new RangeError(
        `x has T = ${T} steps, expected at most ${steps}: step ${steps + 1} has no weights`,
      )
  }

  #expectDType(x: Tensor, name: string): void {
    const dtype = dtypeOf(this.params.values)
    if (x.dtype !== dtype) throw new TypeError(`${name} is ${x.dtype}, expected ${dtype}`)
  }
}

/** One step's layout, by name. */
function shapesOfStep(
  t: number,
  { I, H, bias }: { I: number; H: number; bias: boolean },
): Record<string, Shape> {
  const biases = bias ? { [`bias_ih_t${t}`]: [H], [`bias_hh_t${t}`]: [H] } : {}
  return { [`weight_ih_t${t}`]: [H, I], [`weight_hh_t${t}`]: [H, H], ...biases }
}

/** (B, H) → (1, B, H), the shape of `RNN`'s states; a single sequence's (1, H) has it already. */
function asLayer(h: Tensor, layout: Layout): Tensor {
  return layout === 'unbatched' ? h : h.reshape([1, ...h.shape])
}
