/** What a step is compared with: counts by hand, and numbers from another machine. */
import { describe, expect, it } from 'vitest'
import type { Case } from '../../scripts/bench/rnn/cases.ts'
import { casesOf, kinds, points } from '../../scripts/bench/rnn/cases.ts'
import { forwardFlops, modelTime, parameterCount, trainFlops } from '../../scripts/bench/rnn/model.ts'
import { GRU, LSTM, RNN } from '../../src/rnn/index.ts'

const small = { I: 2, H: 3, B: 5, T: 7 } as const
const none = { gflops: Infinity, tanh: 0, sigmoid: 0, adam: 0 }

describe('the model of a training step', () => {
  it('counts 2 · 3 (2 + 3) operations for a step of an RNN with 2 inputs and 3 units, and 35 steps of a batch', () => {
    const c: Case = { kind: 'RNN', ...small }
    expect(forwardFlops(c)).toBe(30 * 35)
    expect(trainFlops(c)).toBe((30 + 30 + 18) * 35)
  })

  it('counts four times as many for an LSTM, three times for a GRU', () => {
    for (const [kind, gates] of [
      ['LSTM', 4],
      ['GRU', 3],
    ] as const)
      expect(trainFlops({ kind, ...small })).toBe(gates * 78 * 35)
  })

  it('takes 1 ms for 10⁶ operations at 1 GFLOP/s', () => {
    const c: Case = { kind: 'RNN', I: 1, H: 100, B: 1, T: 10 }
    expect(modelTime(c, { ...none, gflops: 1 })).toBeCloseTo(trainFlops(c) / 1e6, 12)
  })

  it.each([
    ['RNN', 1, 0],
    ['LSTM', 2, 3],
    ['GRU', 1, 2],
  ] as const)('%s: a unit takes %i tanh and %i sigmoid in each step', (kind, tanh, sigmoid) => {
    const units = small.H * small.B * small.T
    expect(modelTime({ kind, ...small }, { ...none, tanh: 1 }) * 1e6).toBeCloseTo(tanh * units, 9)
    expect(modelTime({ kind, ...small }, { ...none, sigmoid: 1 }) * 1e6).toBeCloseTo(sigmoid * units, 9)
  })

  it('counts the parameters that the networks have', () => {
    const networks = { RNN, LSTM, GRU }
    for (const kind of kinds) {
      const { params } = new networks[kind]({ inputSize: small.I, hiddenSize: small.H })
      expect(parameterCount({ kind, ...small })).toBe(params.count)
      expect(modelTime({ kind, ...small }, { ...none, adam: 1 }) * 1e6).toBeCloseTo(params.count, 9)
    }
  })

  it('is within 6 % of the times that were estimated for a machine with known rates', () => {
    const rates = { gflops: 34.9, tanh: 1.35, sigmoid: 1.4, adam: 1 }
    const estimated = {
      RNN: [0.007, 0.285, 3.43, 11.5, 83.0, 314],
      LSTM: [0.031, 1.18, 14.1, 46.7, 335, 1262],
      GRU: [0.022, 0.864, 10.4, 34.6, 249, 943],
    }
    for (const c of casesOf([16, 32, 64, 128, 256, 512], kinds)) {
      const wanted = estimated[c.kind][points.findIndex(([H]) => H === c.H)]
      expect(Math.abs(modelTime(c, rates) / wanted - 1), `${c.kind} ${c.H}`).toBeLessThan(0.06)
    }
  })
})
