/** A network of ours with the numbers that `pytorch.py` gives PyTorch's, so that the two can be compared before they are timed. */
import {
  adam,
  averageGradients,
  type BackwardOptions,
  chain,
  type ForwardOptions,
  GRU,
  LSTM,
  type Numbers,
  type Params,
  type ReplicaMemory,
  RNN,
  Tensor,
} from '../../../src/rnn/index.ts'
import type { Case, Measure } from './cases.ts'

/** What is compared. */
export interface Check {
  /** Σ dOutput · output */
  readonly loss: number
  /** Length of its gradient by all parameters */
  readonly gradientNorm: number
}

export type Subject = Readonly<Record<Measure, () => void>> & {
  /** Runs once from the first weights. Of a replica the loss is that of its share, the gradient that of all. */
  check(): Check
}

/** What the three have in common. */
interface Net {
  readonly params: Params
  forward(x: Tensor, options: ForwardOptions): { output: Tensor }
  backward(options: BackwardOptions): unknown
}

const networks = { RNN, LSTM, GRU }

/** So small a rate that the weights hardly move, however often it runs: `pytorch.py` has the same. */
const lr = 1e-6

/** One of some replicas, each of which has as many of the batch's sequences. */
export interface Share {
  readonly memory: ReplicaMemory
  readonly replica: number
}

export function subjectOf({ kind, I, H, B, T }: Case, share?: Share): Subject {
  const net: Net = new networks[kind]({ inputSize: I, hiddenSize: H, batchFirst: false, dtype: 'float32' })
  const { values, grads, names } = net.params
  for (const [k, name] of names.entries()) fill(net.params.value(name).data, k, 1 / Math.sqrt(H))
  const start = values.slice()
  const given = (width: number, k: number) => {
    const whole = Tensor.zeros([T, B, width], 'float32')
    fill(whole.data, k, 1)
    return share ? sequencesOf(whole, share) : whole
  }
  const x = given(I, names.length)
  const dOutput = given(H, names.length + 1)

  const replicas = share?.memory.replicas ?? 1
  const mean = share && averageGradients(share.memory, share.replica)
  const optimizer = mean ? chain(mean, adam({ lr })) : adam({ lr })
  const state = optimizer.init(values.length, 'float32')
  const ahead = { reuse: true }
  const back = { dOutput, inputGradient: false, reuse: true }
  return {
    forward: () => {
      net.forward(x, ahead)
    },
    train: () => {
      net.forward(x, ahead)
      net.backward(back)
      optimizer.update(values, grads, state)
    },
    check: () => {
      values.set(start)
      const { output } = net.forward(x, ahead)
      net.backward(back)
      mean?.update(values, grads, mean.init(values.length, 'float32'))
      return {
        loss: dot(dOutput.data, output.data),
        gradientNorm: replicas * Math.sqrt(dot(grads, grads)),
      }
    },
  }
}

/** What somebody else found. PyTorch's forward alone has no gradient. */
export interface Expected {
  readonly by: string
  readonly check: Partial<Check>
}

const tolerance = 1e-4

/** @throws Error naming the case, both numbers and whose they are, unless they agree */
export function expectAgreement(name: string, found: Check, { by, check }: Expected): void {
  for (const key of ['loss', 'gradientNorm'] as const) {
    const [got, wanted] = [found[key], check[key]]
    if (wanted === undefined || Math.abs(got - wanted) <= tolerance * Math.abs(wanted)) continue
    throw new Error(`${name}: ${key} is ${got}, expected ${wanted} to ${tolerance} of it, as ${by} found`)
  }
}

/** Value i of array k: scale (2u - 1), u = (((i + 1) 2654435761 + k 1013904223) mod 2³²) / 2³². */
export function fill(numbers: Numbers, k: number, scale: number): void {
  for (let i = 0; i < numbers.length; i++) {
    const u = ((Math.imul(i + 1, 2654435761) + k * 1013904223) >>> 0) / 2 ** 32
    numbers[i] = scale * (2 * u - 1)
  }
}

/** (T, B, width) → (T, B / replicas, width) */
function sequencesOf(whole: Tensor, { memory: { replicas }, replica }: Share): Tensor {
  const own = whole.shape[1] / replicas
  return whole
    .permute([1, 0, 2])
    .slice(replica * own, (replica + 1) * own)
    .permute([1, 0, 2])
}

function dot(a: Numbers, b: Numbers): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
