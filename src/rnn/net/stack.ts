/** How layers and directions lie on one another, and where in a workspace each one's arrays are. */
import type { Columns } from '../kernel/interface.ts'
import type { Block } from '../kernel/workspace.ts'
import type { LayerSizes } from './cells.ts'
import type { Layer, LayerBack } from './layer.ts'
import type { NetworkConfig } from './options.ts'

/** A layer's both directions, or its one, and what lies between it and the next. */
export interface Level {
  readonly sizes: LayerSizes
  readonly directions: readonly Layer[]
  /** (T, B, D·H) what the next layer reads, before dropout */
  readonly output: Block
  /** Each direction's states, and its columns of the output, if there are two */
  readonly joins: readonly Join[]
  /** (T, B, D·H) the mask, and the output under it, if there is dropout behind this layer */
  readonly mask?: Block
  readonly dropped?: Block
}

/** The same on the way back. */
export interface LevelBack {
  readonly directions: readonly LayerBack[]
  readonly joins: readonly Join[]
  /** (T, B, D·H) ∂L/∂output */
  readonly dOutput: Block
}

/** The columns that one direction has in an array of both. */
export interface Join {
  readonly own: Columns
  readonly joined: Columns
}

/** Where each direction's part is, in an array of its own and beside the other's. */
export function joinsOf(
  { bidirectional, hiddenSize: H }: NetworkConfig,
  joined: Block,
  own: readonly Block[],
): readonly Join[] {
  if (!bidirectional) return []
  return own.map((block, d) => ({
    own: { block, stride: H },
    joined: { block: joined.part(d * H, joined.length - d * H), stride: 2 * H },
  }))
}

/** Forwards alone, or forwards and reverse: whether each runs in reverse. */
export function directionsOf({ bidirectional }: NetworkConfig): readonly boolean[] {
  return bidirectional ? both : forwards
}

const forwards = [false] as const
const both = [false, true] as const

/** `_l0`, `_l1_reverse`: how PyTorch's parameter names end. */
export function suffixOf(layer: number, reverse: boolean): string {
  return `_l${layer}${reverse ? '_reverse' : ''}`
}

export function prefixOf(layer: number, reverse: boolean): string {
  return `${layer}.${reverse ? 'reverse' : 'forward'}`
}

export function hasDropout({ dropout, numLayers }: NetworkConfig, layer: number): boolean {
  return dropout > 0 && layer < numLayers - 1
}

export function levelSizes(config: NetworkConfig, T: number, B: number): LayerSizes[] {
  const { inputSize, hiddenSize: H, numLayers } = config
  const D = directionsOf(config).length
  return Array.from({ length: numLayers }, (_, l) => ({ T, B, I: l === 0 ? inputSize : D * H, H }))
}

export function addPrefixed(to: Record<string, number>, prefix: string, sizes: Record<string, number>): void {
  for (const [name, n] of Object.entries(sizes)) to[`${prefix}.${name}`] = n
}
