/**
 * One layer in one direction over T steps, and back through time (Werbos 1990, "Backpropagation through time: what it
 * does and how to do it"). The mathematics is the cell's; the order is chosen for speed: forward is one operation of the
 * kernel over all steps, and so is the way back to the pre-activations; all gradients of the weights are then single
 * products over all steps.
 *
 * Everything is time-major, (T, B, …), so that a step is one contiguous block. States have a slot more than there are
 * steps: forwards slot t is h_t, and slot 0 is h_0; in reverse slot t - 1 is the state after reading x_t, and slot T
 * is where it starts.
 */
import { allocate, type DType, type Numbers } from '../array/numbers.ts'
import type {
  Columns,
  FirstBadStep,
  Kernel,
  LayerWeights,
  Sequence,
  WeightGradients,
} from '../kernel/interface.ts'
import type { Block, Workspace } from '../kernel/workspace.ts'
import type { Blocks, LayerCell, LayerSizes, Recurrence, RecurrenceBack } from './cells.ts'

export class Layer {
  readonly sizes: LayerSizes
  readonly reverse: boolean
  readonly h: Block
  readonly c?: Block
  readonly gates?: Block
  /** GRU's W_hn h_{t-1} + b_hn */
  readonly u?: Block
  /** (T, B, H) the states after each step, as the next layer reads them */
  readonly output: Block
  readonly #cell: LayerCell
  readonly #blocks: Blocks
  readonly #weights: LayerWeights
  readonly #recurrence: Recurrence
  readonly #whole: Sequence
  readonly #ragged: Sequence
  /** (T, B, H) the states before each step */
  readonly #before: Block

  /** The arrays that `forward` keeps, for the workspace's layout. */
  static keptSizes(cell: LayerCell, sizes: LayerSizes): Record<string, number> {
    const { T, B, H } = sizes
    return {
      h: (T + 1) * B * H,
      ...cell.kept(sizes),
    }
  }

  constructor(
    cell: LayerCell,
    sizes: LayerSizes,
    reverse: boolean,
    {
      space,
      prefix,
      weights,
      lengths,
    }: {
      space: Workspace
      prefix: string
      weights: LayerWeights
      lengths: Block
    },
  ) {
    const { T, B, H, I } = sizes
    this.sizes = sizes
    this.reverse = reverse
    this.#cell = cell
    this.#weights = weights
    this.#blocks = blocksOf(space, prefix)
    this.h = this.#blocks.h
    this.c = this.#blocks.c
    this.gates = this.#blocks.gates
    this.u = this.#blocks.u
    this.#recurrence = cell.bind(this.#blocks, weights)
    this.#whole = { T, B, H, I, reverse }
    this.#ragged = { T, B, H, I, reverse, lengths }
    const size = T * B * H
    this.output = this.h.part(reverse ? 0 : B * H, size)
    this.#before = this.h.part(reverse ? B * H : 0, size)
  }

  /** The slot of h and c that the first step reads: what is to be set before `forward`. */
  get startSlot(): number {
    return this.reverse ? this.sizes.T : 0
  }

  /** The slot that holds a sequence's last state, n its steps. */
  endSlot(n: number): number {
    return this.reverse ? 0 : n
  }

  /** @param input (T, B, I) with zeros past each sequence's end */
  forward(kernel: Kernel, input: Block, isRagged: boolean): FirstBadStep {
    return this.#recurrence.forward(kernel, isRagged ? this.#ragged : this.#whole, input)
  }

  /** The way back over this layer's arrays, with gradients of its own in another workspace. */
  back(space: Workspace, prefix: string, gradients: LayerWeights): LayerBack {
    return new LayerBack(this.#cell, this.sizes, this.reverse, {
      kept: this.#blocks,
      made: blocksOf(space, prefix),
      weights: this.#weights,
      gradients,
      before: this.#before,
      whole: this.#whole,
      ragged: this.#ragged,
    })
  }
}

export class LayerBack {
  readonly dh: Block
  readonly dc?: Block
  readonly da: Columns
  /** (T, B, H) the part of dh that belongs to the layer's output */
  readonly dOutput: Block
  readonly #cell: LayerCell
  readonly #sizes: LayerSizes
  readonly #weights: LayerWeights
  readonly #weightGradients: WeightGradients
  readonly #recurrence: RecurrenceBack
  readonly #whole: Sequence
  readonly #ragged: Sequence
  #areGradientsFinite = true

  static madeSizes(kernel: Kernel, dtype: DType, cell: LayerCell, sizes: LayerSizes): Record<string, number> {
    const { T, B, H } = sizes
    const stride = kernel.rowStride(cell.gates * H + cell.ownRows(H), dtype)
    return { dh: (T + 1) * B * H, da: T * B * stride, ...cell.made(sizes) }
  }

  constructor(
    cell: LayerCell,
    sizes: LayerSizes,
    reverse: boolean,
    parts: {
      kept: Blocks
      made: Blocks
      weights: LayerWeights
      gradients: LayerWeights
      before: Block
      whole: Sequence
      ragged: Sequence
    },
  ) {
    const { T, B, I, H } = sizes
    this.#cell = cell
    this.#sizes = sizes
    this.#weights = parts.weights
    this.#whole = parts.whole
    this.#ragged = parts.ragged
    this.dh = parts.made.dh
    this.dc = parts.made.dc
    this.da = { block: parts.made.da, stride: parts.made.da.length / (T * B) }
    const { W_ih, W_hh, b_ih, b_hh } = parts.gradients
    this.#weightGradients = {
      da: this.da,
      hPrev: parts.before,
      dW_ih: W_ih,
      dW_hh: W_hh,
      db_ih: b_ih,
      db_hh: b_hh,
      k: T * B,
      n: cell.gates * H,
      own: cell.ownRows(H),
      I,
      H,
    }
    this.dOutput = this.dh.part(reverse ? 0 : B * H, T * B * H)
    this.#recurrence = cell.bindBack(parts.kept, parts.weights, parts.made, this.da)
  }

  /** Whether the last backward's gradients of the weights are all finite: their sums are looked at by no step. */
  get areGradientsFinite(): boolean {
    return this.#areGradientsFinite
  }

  /**
   * dh_{t-1} = (loss at t-1) + what step t sends back, for all steps; then the weights' gradients, sums over all steps.
   *
   * @param input (T, B, I) what forward read
   */
  backward(kernel: Kernel, input: Block, isRagged: boolean, truncate: number): FirstBadStep {
    const bad = this.#recurrence.backward(kernel, isRagged ? this.#ragged : this.#whole, truncate)
    if (bad >= 0) return bad
    this.#areGradientsFinite = kernel.weightGradients(this.#weightGradients, input)
    return -1
  }

  /** dInput (T, B, I) += W_ihᵀ da; the columns of the input's side are da's first ones. */
  addInputGradient(kernel: Kernel, dInput: Block): void {
    const { T, B, I, H } = this.#sizes
    kernel.addProduct(dInput, this.da, this.#weights.W_ih, T * B, this.#cell.gates * H, I)
  }

  /** ∂L/∂(W_ih x + b_ih) at step t of T, copied: (B, G·H); or ∂L/∂(W_hh h + b_hh). */
  gradientAt(t: number, side: 'input' | 'hidden'): Numbers {
    const { B } = this.#sizes
    const { n, own } = this.#weightGradients
    const { block, stride } = this.da
    const da = block.part(t * B * stride, B * stride).numbers
    const gradient = allocate(B * n, block.dtype)
    const shift = side === 'hidden' ? own : 0
    for (let b = 0; b < B; b++)
      for (let k = 0; k < n; k++) gradient[b * n + k] = da[b * stride + k + (k < n - own ? 0 : shift)]
    return gradient
  }
}

/** The blocks `prefix.name`, by name. */
function blocksOf({ blocks }: Workspace, prefix: string): Blocks {
  const own = Object.entries(blocks).filter(([name]) => name.startsWith(`${prefix}.`))
  return Object.fromEntries(own.map(([name, block]) => [name.slice(prefix.length + 1), block]))
}
