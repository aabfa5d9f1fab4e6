/** What a recurrent network is asked to be and to do, and the complete, checked form of the former. */
import { type DType, expectDType } from '../array/numbers.ts'
import type { Tensor } from '../array/tensor.ts'
import type { Nonlinearity } from '../cell/elman.ts'

/** Names and meanings are PyTorch's `nn.RNN`; only `batchFirst` has another default. */
export interface RNNOptions {
  /** I, the numbers in one x_t */
  readonly inputSize: number
  /** H, the numbers in one h_t */
  readonly hiddenSize: number
  /** f; 'tanh' unless given */
  readonly nonlinearity?: Nonlinearity
  /** With `false` there are no b_ih and b_hh. */
  readonly bias?: boolean
  /** Sequences are [batch, time, …] if true (the default here; PyTorch's is false), otherwise [time, batch, …]. */
  readonly batchFirst?: boolean
  readonly dtype?: DType
  /** Of the initial weights. The same seed gives the same weights; 0 unless given. */
  readonly seed?: number
  /** Only 1 is built yet. */
  readonly numLayers?: 1
  /** Only false is built yet. */
  readonly bidirectional?: false
}

export type RNNConfig = Required<RNNOptions>

export interface ForwardOptions {
  /** (1, B, H), or (1, H) for a single sequence; zero unless given */
  readonly h0?: Tensor
  /** Steps of each sequence of the batch; all T unless given */
  readonly lengths?: readonly number[]
}

export interface BackwardOptions {
  /** ∂L/∂output, in the shape of `output`; zero unless given */
  readonly dOutput?: Tensor
  /** ∂L/∂hN, in the shape of `hN`; zero unless given */
  readonly dHN?: Tensor
  /** Cut the way back at h_k, h_2k, …: see `unrollBackward` */
  readonly truncate?: number
}

const defaults = {
  nonlinearity: 'tanh',
  bias: true,
  batchFirst: true,
  dtype: 'float64',
  seed: 0,
  numLayers: 1,
  bidirectional: false,
} as const

/** @throws RangeError or TypeError naming the option, what it is and what was expected */
export function toConfig(options: RNNOptions): RNNConfig {
  const known = ['inputSize', 'hiddenSize', ...Object.keys(defaults)]
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`unknown option: ${name}, expected ${known.join(', ')}`)
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  const config: RNNConfig = { ...defaults, ...(Object.fromEntries(given) as unknown as RNNOptions) }
  expectSize('inputSize', config.inputSize)
  expectSize('hiddenSize', config.hiddenSize)
  expectDType(config.dtype)
  if (config.nonlinearity !== 'tanh' && config.nonlinearity !== 'relu')
    throw new TypeError(`unknown nonlinearity: ${config.nonlinearity}, expected 'tanh' or 'relu'`)
  if (config.numLayers !== 1) throw notBuilt('numLayers', config.numLayers, 1)
  if (config.bidirectional !== false) throw notBuilt('bidirectional', config.bidirectional, false)
  return config
}

export function expectSize(name: string, n: number): number {
  if (n === undefined) throw new TypeError(`missing option ${name}`)
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`expected ${name} to be a whole number from 1, got ${n}`)
  return n
}

function notBuilt(name: string, value: unknown, expected: unknown): RangeError {
  return new RangeError(`${name}: ${value} is not built yet, expected ${expected}`)
}
