import { describe, expect, it } from 'vitest'
import { readBenchFlags } from '../../scripts/bench/rnn/flags.ts'
import { complaintOf } from '../rnn/support.ts'

describe('flags of bench:rnn', () => {
  it('without any, everything is timed for half a second in three rounds', () => {
    expect(readBenchFlags([])).toEqual({
      hidden: [16, 32, 64, 128, 256, 512],
      kinds: ['RNN', 'LSTM', 'GRU'],
      seconds: 0.5,
      rounds: 3,
      withTorch: true,
      python: undefined,
      json: undefined,
      help: false,
    })
  })

  it('chooses points, kinds and an interpreter', () => {
    const flags = ['--points', '16,64', '--kinds=GRU', '--quick', '--no-torch', '--python', 'py']
    const { hidden, kinds, seconds, rounds, withTorch, python } = readBenchFlags(flags)
    expect({ hidden, kinds, seconds, rounds, withTorch, python }).toEqual({
      hidden: [16, 64],
      kinds: ['GRU'],
      seconds: 0.1,
      rounds: 2,
      withTorch: false,
      python: 'py',
    })
  })

  it('--seconds and --rounds go before --quick', () => {
    const { seconds, rounds } = readBenchFlags(['--quick', '--seconds', '1', '--rounds', '20'])
    expect({ seconds, rounds }).toEqual({ seconds: 1, rounds: 20 })
  })

  it.each([
    [['--points', '17'], 'RangeError: --points: expected some of 16, 32, 64, 128, 256, 512, got 17'],
    [['--points', '16,'], 'RangeError: --points: expected some of 16, 32, 64, 128, 256, 512, got '],
    [['--kinds', 'lstm'], 'RangeError: --kinds: expected some of RNN, LSTM, GRU, got lstm'],
    [['--seconds', 'x'], 'RangeError: --seconds: expected a number from 0.01 to 2, got x'],
    [['--seconds', '3'], 'RangeError: --seconds: expected a number from 0.01 to 2, got 3'],
    [['--rounds', '0'], 'RangeError: --rounds: expected a whole number from 1 to 100, got 0'],
    [['--rounds', '2.5'], 'RangeError: --rounds: expected a whole number from 1 to 100, got 2.5'],
  ])('refuses %j', (flags, message) => {
    expect(complaintOf(() => readBenchFlags(flags))).toBe(message)
  })

  it('refuses a flag that it does not know, naming it', () => {
    expect(complaintOf(() => readBenchFlags(['--sorts', 'LSTM']))).toContain("Unknown option '--sorts'")
  })
})
