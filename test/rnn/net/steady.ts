/**
 * Measures how many bytes of the heap one step of training takes, once it has run for a while, and prints them by name
 * as JSON. `steady.test.ts` starts it with `--expose-gc` and room for all that 1,000 steps could leave behind: a
 * collection in between would hide it.
 */
import { setTimeout } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import {
  adam,
  averageGradients,
  chain,
  clipNorm,
  GRU,
  replicaMemory,
  Tensor,
  useThreads,
} from '../../../src/rnn/index.ts'
import { workerTextOf } from '../kernel/bundle.ts'
import { givenFor, kinds, networkOf } from './networks.ts'

const steps = 1000

/**
 * The least of some rounds: code that the engine has not compiled yet makes objects of its numbers. It compiles what runs
 * often in a thread of its own, which on a busy machine needs the pauses.
 */
async function bytesOf(step: () => void): Promise<number> {
  let least = Infinity
  for (let round = 0; round < 12 && least > 1; round++) {
    await setTimeout(20 * round)
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < steps; i++) step()
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / steps)
  }
  return least
}

let kept: unknown
const found: Record<string, number> = {}
for (const kind of kinds)
  for (const form of [{}, { numLayers: 2, dropout: 0.5 }, { bidirectional: true }]) {
    const net = networkOf(kind, { inputSize: 4, hiddenSize: 8, dtype: 'float32', seed: 1, ...form })
    const { x, h0, c0, dOutput, dHN, dCN } = givenFor(net, { B: 3, T: 6, seed: 2 })
    const optimizer = chain(clipNorm({ maxNorm: 1 }), adam({ lr: 1e-4 }))
    const state = optimizer.init(net.params.count, 'float32')
    const train = (forward: object, backward: object) => () => {
      net.forward(x, forward)
      net.backward(backward)
      optimizer.update(net.params.values, net.params.grads, state)
    }
    const name = [kind, ...Object.keys(form)].join(' ')
    const back = { dOutput, inputGradient: false, reuse: true }
    found[name] = await bytesOf(train({ reuse: true }, back))
    const given = { h0, c0, lengths: [6, 2, 4], reuse: true }
    found[`${name}, with states and lengths`] = await bytesOf(
      train(given, { ...back, dHN, dCN, truncate: 2 }),
    )
  }

await useThreads(2)
const net = new GRU({ inputSize: 32, hiddenSize: 32, dtype: 'float32', seed: 1 })
const { x, dOutput } = givenFor(net, { B: 8, T: 20, seed: 2 })
const optimizer = adam()
const state = optimizer.init(net.params.count, 'float32')
const ahead = { reuse: true }
const back = { dOutput, inputGradient: false, reuse: true }
found['on two threads'] = await bytesOf(() => {
  net.forward(x, ahead)
  net.backward(back)
  optimizer.update(net.params.values, net.params.grads, state)
})
await useThreads(1)

/** A replica whose gradients are always 0. */
const partner = workerTextOf(`
  import { averageGradients } from './src/rnn/index.ts'
  const { memory, values } = workerData
  const { init, update } = averageGradients(memory, 1)
  const state = init(values.length, memory.dtype)
  for (;;) update(values, new Float32Array(values.length), state)`)
const memory = replicaMemory({ replicas: 2, count: net.params.count, dtype: 'float32' })
const worker = new Worker(partner, { eval: true, workerData: { memory, values: net.params.values } })
const together = chain(averageGradients(memory, 0), adam())
const shared = together.init(net.params.count, 'float32')
found['of two replicas'] = await bytesOf(() => {
  net.forward(x, ahead)
  net.backward(back)
  together.update(net.params.values, net.params.grads, shared)
})
await worker.terminate()

found['a tensor a step'] = await bytesOf(() => {
  kept = Tensor.zeros([1])
})
console.log(JSON.stringify({ found, kept }))
