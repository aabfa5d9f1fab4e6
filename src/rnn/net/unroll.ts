/**
 * A network unrolled over T steps of B sequences: layers on layers, in one direction or both, forward and back. All of
 * its arrays are laid out once for these sizes and used again by every step of a training.
 */
import type { Numbers } from '../array/numbers.ts'
import type { Random } from '../array/random.ts'
import { sizeOf } from '../array/shape.ts'
import type { Kernel } from '../kernel/interface.ts'
import type { Block, Workspace } from '../kernel/workspace.ts'
import type { Params } from '../params/params.ts'
import { cells, type LayerCell, type LayerSizes } from './cells.ts'
import { dropoutMask } from './dropout.ts'
import { Layer, LayerBack, type LayerWeights } from './layer.ts'
import type { NetworkConfig } from './options.ts'

/** Where and when a number was first not finite. */
export interface BadPlace {
  readonly layer: number
  readonly reverse: boolean
  /** 0 … T-1 */
  readonly step: number
}

/** A layer's both directions, or its one, and what lies between it and the next. */
interface Level {
  readonly sizes: LayerSizes
  readonly directions: readonly Layer[]
  /** (T, B, D·H) what the next layer reads, before dropout */
  readonly output: Block
  /** (T, B, D·H) the mask, and the output under it, if there is dropout behind this layer */
  readonly mask?: Block
  readonly dropped?: Block
}

interface LevelBack {
  readonly directions: readonly LayerBack[]
  /** (T, B, D·H) ∂L/∂output */
  readonly dOutput: Block
}

export class Unrolled {
  readonly kernel: Kernel
  readonly T: number
  readonly B: number
  /** (T, B, I) */
  readonly x: Block
  /** (T, B, D·H) of the last layer */
  readonly output: Block
  readonly levels: readonly Level[]
  readonly #config: NetworkConfig
  readonly #params: Params
  readonly #cell: LayerCell
  readonly #space: Workspace
  readonly #values: Block
  readonly #lengths: Block
  readonly #staging: Block
  #isRagged = false
  #isDropping = false
  #back?: Back

  constructor(kernel: Kernel, config: NetworkConfig, params: Params, T: number, B: number) {
    this.kernel = kernel
    this.#config = config
    this.#params = params
    this.T = T
    this.B = B
    this.#cell = cells[config.cell]
    const { inputSize: I, hiddenSize: H, dtype } = config
    const levels = levelSizes(config, T, B)
    const width = Math.max(I, directionsOf(config).length * H)
    const sizes: Record<string, number> = {
      values: params.count,
      lengths: B,
      x: T * B * I,
      staging: T * B * width,
    }
    for (const [l, level] of levels.entries()) {
      for (const d of directionsOf(config))
        addPrefixed(sizes, prefixOf(l, d), Layer.keptSizes(this.#cell, level))
      const out = T * B * directionsOf(config).length * H
      if (config.bidirectional) sizes[`${l}.joined`] = out
      if (hasDropout(config, l)) Object.assign(sizes, { [`${l}.mask`]: out, [`${l}.dropped`]: out })
    }
    this.#space = kernel.workspace(sizes, dtype)
    const { blocks } = this.#space
    this.#values = blocks.values
    this.#lengths = blocks.lengths
    this.#staging = blocks.staging
    this.x = blocks.x
    this.levels = levels.map((level, l) => {
      const directions = directionsOf(config).map(reverse => {
        const weights = weightsOf(this.#values, params, config.bias, l, reverse)
        const parts = { space: this.#space, prefix: prefixOf(l, reverse), weights, lengths: blocks.lengths }
        return new Layer(this.#cell, level, reverse, parts)
      })
      const output = config.bidirectional ? blocks[`${l}.joined`] : directions[0].output
      return { sizes: level, directions, output, mask: blocks[`${l}.mask`], dropped: blocks[`${l}.dropped`] }
    })
    this.output = this.levels[this.levels.length - 1].output
  }

  /** To be called before a forward or a backward: both write into memory that may have been lent out. */
  use(): void {
    this.#space.use()
    this.#back?.space.use()
  }

  release(): void {
    this.#space.release()
    this.#back?.space.release()
  }

  /** Whether sequences end early, and where. */
  setLengths(lengths: readonly number[] | undefined): void {
    this.#isRagged = lengths !== undefined
    if (!lengths) return
    const steps = this.#lengths.numbers
    for (let b = 0; b < this.B; b++) steps[b] = lengths[b]
    this.#clearEnded(this.x, this.#config.inputSize)
  }

  /** Steps of sequence b. */
  lengthOf(b: number): number {
    return this.#isRagged ? this.#lengths.numbers[b] : this.T
  }

  /** Copies an array over time in, turning (B, T, n) into (T, B, n) if `isBatchFirst`. */
  put(to: Block, from: Numbers, isBatchFirst: boolean): void {
    const width = from.length / (this.T * this.B)
    if (!isBatchFirst || this.T === 1 || this.B === 1) {
      to.numbers.set(from)
      return
    }
    const staging = this.#staging.part(0, from.length)
    staging.numbers.set(from)
    this.kernel.swapAxes(to, staging, this.B, this.T, width)
  }

  /** The inverse. */
  take(to: Numbers, from: Block, isBatchFirst: boolean): void {
    if (!isBatchFirst || this.T === 1 || this.B === 1) {
      to.set(from.numbers)
      return
    }
    const staging = this.#staging.part(0, to.length)
    this.kernel.swapAxes(staging, from, this.T, this.B, to.length / (this.T * this.B))
    to.set(staging.numbers)
  }

  /** Sets h or c before the first step of every layer, (layers · D, B, H); 0 unless given. */
  start(name: 'h' | 'c', state: Numbers | undefined): void {
    const n = this.B * this.#config.hiddenSize
    let at = 0
    for (const { directions } of this.levels)
      for (const layer of directions) {
        const states = layer[name]?.numbers
        if (!states) continue
        const slot = layer.startSlot * n
        if (state) for (let k = 0; k < n; k++) states[slot + k] = state[at + k]
        else states.fill(0, slot, slot + n)
        at += n
      }
  }

  /** Copies each sequence's last h or c out of every layer, (layers · D, B, H). */
  takeLast(name: 'h' | 'c', to: Numbers): void {
    const H = this.#config.hiddenSize
    let at = 0
    for (const { directions } of this.levels)
      for (const layer of directions) {
        const states = layer[name]!.numbers
        for (let b = 0; b < this.B; b++) {
          const from = (layer.endSlot(this.lengthOf(b)) * this.B + b) * H
          for (let k = 0; k < H; k++) to[at + k] = states[from + k]
          at += H
        }
      }
  }

  /** Runs all layers over what is in `x`, with the parameters as they are now. */
  forward(dropout: Random | undefined): BadPlace | undefined {
    this.#values.numbers.set(this.#params.values)
    this.#isDropping = dropout !== undefined
    let input = this.x
    for (let l = 0; l < this.levels.length; l++) {
      const level = this.levels[l]
      for (const layer of level.directions) {
        const step = layer.forward(this.kernel, input, this.#isRagged)
        if (step >= 0) return { layer: l, reverse: layer.reverse, step }
      }
      if (this.#config.bidirectional) this.#join(level)
      if (dropout) this.#drop(level, dropout)
      input = this.#outputOf(l)
    }
    return undefined
  }

  /** What layer l + 1 reads. */
  #outputOf(l: number): Block {
    const { output, dropped } = this.levels[l]
    return this.#isDropping && dropped ? dropped : output
  }

  #inputOf(l: number): Block {
    return l === 0 ? this.x : this.#outputOf(l - 1)
  }

  /** Forwards and reverse beside each other, with zeros past the end. */
  #join({ directions, output }: Level): void {
    const H = this.#config.hiddenSize
    for (const [d, layer] of directions.entries()) {
      const to = { block: output.part(d * H, output.length - d * H), stride: 2 * H }
      this.kernel.copyRows(to, { block: layer.output, stride: H }, this.T * this.B, H)
    }
    if (this.#isRagged) this.#clearEnded(output, 2 * H)
  }

  #drop({ output, mask, dropped }: Level, random: Random): void {
    if (!mask || !dropped) return
    const drawn = dropoutMask(random, [mask.length], this.#config.dropout, this.#config.dtype).data
    mask.numbers.set(drawn)
    const [from, to] = [output.numbers, dropped.numbers]
    for (let k = 0; k < to.length; k++) to[k] = from[k] * drawn[k]
  }

  /** Zeros past each sequence's end in (T, B, width): whatever stood there, 0 · NaN would still be NaN. */
  #clearEnded(block: Block, width: number): void {
    const [x, B] = [block.numbers, this.B]
    for (let b = 0; b < B; b++)
      for (let t = this.lengthOf(b); t < this.T; t++) x.fill(0, (t * B + b) * width, (t * B + b + 1) * width)
  }

  /** Gradients of the outputs go in here, and of the last states through `addLast`. */
  prepareBackward(): Back {
    this.#back ??= new Back(this, this.kernel, this.#config, this.#params, this.#cell)
    this.#back.space.use()
    this.#back.grads.numbers.fill(0)
    return this.#back
  }

  get back(): Back | undefined {
    return this.#back
  }

  /**
   * Back through all layers.
   *
   * @param dOutput in the layout of the network's output, zero unless given
   * @param addLast adds the gradients of the last states to layer l's `dh` and `dc`
   */
  backward(
    dOutput: Numbers | undefined,
    addLast: (back: LayerBack, layer: Layer, l: number, d: number) => void,
    {
      isBatchFirst,
      truncate,
      inputGradient,
    }: {
      isBatchFirst: boolean
      truncate: number
      inputGradient: boolean
    },
  ): BadPlace | undefined {
    const made = this.prepareBackward()
    const H = this.#config.hiddenSize
    const top = this.levels.length - 1
    for (let l = top; l >= 0; l--) {
      const level = this.levels[l]
      const levelBack = made.levels[l]
      if (l === top) {
        if (dOutput) this.put(levelBack.dOutput, dOutput, isBatchFirst)
        else levelBack.dOutput.numbers.fill(0)
      } else if (this.#isDropping && level.mask) {
        const [d, mask] = [levelBack.dOutput.numbers, level.mask.numbers]
        for (let k = 0; k < d.length; k++) d[k] *= mask[k]
      }
      if (this.#isRagged) this.#clearEnded(levelBack.dOutput, level.directions.length * H)
      if (l > 0) made.levels[l - 1].dOutput.numbers.fill(0)
      else if (inputGradient) made.dx.numbers.fill(0)
      for (let d = 0; d < level.directions.length; d++) {
        const layer = level.directions[d]
        const layerBack = levelBack.directions[d]
        const start = layer.startSlot * this.B * H
        if (this.#config.bidirectional) {
          layerBack.dh.numbers.fill(0)
          const from = levelBack.dOutput.part(d * H, levelBack.dOutput.length - d * H)
          this.kernel.copyRows(
            { block: layerBack.dOutput, stride: H },
            { block: from, stride: 2 * H },
            this.T * this.B,
            H,
          )
        } else layerBack.dh.numbers.fill(0, start, start + this.B * H)
        layerBack.dc?.numbers.fill(0)
        addLast(layerBack, layer, l, d)
        const step = layerBack.backward(this.kernel, this.#inputOf(l), this.#isRagged, truncate)
        if (step >= 0) return { layer: l, reverse: layer.reverse, step }
        if (l > 0) layerBack.addInputGradient(this.kernel, made.levels[l - 1].dOutput)
        else if (inputGradient) layerBack.addInputGradient(this.kernel, made.dx)
      }
    }
    return undefined
  }

  /** The parts of what step t (0 … T-1) alone adds to each parameter's gradient, by name. */
  stepGradient(t: number): Map<string, { G: Numbers; x: Numbers; width: number }> {
    const shares = new Map<string, { G: Numbers; x: Numbers; width: number }>()
    const H = this.#config.hiddenSize
    const n = this.B * H
    for (let l = 0; l < this.levels.length; l++) {
      const { I } = this.levels[l].sizes
      for (let d = 0; d < this.levels[l].directions.length; d++) {
        const [layer, made] = [this.levels[l].directions[d], this.#back!.levels[l].directions[d]]
        const suffix = suffixOf(l, layer.reverse)
        const GH = this.#cell.gates * H
        const rows = (block: Block, width: number, i: number) =>
          block.part(i * this.B * width, this.B * width).numbers.slice()
        const [da, daHidden] = [rows(made.da, GH, t), rows(made.daHidden, GH, t)]
        const slot = layer.reverse ? t + 1 : t
        const hPrev = layer.h.part(slot * n, n).numbers.slice()
        shares.set(`weight_ih${suffix}`, { G: da, x: rows(this.#inputOf(l), I, t), width: I })
        shares.set(`weight_hh${suffix}`, { G: daHidden, x: hPrev, width: H })
        shares.set(`bias_ih${suffix}`, { G: da, x: ones(this.B, da), width: 1 })
        shares.set(`bias_hh${suffix}`, { G: daHidden, x: ones(this.B, da), width: 1 })
      }
    }
    return shares
  }
}

/** What is made on the way back, in a workspace of its own: a network that only runs forward needs none of it. */
export class Back {
  readonly space: Workspace
  readonly grads: Block
  readonly dx: Block
  readonly levels: readonly LevelBack[]

  constructor(forward: Unrolled, kernel: Kernel, config: NetworkConfig, params: Params, cell: LayerCell) {
    const { T, B, x } = forward
    const sizes: Record<string, number> = { grads: params.count, dx: x.length }
    for (const [l, level] of forward.levels.entries()) {
      for (const { reverse } of level.directions)
        addPrefixed(sizes, prefixOf(l, reverse), LayerBack.madeSizes(cell, level.sizes))
      if (config.bidirectional) sizes[`${l}.dJoined`] = T * B * 2 * config.hiddenSize
    }
    this.space = kernel.workspace(sizes, config.dtype)
    this.grads = this.space.blocks.grads
    this.dx = this.space.blocks.dx
    this.levels = forward.levels.map((level, l) => {
      const directions = level.directions.map(layer => {
        const gradients = weightsOf(this.grads, params, config.bias, l, layer.reverse)
        return layer.back(this.space, prefixOf(l, layer.reverse), gradients)
      })
      return {
        directions,
        dOutput: config.bidirectional ? this.space.blocks[`${l}.dJoined`] : directions[0].dOutput,
      }
    })
  }
}

/** Forwards alone, or forwards and reverse: whether each runs in reverse. */
export function directionsOf({ bidirectional }: NetworkConfig): readonly boolean[] {
  return bidirectional ? [false, true] : [false]
}

/** `_l0`, `_l1_reverse`: how PyTorch's parameter names end. */
export function suffixOf(layer: number, reverse: boolean): string {
  return `_l${layer}${reverse ? '_reverse' : ''}`
}

function prefixOf(layer: number, reverse: boolean): string {
  return `${layer}.${reverse ? 'reverse' : 'forward'}`
}

function hasDropout({ dropout, numLayers }: NetworkConfig, layer: number): boolean {
  return dropout > 0 && layer < numLayers - 1
}

function levelSizes(config: NetworkConfig, T: number, B: number): LayerSizes[] {
  const { inputSize, hiddenSize: H, numLayers } = config
  const D = directionsOf(config).length
  return Array.from({ length: numLayers }, (_, l) => ({ T, B, I: l === 0 ? inputSize : D * H, H }))
}

function addPrefixed(to: Record<string, number>, prefix: string, sizes: Record<string, number>): void {
  for (const [name, n] of Object.entries(sizes)) to[`${prefix}.${name}`] = n
}

/** One layer's parts of the flat buffer. */
function weightsOf(
  flat: Block,
  { shapes }: Params,
  bias: boolean,
  layer: number,
  reverse: boolean,
): LayerWeights {
  const suffix = suffixOf(layer, reverse)
  const parts: Record<string, Block> = {}
  let start = 0
  for (const [name, shape] of Object.entries(shapes)) {
    parts[name] = flat.part(start, sizeOf(shape))
    start += sizeOf(shape)
  }
  const weights = { W_ih: parts[`weight_ih${suffix}`], W_hh: parts[`weight_hh${suffix}`] }
  return bias ? { ...weights, b_ih: parts[`bias_ih${suffix}`], b_hh: parts[`bias_hh${suffix}`] } : weights
}

function ones(n: number, like: Numbers): Numbers {
  return like instanceof Float32Array ? new Float32Array(n).fill(1) : new Float64Array(n).fill(1)
}
