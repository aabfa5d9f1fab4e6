/** One training of a model that may be one of several replicas, each with its share of every batch. */
import {
  adam,
  averageGradients,
  binaryCrossEntropy,
  chain,
  clipNorm,
  type DType,
  GRU,
  Linear,
  parity,
  Random,
  type ReplicaMemory,
  replicaMemory,
  type Tensor,
  train,
} from '../../src/rnn/index.ts'

export interface ReplicaTask {
  readonly memory: ReplicaMemory
  readonly replica: number
  /** Of the weights; the same in all, if all is well */
  readonly seed?: number
  readonly steps?: number
  /** Milliseconds */
  readonly timeout?: number
}

/** Whole batches are for 1, 2, 3 or 4. */
const batch = 12
const T = 9
const hiddenSize = 7

function modelOf(dtype: DType, seed: number) {
  const net = new GRU({ inputSize: 1, hiddenSize, dtype, seed })
  const readOut = new Linear({ inFeatures: hiddenSize, outFeatures: 1, dtype, seed: seed + 1 })
  return { net, readOut }
}

export function memoryFor(replicas: number, dtype: DType): ReplicaMemory {
  const { net, readOut } = modelOf(dtype, 1)
  return replicaMemory({ replicas, count: net.params.count + readOut.params.count, dtype })
}

/** All parameters after some steps of parity, where every replica draws the same batches and learns from its rows. */
export function trainReplica({ memory, replica, seed = 1, steps = 20, timeout }: ReplicaTask): number[] {
  const random = new Random(7)
  const { net, readOut } = modelOf(memory.dtype, seed)
  const own = batch / memory.replicas
  const share = (all: Tensor) => all.slice(replica * own, (replica + 1) * own).astype(memory.dtype)
  const step = () => {
    const { x, target } = parity(random, { batch, steps: T })
    const { loss, dy } = binaryCrossEntropy(readOut.forward(net.forward(share(x)).output), share(target))
    net.backward({ dOutput: readOut.backward(dy) })
    return loss
  }
  const params = [net.params, readOut.params]
  const mean = averageGradients(memory, replica, { timeout })
  train({
    params,
    optimizer: chain(mean, clipNorm({ maxNorm: 0.1 }), adam({ lr: 0.01 })),
    step,
    random,
    steps,
  })
  return params.flatMap(({ values }) => [...values])
}
