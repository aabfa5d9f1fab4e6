/** A small training that shows whether two places compute the same: its losses, and a fingerprint of all that it has learnt. */
import {
  adam,
  crossEntropy,
  type DType,
  Linear,
  LSTM,
  oneCycle,
  parity,
  Random,
  train,
} from '../../src/rnn/index.ts'

export interface SmallTraining {
  readonly losses: readonly number[]
  /** Of every set of parameters after the last step, the bits */
  readonly bits: readonly string[]
}

/** Enough that two threads share it: each takes four sequences at least. */
const batch = 9
const T = 11

/** 20 steps of an LSTM of 2 layers on parity, sizes that are no multiple of anything. */
export function trainSmall(dtype: DType): SmallTraining {
  const random = new Random(7)
  const net = new LSTM({ inputSize: 1, hiddenSize: 13, numLayers: 2, dtype, seed: 1 })
  const readOut = new Linear({ inFeatures: 13, outFeatures: 2, dtype, seed: 2 })
  const step = () => {
    const { x, target } = parity(random, { batch, steps: T })
    const { output } = net.forward(x.astype(dtype))
    const { loss, dy } = crossEntropy(readOut.forward(output), target.reshape([batch, T]))
    net.backward({ dOutput: readOut.backward(dy) })
    return loss
  }
  const losses: number[] = []
  const params = [net.params, readOut.params]
  train({
    params,
    optimizer: adam({ lr: oneCycle(0.05, { steps: 20 }) }),
    step,
    random,
    steps: 20,
    onProgress: ({ loss }) => losses.push(loss),
  })
  return { losses, bits: params.map(({ values }) => fingerprint(values)) }
}

/** FNV-1a (Fowler, Noll and Vo) of all bytes: where one bit differs, all of it does. */
function fingerprint({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  let hash = 0x811c9dc5
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash >>> 0).toString(16)
}
