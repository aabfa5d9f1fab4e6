/** PyTorch's numbers: those in test/golden always, the larger shared set where it is present. */
import { existsSync, readFileSync } from 'node:fs'
import { Tensor } from '../../src/rnn/index.ts'

/** A tensor as the files write it, row-major. */
export interface Numbers {
  readonly shape: number[]
  readonly data: number[]
}

const shared = new URL('../../../shared/rnn/parity.json', import.meta.url)

/** The parsed files by name: `golden`, and `shared` where it is present. Both hold `Content`. */
export function readGolden<Content>(name: string): [string, Content][] {
  const files: [string, URL][] = [['golden', new URL(`../golden/${name}`, import.meta.url)]]
  if (existsSync(shared)) files.push(['shared', shared])
  return files.map(([source, file]) => [source, JSON.parse(readFileSync(file, 'utf8')) as Content])
}

export const tensor = ({ data, shape }: Numbers): Tensor => new Tensor(data, shape)
