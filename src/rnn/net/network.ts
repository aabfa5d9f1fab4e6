/**
 * What RNN, LSTM and GRU have in common: layers of one cell over whole sequences, with the interface of PyTorch's
 * modules and a backward of its own. The arithmetic is in `unroll.ts`; here sequences come in and go out in the caller's
 * layout, and everything is checked once.
 */
import { copyNumbers } from '../array/copy.ts'
import { expectFinite } from '../array/finite.ts'
import { expectLengths } from '../array/lengths.ts'
import { expectKnown } from '../array/options.ts'
import { Random } from '../array/random.ts'
import { expectShape, type Shape, sizeOf } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { CellParams } from '../cell/cell.ts'
import { kernel } from '../kernel/kernel.ts'
import type { Block } from '../kernel/workspace.ts'
import { uniformInit } from '../params/init.ts'
import { Module } from '../params/module.ts'
import { Params } from '../params/params.ts'
import { cells } from './cells.ts'
import type { Layer, LayerBack } from './layer.ts'
import {
  dropBatch,
  isSequence,
  isState,
  type Layout,
  layoutOf,
  sequenceAxes,
  sequenceShape,
  stateAxes,
} from './layout.ts'
import type { BackwardOptions, ForwardOptions, NetworkConfig } from './options.ts'
import { directionsOf } from './stack.ts'
import { type BadPlace, Unrolled } from './unroll.ts'
import { cellParams, shapesOf } from './weights.ts'

/** What is to be done about an overflow. */
const smaller = 'smaller weights or gradients, as its sums overflowed'

export interface NetworkForwardOptions extends ForwardOptions {
  readonly c0?: Tensor
}

export interface NetworkBackwardOptions extends BackwardOptions {
  readonly dCN?: Tensor
}

export interface NetworkOutput {
  output: Tensor
  hN: Tensor
  cN?: Tensor
}

export interface NetworkGradients {
  dx?: Tensor
  dh0: Tensor
  dc0?: Tensor
}

/** Which layer's states are asked for: the first one's, forwards, unless said otherwise. */
export interface Which {
  /** 0 … numLayers - 1 */
  readonly layer?: number
  readonly direction?: 'forward' | 'reverse'
}

/** The names of the options of forward and backward, without a memory c beside h and with one. */
const optionNames = {
  h: {
    forward: ['h0', 'lengths', 'reuse'],
    backward: ['dOutput', 'dHN', 'truncate', 'inputGradient', 'reuse'],
  },
  c: {
    forward: ['h0', 'c0', 'lengths', 'reuse'],
    backward: ['dOutput', 'dHN', 'dCN', 'truncate', 'inputGradient', 'reuse'],
  },
} as const

/** What is known of the last forward; one for all of them, filled in anew, so that a training step makes no object. */
interface Last {
  run: Unrolled
  layout: Layout
  hasGradients: boolean
}

/** Tensors that are handed out again and again. */
interface Lent<Tensors> {
  readonly key: Layout
  readonly tensors: Tensors
}

export class RecurrentNetwork extends Module {
  /** Draws what dropout drops; a trainer that is to go on from a saved state keeps its state. */
  readonly random: Random
  /** The first layer's parameters by the book's symbols: live views, as the cells' steps take them. */
  readonly weights: CellParams
  /** Whether dropout is at work: true at first, as in PyTorch. */
  training = true
  readonly #config: NetworkConfig
  readonly #optionNames: (typeof optionNames)['h' | 'c']
  #unrolled?: Unrolled
  #last?: Last
  #record?: Last
  #lentOutput?: Lent<NetworkOutput>
  #lentGradients?: Lent<NetworkGradients>

  protected constructor(config: NetworkConfig) {
    super(new Params(shapesOf(config), config.dtype))
    this.#config = config
    this.#optionNames = optionNames[cells[config.cell].hasCellState ? 'c' : 'h']
    const random = new Random(config.seed)
    const all = [this.params.count]
    this.params.values.set(uniformInit(random, all, 1 / Math.sqrt(config.hiddenSize)).data)
    this.random = random.split()
    this.weights = cellParams(this.params, config)
  }

  /** Sets `training`. @returns the network */
  train(mode = true): this {
    this.training = mode
    return this
  }

  /** Ends training: nothing is dropped any more. @returns the network */
  eval(): this {
    return this.train(false)
  }

  /**
   * The states of a layer in the last forward, time first: (T+1, B, H), or (T+1, H) for a single sequence. Forwards
   * row(t) is h_t; in reverse row(t - 1) is the state after reading x_t, and row(T) is where it started.
   */
  states(which: Which = {}): Tensor {
    return this.overTime(this.layerOf(which).h)
  }

  /**
   * ∂L/∂h of all those states, as the last backward found them: all ways in which h_t moves the loss, at t itself and
   * through every later step.
   */
  stateGradients(which: Which = {}): Tensor {
    return this.overTime(this.layerBackOf(which).dh)
  }

  /**
   * What step t (1 … T) alone adds to each parameter's gradient, by PyTorch's names: for `weight_hh_l0` of an Elman
   * network it is da_t h_{t-1}ᵀ, summed over the batch. The sum over t is `gradients()`.
   */
  stepGradients(t: number): Record<string, Tensor> {
    const { run } = this.#lastBackward()
    this.expectStep(t)
    run.use()
    const share = new Params(this.params.shapes, this.#config.dtype)
    for (const [name, { G, x, width }] of run.stepGradient(t - 1)) {
      if (!share.names.includes(name)) continue
      kernel.addAtB(share.grad(name).data, G, x, G.length / run.B, run.B, width)
    }
    return share.gradients()
  }

  protected runForward(x: Tensor, options: NetworkForwardOptions): NetworkOutput {
    // Before all checks: after a forward that was refused, backward must not speak of the one before it.
    this.#last = undefined
    expectKnown(options, this.#optionNames.forward)
    const { lengths, reuse = false, h0, c0 } = options
    const { inputSize: I, batchFirst, dropout } = this.#config
    const layout = layoutOf(x, batchFirst)
    if (x.shape[x.shape.length - 1] !== I) expectShape(x, sequenceAxes(layout, { I }), 'x')
    expectDTypeOf(x, 'x', this.#config)
    const T = x.shape[layout === 'batchFirst' ? 1 : 0]
    const B = layout === 'unbatched' ? 1 : x.shape[layout === 'batchFirst' ? 0 : 1]
    if (T < 1 || B < 1)
      throw new RangeError(`x has T = ${T} steps of B = ${B} sequences, expected at least one of each`)
    if (lengths) expectLengths(lengths, B, T)
    this.#expectState(h0, 'h0', layout, B)
    this.#expectState(c0, 'c0', layout, B)

    const run = this.#unrolledFor(T, B)
    run.use()
    run.put(run.x, x.data, layout === 'batchFirst')
    run.setLengths(lengths)
    run.h.start(h0?.data)
    run.c.start(c0?.data)
    const bad = run.forward(this.training && dropout > 0 ? this.random : undefined)
    if (bad) throw this.#explain(bad, { x, h0, c0 })
    this.#remember(run, layout)

    const lent = reuse ? this.#lendOutput(layout, T, B) : this.#newOutput(layout, T, B)
    run.take(lent.output.data, run.output, layout === 'batchFirst')
    run.h.takeLast(lent.hN.data)
    if (lent.cN) run.c.takeLast(lent.cN.data)
    return lent
  }

  protected runBackward(options: NetworkBackwardOptions): NetworkGradients {
    const { dOutput, dHN, dCN, truncate = Infinity, inputGradient = true, reuse = false } = options
    const last = this.#lastForward()
    last.hasGradients = false
    expectKnown(options, this.#optionNames.backward)
    const { run, layout } = last
    const { T, B } = run
    if (truncate !== Infinity && !(Number.isInteger(truncate) && truncate >= 1))
      throw new RangeError(`expected truncate to be a whole number from 1, got ${truncate}`)
    if (dOutput) {
      if (!isSequence(dOutput, layout, T, B, this.#outputWidth()))
        expectShape(dOutput, sequenceAxes(layout, { T, B, ...this.#outputAxis() }), 'dOutput')
      expectDTypeOf(dOutput, 'dOutput', this.#config)
    }
    this.#expectState(dHN, 'dHN', layout, B)
    this.#expectState(dCN, 'dCN', layout, B)

    run.use()
    const isBatchFirst = layout === 'batchFirst'
    const cut = truncate === Infinity ? 0 : truncate
    const bad = run.backward(dOutput?.data, dHN?.data, dCN?.data, isBatchFirst, cut, inputGradient)
    if (bad) throw this.#explain(bad, { dOutput, dHN, dCN })

    const lent = reuse
      ? this.#lendGradients(layout, T, B, inputGradient)
      : this.#newGradients(layout, T, B, inputGradient)
    if (lent.dx) run.take(lent.dx.data, run.back!.dx, isBatchFirst)
    run.back!.dh.takeFirst(lent.dh0.data)
    if (lent.dc0) run.back!.dc.takeFirst(lent.dc0.data)
    this.#expectNoOverflow(run, lent)
    copyNumbers(this.params.grads, run.back!.grads.numbers)
    last.hasGradients = true
    return lent
  }

  protected lastUnrolled(): Unrolled {
    const { run } = this.#lastForward()
    run.use()
    return run
  }

  protected layerOf(which: Which): Layer {
    const { l, d } = this.#place(which)
    return this.lastUnrolled().levels[l].directions[d]
  }

  protected layerBackOf(which: Which): LayerBack {
    const { run } = this.#lastBackward()
    run.use()
    const { l, d } = this.#place(which)
    return run.back!.levels[l].directions[d]
  }

  /** A layer's array over all steps or slots, copied: (…, B, H), or without B for a single sequence. */
  protected overTime(block: Block): Tensor {
    const { run, layout } = this.#lastForward()
    const { hiddenSize: H } = this.#config
    const data = block.numbers.slice()
    return dropBatch(new Tensor(data, [data.length / (run.B * H), run.B, H]), layout)
  }

  /**
   * A layer's gates in the last forward, each (T, B, H), or (T, H) for a single sequence; NaN past a sequence's end,
   * where a zero would look like a gate that is shut.
   */
  protected gatesOverTime(which: Which): Tensor[] {
    const { run, layout } = this.#lastForward()
    const { hiddenSize: H, dtype, cell } = this.#config
    const all = this.layerOf(which).gates!.numbers
    const G = cells[cell].gates
    const valueAt = (gate: number, k: number) => {
      const [row, unit] = [Math.floor(k / H), k % H]
      const hasEnded = Math.floor(row / run.B) >= run.lengthOf(row % run.B)
      return hasEnded ? Number.NaN : all[(row * G + gate) * H + unit]
    }
    return Array.from({ length: G }, (_, gate) =>
      dropBatch(
        Tensor.generate([run.T, run.B, H], k => valueAt(gate, k), dtype),
        layout,
      ),
    )
  }

  /** Vector i of an array of vectors of n numbers, copied. */
  protected vectorOf(block: Block, n: number, i: number): Tensor {
    return new Tensor(block.part(i * n, n).numbers.slice(), [n])
  }

  protected expectStep(t: number): void {
    const { T } = this.#lastForward().run
    if (!Number.isInteger(t) || t < 1 || t > T)
      throw new RangeError(`t is ${t}, expected a whole number from 1 to T = ${T}`)
  }

  /** A step that sequence b has. */
  protected expectStepOf(t: number, b: number): void {
    const { run } = this.#lastForward()
    if (!Number.isInteger(b) || b < 0 || b >= run.B)
      throw new RangeError(`b is ${b}, expected a whole number from 0 to ${run.B - 1}`)
    this.expectStep(t)
    const steps = run.lengthOf(b)
    if (t > steps) throw new RangeError(`t is ${t}, expected at most ${steps}, the length of sequence ${b}`)
  }

  /** The arrays for so many steps and sequences: those of the last forward, or new ones. */
  #unrolledFor(T: number, B: number): Unrolled {
    const before = this.#unrolled
    if (before && before.T === T && before.B === B && before.kernel === kernel) return before
    before?.release()
    this.#unrolled = undefined
    this.#unrolled = new Unrolled(kernel, this.#config, this.params, T, B)
    return this.#unrolled
  }

  #newOutput(layout: Layout, T: number, B: number): NetworkOutput {
    const { dtype } = this.#config
    const output = Tensor.zeros(sequenceShape(layout, T, B, this.#outputWidth()), dtype)
    const hN = Tensor.zeros(this.#stateShape(layout, B), dtype)
    return this.#hasCellState() ? { output, hN, cN: Tensor.zeros(hN.shape, dtype) } : { output, hN }
  }

  #newGradients(layout: Layout, T: number, B: number, inputGradient: boolean): NetworkGradients {
    const { dtype, inputSize: I } = this.#config
    const dh0 = Tensor.zeros(this.#stateShape(layout, B), dtype)
    return {
      ...(inputGradient ? { dx: Tensor.zeros(sequenceShape(layout, T, B, I), dtype) } : {}),
      dh0,
      ...(this.#hasCellState() ? { dc0: Tensor.zeros(dh0.shape, dtype) } : {}),
    }
  }

  #lendOutput(layout: Layout, T: number, B: number): NetworkOutput {
    const lent = this.#lentOutput
    if (lent?.key === layout && isSequence(lent.tensors.output, layout, T, B, this.#outputWidth()))
      return lent.tensors
    this.#lentOutput = { key: layout, tensors: this.#newOutput(layout, T, B) }
    return this.#lentOutput.tensors
  }

  #lendGradients(layout: Layout, T: number, B: number, inputGradient: boolean): NetworkGradients {
    const lent = this.#lentGradients
    if (lent?.key === layout && lent.tensors.dh0.data.length === this.#stateLength(B)) {
      const { dx } = lent.tensors
      const fits = dx ? inputGradient && isSequence(dx, layout, T, B, this.#config.inputSize) : !inputGradient
      if (fits) return lent.tensors
    }
    this.#lentGradients = { key: layout, tensors: this.#newGradients(layout, T, B, inputGradient) }
    return this.#lentGradients.tensors
  }

  #place(which: Which): { l: number; d: number } {
    expectKnown(which, ['layer', 'direction'])
    const { layer = 0, direction = 'forward' } = which
    const { numLayers, bidirectional } = this.#config
    if (!Number.isInteger(layer) || layer < 0 || layer >= numLayers)
      throw new RangeError(`layer is ${layer}, expected a whole number from 0 to ${numLayers - 1}`)
    const names = bidirectional ? ['forward', 'reverse'] : ['forward']
    const d = names.indexOf(direction)
    if (d < 0) throw new TypeError(`unknown direction: ${direction}, expected ${names.join(' or ')}`)
    return { l: layer, d }
  }

  /** What was not finite, if it came from outside; otherwise where it arose. */
  #explain({ layer, reverse, step }: BadPlace, given: Record<string, Tensor | undefined>): RangeError {
    try {
      for (const [name, tensor] of Object.entries(given)) if (tensor) expectFinite(tensor, name)
      for (const name of this.params.names) expectFinite(this.params.value(name), name)
    } catch (error) {
      return error as RangeError
    }
    const where = `layer ${layer}${reverse ? ' in reverse' : ''}, step ${step + 1}`
    return new RangeError(
      `${where} is not finite, though all that was given is: its sums overflowed, expected smaller weights or gradients`,
    )
  }

  /** The sums behind the last step on the way back, which no step has looked at. */
  #expectNoOverflow({ back }: Unrolled, { dx, dh0, dc0 }: NetworkGradients): void {
    if (dx) expectFinite(dx, 'dx', smaller)
    expectFinite(dh0, 'dh0', smaller)
    if (dc0) expectFinite(dc0, 'dc0', smaller)
    if (back!.areGradientsFinite()) return
    const grads = back!.grads.numbers
    let start = 0
    for (const [name, shape] of Object.entries(this.params.shapes)) {
      const end = start + sizeOf(shape)
      expectFinite({ data: grads.subarray(start, end), shape }, `the gradient of ${name}`, smaller)
      start = end
    }
  }

  #expectState(state: Tensor | undefined, name: string, layout: Layout, B: number): void {
    if (!state) return
    const { hiddenSize: H } = this.#config
    const layers = this.#stateCount()
    if (!isState(state, layout, layers, B, H)) expectShape(state, stateAxes(layout, { layers, B, H }), name)
    expectDTypeOf(state, name, this.#config)
    // No step would see an infinite c0: its tanh is 1. Nor does a gradient go through a unit of relu that is off.
    expectFinite(state, name)
  }

  #hasCellState(): boolean {
    return cells[this.#config.cell].hasCellState
  }

  #stateCount(): number {
    return this.#config.numLayers * directionsOf(this.#config).length
  }

  #stateShape(layout: Layout, B: number): Shape {
    const { hiddenSize: H } = this.#config
    return layout === 'unbatched' ? [this.#stateCount(), H] : [this.#stateCount(), B, H]
  }

  #stateLength(B: number): number {
    return this.#stateCount() * B * this.#config.hiddenSize
  }

  #outputWidth(): number {
    return this.#config.hiddenSize * directionsOf(this.#config).length
  }

  /** The output's last axis: H numbers, or 2H with both directions. */
  #outputAxis(): Record<string, number> {
    const { hiddenSize: H, bidirectional } = this.#config
    return bidirectional ? { '2H': 2 * H } : { H }
  }

  #remember(run: Unrolled, layout: Layout): void {
    this.#record ??= { run, layout, hasGradients: false }
    this.#record.run = run
    this.#record.layout = layout
    this.#record.hasGradients = false
    this.#last = this.#record
  }

  #lastForward(): Last {
    if (!this.#last) throw new Error('forward has not run yet')
    return this.#last
  }

  #lastBackward(): Last {
    const last = this.#lastForward()
    if (!last.hasGradients) throw new Error('backward has not run since the last forward')
    return last
  }
}

function expectDTypeOf(x: Tensor, name: string, { dtype }: NetworkConfig): void {
  if (x.dtype !== dtype) throw new TypeError(`${name} is ${x.dtype}, expected ${dtype}`)
}
