/** Whether gradients that vanish cost time: numbers below 1e-38 are denormal, and processors are slow with those. */
import { adam, RNN, Tensor } from '../../../src/rnn/index.ts'
import type { Times } from './cases.ts'
import { sample, timesOf } from './sample.ts'
import { fill } from './subject.ts'

/** Per training step. */
export interface DenormalTimes {
  readonly vanishing: Times
  readonly steady: Times
}

export const size = { I: 32, H: 64, B: 16, T: 200 }

/** Two tanh networks that differ in their weights alone, in turns. W_hh is diagonal, and the loss reads the last step. */
export function timeDenormals(seconds: number, rounds: number): DenormalTimes {
  const { H } = size
  // A gradient is about halved at each step, and is denormal before 130 steps. There it stays if nobody flushes it: the
  // least number times more than a half is rounded up to itself.
  const vanishing = trainer(1 / Math.sqrt(H), k => 0.51 + (0.04 * k) / H)
  // Small inputs, for its states not to grow until tanh is flat.
  const steady = trainer(1e-3, () => 1)
  const taken: Record<keyof DenormalTimes, number[]> = { vanishing: [], steady: [] }
  for (let round = 0; round < rounds; round++) {
    taken.steady.push(...sample(steady, seconds))
    taken.vanishing.push(...sample(vanishing, seconds))
  }
  return { vanishing: timesOf(taken.vanishing), steady: timesOf(taken.steady) }
}

function trainer(inputScale: number, factor: (unit: number) => number): () => void {
  const { I, H, B, T } = size
  const net = new RNN({ inputSize: I, hiddenSize: H, batchFirst: false, dtype: 'float32' })
  const { values, grads } = net.params
  values.fill(0)
  fill(net.params.value('weight_ih_l0').data, 0, inputScale)
  const W_hh = net.params.value('weight_hh_l0').data
  for (let k = 0; k < H; k++) W_hh[k * H + k] = factor(k)
  const x = Tensor.zeros([T, B, I], 'float32')
  const dHN = Tensor.zeros([1, B, H], 'float32')
  fill(x.data, 1, 1)
  fill(dHN.data, 2, 1)

  // A rate so small that W_hh stays as it is.
  const optimizer = adam({ lr: 1e-9 })
  const state = optimizer.init(values.length, 'float32')
  const ahead = { reuse: true }
  const back = { dHN, inputGradient: false, reuse: true }
  return () => {
    net.forward(x, ahead)
    net.backward(back)
    optimizer.update(values, grads, state)
  }
}
