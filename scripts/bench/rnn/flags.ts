/** The command line of `bench:rnn`. */
import { parseArgs } from 'node:util'
import { type Kind, kinds, points } from './cases.ts'

export interface BenchOptions {
  readonly hidden: readonly number[]
  readonly kinds: readonly Kind[]
  /** For each time, over all rounds */
  readonly seconds: number
  readonly rounds: number
  readonly withTorch: boolean
  /** The one given, or nothing: then it is looked for */
  readonly python: string | undefined
  readonly json: string | undefined
  readonly help: boolean
}

const sizes = points.map(([H]) => H)

export const usage = `Times a training step of RNN, LSTM and GRU, beside its model and beside PyTorch.

Usage: npm run bench:rnn -- [flags]

  --points H,…    hidden units: some of ${sizes.join(', ')} (all)
  --kinds K,…     some of ${kinds.join(', ')} (all)
  --seconds N     for each time, 0.01 to 2 (0.5)
  --rounds N      1 to 100 (3): more where others use this machine too; a round has one time at least of each
  --quick         0.1 seconds, in two rounds
  --no-torch      without PyTorch
  --python FILE   that can import torch ($PYTHON, python3 or /usr/bin/python3)
  --json FILE     writes all numbers there
  --help          this text
`

/** @throws Error saying which flag is wrong, and what was expected */
export function readBenchFlags(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      points: { type: 'string', default: sizes.join() },
      kinds: { type: 'string', default: kinds.join() },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'no-torch': { type: 'boolean', default: false },
      python: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const seconds = Number(values.seconds ?? (values.quick ? 0.1 : 0.5))
  if (!(seconds >= 0.01 && seconds <= 2))
    throw new RangeError(`--seconds: expected a number from 0.01 to 2, got ${values.seconds}`)
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 3))
  if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100))
    throw new RangeError(`--rounds: expected a whole number from 1 to 100, got ${values.rounds}`)
  return {
    hidden: someOf('points', values.points, sizes),
    kinds: someOf('kinds', values.kinds, kinds),
    seconds,
    rounds,
    withTorch: !values['no-torch'],
    python: values.python,
    json: values.json,
    help: values.help,
  }
}

function someOf<Value extends string | number>(flag: string, list: string, all: readonly Value[]): Value[] {
  return list.split(',').map(item => {
    const found = all.find(value => String(value) === item)
    if (found === undefined)
      throw new RangeError(`--${flag}: expected some of ${all.join(', ')}, got ${item}`)
    return found
  })
}
