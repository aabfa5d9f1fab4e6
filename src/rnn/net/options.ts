/** What a recurrent network is asked to be and to do, and the complete, checked form of the former. */
import { type DType, expectDType } from '../array/numbers.ts'
import { expectBetween, fillOptions } from '../array/options.ts'
import type { Tensor } from '../array/tensor.ts'
import type { Nonlinearity } from '../cell/elman.ts'
import type { CellName } from './cells.ts'

/** Names and meanings are those of PyTorch's `nn.RNN`, `nn.LSTM` and `nn.GRU`; only `batchFirst` has another default. */
export interface NetworkOptions {
  /** I, the numbers in one x_t */
  readonly inputSize: number
  /** H, the numbers in one h_t */
  readonly hiddenSize: number
  /** Each layer reads the states of the one below; 1 unless given */
  readonly numLayers?: number
  /** With `false` there are no b_ih and b_hh. */
  readonly bias?: boolean
  /** Sequences are [batch, time, …] if true (the default here; PyTorch's is false), otherwise [time, batch, …]. */
  readonly batchFirst?: boolean
  /** The probability with which, while `training`, a number is dropped between two layers; 0 unless given */
  readonly dropout?: number
  /** A second network per layer reads from the last step to the first, and the next layer reads both */
  readonly bidirectional?: boolean
  readonly dtype?: DType
  /** Of the initial weights, and of dropout. The same seed gives the same numbers; 0 unless given. */
  readonly seed?: number
}

/** PyTorch's `nn.RNN`. */
export interface RNNOptions extends NetworkOptions {
  /** f; 'tanh' unless given */
  readonly nonlinearity?: Nonlinearity
}

/** All options filled in, as `config` shows them: they can be given to a constructor again. */
export type FilledOptions = Required<NetworkOptions>

/** All of an RNN's options filled in. */
export type RNNConfig = Required<RNNOptions>

/** With the cell that the class stands for. */
export type NetworkConfig = FilledOptions & { readonly cell: CellName }

/** Where a sequence begins and ends. */
export interface ForwardOptions {
  /** (layers · D, B, H), or without B for a single sequence, D the number of directions; zero unless given */
  readonly h0?: Tensor
  /** Steps of each sequence of the batch; all T unless given */
  readonly lengths?: readonly number[]
  /**
   * Return the network's own tensors, which the next forward of the same sizes writes over: a training loop then
   * allocates nothing. Unless given, each forward returns new ones.
   */
  readonly reuse?: boolean
}

/** Which gradients come from outside, and how far back they go. */
export interface BackwardOptions {
  /** ∂L/∂output, in the shape of `output`; zero unless given */
  readonly dOutput?: Tensor
  /** ∂L/∂hN, in the shape of `hN`; zero unless given */
  readonly dHN?: Tensor
  /** k: the way back is cut before each k-th step, counted in the order in which a layer takes them */
  readonly truncate?: number
  /** With `false` there is no `dx`: nobody needs it where x is data, and it costs a product. */
  readonly inputGradient?: boolean
  /** As for forward */
  readonly reuse?: boolean
}

/** Whether backward returns `dx`, by the options that it is given. */
export type InputGradient<Options> = Options extends { readonly inputGradient: false }
  ? unknown
  : { dx: Tensor }

const defaults = {
  inputSize: undefined as unknown as number,
  hiddenSize: undefined as unknown as number,
  numLayers: 1,
  bias: true,
  batchFirst: true,
  dropout: 0,
  bidirectional: false,
  dtype: 'float64',
  seed: 0,
} as const

/** @throws RangeError or TypeError naming the option, what it is and what was expected */
export function toConfig(options: NetworkOptions): FilledOptions {
  const config = fillOptions<FilledOptions>(options, defaults)
  expectValues(config)
  return config
}

/** As `toConfig`, with `nonlinearity`. */
export function toRNNConfig(options: RNNOptions): RNNConfig {
  const config = fillOptions<RNNConfig>(options, { ...defaults, nonlinearity: 'tanh' })
  expectValues(config)
  const { nonlinearity } = config
  if (nonlinearity !== 'tanh' && nonlinearity !== 'relu')
    throw new TypeError(`unknown nonlinearity: ${nonlinearity}, expected 'tanh' or 'relu'`)
  return config
}

function expectValues(config: FilledOptions): void {
  expectSize('inputSize', config.inputSize)
  expectSize('hiddenSize', config.hiddenSize)
  expectSize('numLayers', config.numLayers)
  expectBetween('dropout', config.dropout, 0, 1 - Number.EPSILON)
  expectDType(config.dtype)
}

export function expectSize(name: string, n: number): number {
  if (n === undefined) throw new TypeError(`missing option ${name}`)
  if (!Number.isInteger(n) || n < 1)
    throw new RangeError(`expected ${name} to be a whole number from 1, got ${n}`)
  return n
}
