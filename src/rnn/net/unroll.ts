/**
 * A network unrolled over T steps of B sequences: layers on layers, in one direction or both, forward and back. All of
 * its arrays are laid out once for these sizes and used again by every step of a training.
 */
import { copyNumbers } from '../array/copy.ts'
import type { Numbers } from '../array/numbers.ts'
import type { Random } from '../array/random.ts'
import type { Kernel } from '../kernel/interface.ts'
import type { Block, Workspace } from '../kernel/workspace.ts'
import type { Params } from '../params/params.ts'
import { cells, type LayerCell } from './cells.ts'
import { drawMask } from './dropout.ts'
import { Layer } from './layer.ts'
import type { NetworkConfig } from './options.ts'
import {
  addPrefixed,
  directionsOf,
  hasDropout,
  joinsOf,
  type Level,
  levelSizes,
  prefixOf,
  suffixOf,
} from './stack.ts'
import { States } from './states.ts'
import { Back } from './unrollBack.ts'
import { weightsOf } from './weights.ts'

/** Where and when a number was first not finite. */
export interface BadPlace {
  readonly layer: number
  readonly reverse: boolean
  /** 0 … T-1 */
  readonly step: number
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
  readonly h: States
  readonly c: States
  readonly #config: NetworkConfig
  readonly #params: Params
  readonly #cell: LayerCell
  readonly #space: Workspace
  readonly #values: Block
  readonly #lengths: Block
  /** Where arrays stand while (B, T, n) becomes (T, B, n), one for each width. */
  readonly #staging: Readonly<Record<number, Block>>
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
    this.#staging = Object.fromEntries(
      [I, directionsOf(config).length * H].map(n => [n, blocks.staging.part(0, T * B * n)]),
    )
    this.x = blocks.x
    this.levels = levels.map((level, l) => {
      const directions = directionsOf(config).map(reverse => {
        const weights = weightsOf(this.#values, params, config.bias, l, reverse)
        const parts = { space: this.#space, prefix: prefixOf(l, reverse), weights, lengths: blocks.lengths }
        return new Layer(this.#cell, level, reverse, parts)
      })
      const output = config.bidirectional ? blocks[`${l}.joined`] : directions[0].output
      return {
        sizes: level,
        directions,
        output,
        joins: joinsOf(
          config,
          output,
          directions.map(layer => layer.output),
        ),
        mask: blocks[`${l}.mask`],
        dropped: blocks[`${l}.dropped`],
      }
    })
    const layers = this.levels.flatMap(level => level.directions)
    const statesOf = (name: 'h' | 'c') =>
      new States(
        layers,
        layers.map(layer => layer[name]),
        this,
        H,
      )
    this.h = statesOf('h')
    this.c = statesOf('c')
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
    this.#isRagged = Boolean(lengths)
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
      copyNumbers(to.numbers, from)
      return
    }
    const staging = this.#staging[width]
    copyNumbers(staging.numbers, from)
    this.kernel.swapAxes(to, staging, this.B, this.T, width)
  }

  /** The inverse. */
  take(to: Numbers, from: Block, isBatchFirst: boolean): void {
    if (!isBatchFirst || this.T === 1 || this.B === 1) {
      copyNumbers(to, from.numbers)
      return
    }
    const width = to.length / (this.T * this.B)
    const staging = this.#staging[width]
    this.kernel.swapAxes(staging, from, this.T, this.B, width)
    copyNumbers(to, staging.numbers)
  }

  /** Runs all layers over what is in `x`, with the parameters as they are now. */
  forward(dropout: Random | undefined): BadPlace | undefined {
    copyNumbers(this.#values.numbers, this.#params.values)
    this.#isDropping = dropout !== undefined
    let input = this.x
    for (let l = 0; l < this.levels.length; l++) {
      const level = this.levels[l]
      for (let d = 0; d < level.directions.length; d++) {
        const layer = level.directions[d]
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
  #join({ joins, output }: Level): void {
    const H = this.#config.hiddenSize
    for (let d = 0; d < joins.length; d++)
      this.kernel.copyRows(joins[d].joined, joins[d].own, this.T * this.B, H)
    if (this.#isRagged) this.#clearEnded(output, 2 * H)
  }

  #drop({ output, mask, dropped }: Level, random: Random): void {
    if (!mask || !dropped) return
    const from = output.numbers
    const to = dropped.numbers
    const m = mask.numbers
    drawMask(m, random, this.#config.dropout)
    for (let k = 0; k < to.length; k++) to[k] = from[k] * m[k]
  }

  /** Zeros past each sequence's end in (T, B, width): whatever stood there, 0 · NaN would still be NaN. */
  #clearEnded(block: Block, width: number): void {
    const x = block.numbers
    const { B } = this
    for (let b = 0; b < B; b++)
      for (let t = this.lengthOf(b); t < this.T; t++) x.fill(0, (t * B + b) * width, (t * B + b + 1) * width)
  }

  /** What the last backward made. */
  get back(): Back | undefined {
    return this.#back
  }

  /**
   * Back through all layers.
   *
   * @param dOutput in the layout of the network's output, zero unless given
   * @param dHN (layers · D, B, H), and dCN likewise; zero unless given
   */
  backward(
    dOutput: Numbers | undefined,
    dHN: Numbers | undefined,
    dCN: Numbers | undefined,
    isBatchFirst: boolean,
    truncate: number,
    inputGradient: boolean,
  ): BadPlace | undefined {
    this.#back ??= new Back(this, this.kernel, this.#config, this.#params, this.#cell)
    const made = this.#back
    made.space.use()
    const top = made.levels.length - 1
    made.dh.start(undefined)
    if (dOutput) this.put(made.levels[top].dOutput, dOutput, isBatchFirst)
    else made.levels[top].dOutput.numbers.fill(0)
    for (let l = top; l >= 0; l--) {
      const below = l > 0 ? made.levels[l - 1].dOutput : inputGradient ? made.dx : undefined
      below?.numbers.fill(0)
      if (l < top) this.#undrop(made.levels[l].dOutput, this.levels[l].mask)
      const bad = this.#levelBackward(l, dHN, dCN, truncate, below)
      if (bad) return bad
    }
    return undefined
  }

  /** @param below (T, B, I) += what goes to the layer below */
  #levelBackward(
    l: number,
    dHN: Numbers | undefined,
    dCN: Numbers | undefined,
    truncate: number,
    below: Block | undefined,
  ): BadPlace | undefined {
    const { dh, dc, levels } = this.#back!
    const { directions, joins, dOutput } = levels[l]
    if (this.#isRagged) this.#clearEnded(dOutput, dOutput.length / (this.T * this.B))
    for (let d = 0; d < directions.length; d++) {
      const layer = this.levels[l].directions[d]
      const back = directions[d]
      if (joins.length > 0) {
        back.dh.numbers.fill(0)
        this.kernel.copyRows(joins[d].own, joins[d].joined, this.T * this.B, this.#config.hiddenSize)
      }
      back.dc?.numbers.fill(0)
      const i = l * directions.length + d
      if (dHN) dh.addLast(dHN, i)
      if (dCN) dc.addLast(dCN, i)
      const step = back.backward(this.kernel, this.#inputOf(l), this.#isRagged, truncate)
      if (step >= 0) return { layer: l, reverse: layer.reverse, step }
      if (below) back.addInputGradient(this.kernel, below)
    }
    return undefined
  }

  /** Gradients of numbers that were dropped are 0, those of the others grew as the numbers did. */
  #undrop(dOutput: Block, mask: Block | undefined): void {
    if (!this.#isDropping || !mask) return
    const d = dOutput.numbers
    const m = mask.numbers
    for (let k = 0; k < d.length; k++) d[k] *= m[k]
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
        const rows = (block: Block, width: number, i: number) =>
          block.part(i * this.B * width, this.B * width).numbers.slice()
        const [da, daHidden] = [made.gradientAt(t, 'input'), made.gradientAt(t, 'hidden')]
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

function ones(n: number, like: Numbers): Numbers {
  return like instanceof Float32Array ? new Float32Array(n).fill(1) : new Float64Array(n).fill(1)
}
