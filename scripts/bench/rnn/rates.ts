/** The kernel's best rates on this machine, by its own operations: what a step's model is made of. */
import { adam, Random } from '../../../src/rnn/index.ts'
import { kernel } from '../../../src/rnn/kernel/kernel.ts'
import type { Rates } from './model.ts'
import { sample } from './sample.ts'

/** C += A B of several sizes, of which one is the fastest: rows of A, columns of A, columns of B. */
const products = [
  [32, 128, 128],
  [64, 256, 256],
  [64, 512, 512],
  [256, 256, 256],
] as const

/** Elements, so few that they stay in the nearest cache. */
const few = 2048
const parameters = 20_000

/** @param seconds for each operation */
export function measureRates(seconds: number): Rates {
  const best = (work: () => void) => Math.min(...sample(work, seconds))
  return {
    gflops: peak(seconds),
    tanh: nanoseconds(best, 'tanh'),
    sigmoid: nanoseconds(best, 'sigmoid'),
    adam: (best(adamStep()) * 1e6) / parameters,
  }
}

/** GFLOP/s of the fastest product. */
export function peak(seconds: number): number {
  const found = products.map(([n, k, m]) => {
    const memory = kernel.workspace({ A: n * k, B: k * m, C: n * m }, 'float32')
    memory.use()
    const { A, B, C } = memory.blocks
    for (const block of [A, B]) fill(block.numbers)
    const time = Math.min(...sample(() => kernel.addAB(C, A, B, n, k, m), seconds))
    memory.release()
    return (2 * n * k * m) / time / 1e6
  })
  return Math.max(...found)
}

/** The best of each. */
export function bestRates(a: Rates, b: Rates): Rates {
  return {
    gflops: Math.max(a.gflops, b.gflops),
    tanh: Math.min(a.tanh, b.tanh),
    sigmoid: Math.min(a.sigmoid, b.sigmoid),
    adam: Math.min(a.adam, b.adam),
  }
}

/** An element's share of an activation. */
function nanoseconds(best: (work: () => void) => number, activation: 'tanh' | 'sigmoid'): number {
  const memory = kernel.workspace({ to: few, from: few }, 'float32')
  memory.use()
  const { to, from } = memory.blocks
  fill(from.numbers)
  const time = best(() => kernel[activation](to, from, few))
  memory.release()
  return (time * 1e6) / few
}

function adamStep(): () => void {
  const { init, update } = adam()
  const values = new Float32Array(parameters)
  const grads = new Float32Array(parameters)
  const state = init(parameters, 'float32')
  fill(grads)
  return () => update(values, grads, state)
}

/** Gaussian numbers. */
function fill(numbers: { length: number; [i: number]: number }): void {
  const random = new Random(1)
  for (let i = 0; i < numbers.length; i++) numbers[i] = random.normal()
}
