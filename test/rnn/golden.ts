/** PyTorch's numbers: those in test/golden always, the larger shared set where it is present. */
import { existsSync, readFileSync } from 'node:fs'
import { Tensor } from '../../src/rnn/index.ts'

/** A tensor as the files write it, row-major. */
export interface Numbers {
  readonly shape: number[]
  readonly data: number[]
}

/** A network over a batch of sequences, and back: what `rnn.json` holds of each. */
export interface SequenceCase {
  readonly name: string
  readonly kind: 'rnn_tanh' | 'rnn_relu' | 'lstm' | 'gru'
  readonly num_layers: number
  readonly bidirectional: boolean
  readonly bias: boolean
  readonly input_size: number
  readonly hidden_size: number
  readonly lengths: number[] | null
  readonly truncate?: number
  readonly weights: Record<string, Numbers>
  readonly x: Numbers
  readonly h0: Numbers
  readonly c0?: Numbers
  readonly y: Numbers
  readonly hn: Numbers
  readonly cn?: Numbers
  readonly wy: Numbers
  readonly wh: Numbers
  readonly wc?: Numbers
  readonly grad: { weights: Record<string, Numbers>; x: Numbers; h0: Numbers; c0?: Numbers }
}

const shared = new URL('../../../shared/rnn/parity.json', import.meta.url)

/** The parsed files by name: `golden`, and `shared` where it is present. Both hold `Content`. */
export function readGolden<Content>(name: string): [string, Content][] {
  const files: [string, URL][] = [['golden', new URL(`../golden/${name}`, import.meta.url)]]
  if (existsSync(shared)) files.push(['shared', shared])
  return files.map(([source, file]) => [source, JSON.parse(readFileSync(file, 'utf8')) as Content])
}

export const tensor = ({ data, shape }: Numbers): Tensor => new Tensor(data, shape)
