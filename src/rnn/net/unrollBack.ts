/** What is made on the way back through an unrolled network. */
import type { Kernel } from '../kernel/interface.ts'
import type { Block, Workspace } from '../kernel/workspace.ts'
import type { Params } from '../params/params.ts'
import type { LayerCell } from './cells.ts'
import { LayerBack } from './layer.ts'
import type { NetworkConfig } from './options.ts'
import { addPrefixed, joinsOf, type Level, type LevelBack, prefixOf } from './stack.ts'
import { type Batch, States } from './states.ts'
import { weightsOf } from './weights.ts'

/** What it needs to know of forward. */
interface Forward extends Batch {
  readonly T: number
  readonly x: Block
  readonly levels: readonly Level[]
}

/** What is made on the way back, in a workspace of its own: a network that only runs forward needs none of it. */
export class Back {
  readonly space: Workspace
  readonly grads: Block
  readonly dx: Block
  readonly levels: readonly LevelBack[]
  readonly dh: States
  readonly dc: States
  readonly #layers: readonly LayerBack[]

  constructor(forward: Forward, kernel: Kernel, config: NetworkConfig, params: Params, cell: LayerCell) {
    const { T, B, x } = forward
    const sizes: Record<string, number> = { grads: params.count, dx: x.length }
    for (const [l, level] of forward.levels.entries()) {
      for (const { reverse } of level.directions)
        addPrefixed(sizes, prefixOf(l, reverse), LayerBack.madeSizes(kernel, config.dtype, cell, level.sizes))
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
      const dOutput = config.bidirectional ? this.space.blocks[`${l}.dJoined`] : directions[0].dOutput
      return {
        directions,
        joins: joinsOf(
          config,
          dOutput,
          directions.map(back => back.dOutput),
        ),
        dOutput,
      }
    })
    this.#layers = this.levels.flatMap(level => level.directions)
    const layers = forward.levels.flatMap(level => level.directions)
    const statesOf = (name: 'dh' | 'dc') =>
      new States(
        layers,
        this.#layers.map(back => back[name]),
        forward,
        config.hiddenSize,
      )
    this.dh = statesOf('dh')
    this.dc = statesOf('dc')
  }

  /** Of all layers. */
  areGradientsFinite(): boolean {
    for (let i = 0; i < this.#layers.length; i++) if (!this.#layers[i].areGradientsFinite) return false
    return true
  }
}
