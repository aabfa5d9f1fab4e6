/** Small models that the tests of training share. */
import {
  addingProblem,
  Batches,
  binaryCrossEntropy,
  Linear,
  type latch,
  Params,
  type parity,
  Random,
  RNN,
  squaredError,
  Tensor,
  type TrainerOptions,
} from '../../../src/rnn/index.ts'

/** The rows of x that a batch names. */
export function pick(x: Tensor, batch: readonly number[]): Tensor {
  return Tensor.stack(batch.map(i => x.row(i)))
}

/** ½ Σ (θᵢ - i)² over two sets as one vector: its gradient is θ - i. */
export function bowl(sizes: readonly number[] = [2, 3]): { params: Params[]; step: () => number } {
  const params = sizes.map(n => new Params({ w: [n] }))
  const step = () => {
    let [i, loss] = [0, 0]
    for (const { values, grads } of params)
      for (let k = 0; k < values.length; k++, i++) {
        grads[k] = values[k] - i
        loss += grads[k] ** 2 / 2
      }
    return loss
  }
  return { params, step }
}

/** A network and its read-out on a task whose answer is asked for at every step, with fresh sequences for each. */
export function everyStep(task: typeof latch | typeof parity, steps: number, hiddenSize = 8) {
  const random = new Random(1)
  const inputSize = task(new Random(0), { batch: 1, steps }).x.shape[2]
  const net = new RNN({ inputSize, hiddenSize, seed: 1 })
  const readOut = new Linear({ inFeatures: hiddenSize, outFeatures: 1, seed: 2 })
  const forward = (x: Tensor) => readOut.forward(net.forward(x).output)
  const step = () => {
    const { x, target } = task(random, { batch: 16, steps })
    const { loss, dy } = binaryCrossEntropy(forward(x), target)
    net.backward({ dOutput: readOut.backward(dy) })
    return loss
  }
  /** The share of 200 unseen sequences whose last answer is right. */
  const accuracy = () => {
    const { x, target } = task(new Random(99), { batch: 200, steps })
    const wrong = forward(x).map((z, k) => (z > 0 === target.data[k] > 0 ? 0 : 1))
    return (
      1 -
      wrong
        .reshape([200, steps])
        .column(steps - 1)
        .mean()
    )
  }
  return { params: [net.params, readOut.params], step, random, accuracy }
}

/**
 * The adding problem on a fixed set of sequences, with noise on the inputs that `step` draws from a generator of its own:
 * all that a resumption could lose is in it.
 */
export function adding({ steps = 6, examples = 40, noise = 0.05, hiddenSize = 10 } = {}) {
  const { x, target } = addingProblem(new Random(5), { batch: examples, steps })
  const unseen = addingProblem(new Random(6), { batch: 200, steps })
  const random = new Random(7)
  const batches = new Batches({ count: examples, batchSize: 16, seed: 8 })
  const net = new RNN({ inputSize: 2, hiddenSize, seed: 1 })
  const readOut = new Linear({ inFeatures: hiddenSize, outFeatures: 1, seed: 2 })
  const forward = (x: Tensor) => {
    const { hN } = net.forward(x)
    return readOut.forward(hN.reshape(hN.shape.slice(1)))
  }
  const step = (batch: readonly number[]) => {
    const input = pick(x, batch).map(v => v + random.normal(0, noise))
    const { loss, dy } = squaredError(forward(input), pick(target, batch))
    const dh = readOut.backward(dy)
    net.backward({ dHN: dh.reshape([1, ...dh.shape]) })
    return loss
  }
  const evaluate = () => squaredError(forward(unseen.x), unseen.target).loss
  const parts = { params: [net.params, readOut.params], batches, step, random, evaluate }
  return parts satisfies Omit<TrainerOptions, 'optimizer'>
}
