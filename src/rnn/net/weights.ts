/** The parameters of a network: their names and shapes, and the views that layers and cells have of them. */
import { type Shape, sizeOf } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { CellParams } from '../cell/cell.ts'
import type { LayerWeights } from '../kernel/interface.ts'
import type { Block } from '../kernel/workspace.ts'
import type { Params } from '../params/params.ts'
import { cells } from './cells.ts'
import type { NetworkConfig } from './options.ts'
import { directionsOf, suffixOf } from './stack.ts'

/** The shape of each parameter by PyTorch's names, in PyTorch's order. */
export function shapesOf(config: NetworkConfig): Record<string, Shape> {
  const { inputSize, hiddenSize: H, numLayers, bias } = config
  const GH = cells[config.cell].gates * H
  const directions = directionsOf(config)
  const shapes: Record<string, Shape> = {}
  for (let l = 0; l < numLayers; l++)
    for (const reverse of directions) {
      const suffix = suffixOf(l, reverse)
      shapes[`weight_ih${suffix}`] = [GH, l === 0 ? inputSize : directions.length * H]
      shapes[`weight_hh${suffix}`] = [GH, H]
      if (!bias) continue
      shapes[`bias_ih${suffix}`] = [GH]
      shapes[`bias_hh${suffix}`] = [GH]
    }
  return shapes
}

/** Without biases b is 0, so that the cells' steps need no second form. */
export function cellParams(params: Params, { bias, dtype, hiddenSize: H, cell }: NetworkConfig): CellParams {
  const biasOf = (name: string) => (bias ? params.value(name) : Tensor.zeros([cells[cell].gates * H], dtype))
  return {
    W_ih: params.value('weight_ih_l0'),
    W_hh: params.value('weight_hh_l0'),
    b_ih: biasOf('bias_ih_l0'),
    b_hh: biasOf('bias_hh_l0'),
  }
}

/** One layer's parts of the flat buffer. */
export function weightsOf(
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
