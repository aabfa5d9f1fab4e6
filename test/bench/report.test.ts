import { describe, expect, it } from 'vitest'
import { type CaseTimes, casesOf, type SetupTimes } from '../../scripts/bench/rnn/cases.ts'
import { trainFlops } from '../../scripts/bench/rnn/model.ts'
import { caseTables, denormalLine, missedTargets, noiseLine, table } from '../../scripts/bench/rnn/report.ts'
import { boundsOf, isMet, ratiosOf } from '../../scripts/bench/rnn/targets.ts'

const [c] = casesOf([64], ['RNN'])
/** So that the model takes 10 ms. */
const rates = { gflops: trainFlops(c) / 1e7, tanh: 0, sigmoid: 0, adam: 0 }
const same = { vanishing: { best: 2, median: 3 }, steady: { best: 2, median: 3 } }

function training(best: number, coreShare = 1): SetupTimes {
  return { forward: { best: best / 4, median: best / 2 }, train: { best, median: 2 * best }, coreShare }
}

const good: CaseTimes = {
  case: c,
  ours: { plain1: training(11.5, 0.994), plain2: training(6.25), fused2: training(5) },
  replicas: { best: 6, median: 7 },
  torch: { 1: training(12.5), 2: training(8) },
}

describe('targets', () => {
  it('are those of the issue at each number of units', () => {
    const bounds = casesOf([16, 32, 64, 128, 256, 512], ['GRU']).map(boundsOf)
    const ahead = { torch1: ['<', 1], torch2: ['<', 1] }
    const common = { model: ['≤', 1.15], speedUp: ['≥', 1.8] }
    expect(bounds).toEqual([
      { model: ['≤', 1.5], ...ahead },
      { ...common, ...ahead },
      { ...common, ...ahead },
      { ...common, torchFused2: ['<', 1] },
      { ...common, torchFused2: ['≤', 1.5] },
      { ...common, torchFused2: ['≤', 1.5] },
    ])
  })

  it('at the bound ≤ and ≥ are met, < is not', () => {
    expect([isMet(1, ['≤', 1]), isMet(1, ['≥', 1]), isMet(1, ['<', 1])]).toEqual([true, true, false])
    expect([isMet(2, ['≤', 1]), isMet(0, ['≥', 1]), isMet(0, ['<', 1])]).toEqual([false, false, true])
  })

  it('that are met are not listed', () => {
    expect(missedTargets([good], rates, same)).toEqual([])
  })

  it('that are missed have a line each, with both numbers', () => {
    const bad = {
      ...good,
      ours: { plain1: training(12.5), plain2: training(8) },
      replicas: { best: 8.5, median: 9 },
    }
    expect(missedTargets([bad], rates, { ...same, vanishing: { best: 3, median: 3 } })).toEqual([
      'RNN 64,32,100: one thread / model is 1.25, expected ≤ 1.15',
      'RNN 64,32,100: speed-up on two threads, sharing operations or as replicas, is 1.56, expected ≥ 1.8',
      'RNN 64,32,100: one thread / PyTorch on one is 1.00, expected < 1',
      'RNN 64,32,100: two threads / PyTorch on two is 1.00, expected < 1',
      'RNN: vanishing gradients / others is 1.50, expected ≤ 1.1',
    ])
  })

  it('for two threads are met by the better of both ways', () => {
    const ratio = (replicas?: number, plain2?: number) =>
      ratiosOf(
        {
          case: c,
          ours: { plain1: training(12), ...(plain2 ? { plain2: training(plain2) } : {}) },
          ...(replicas ? { replicas: { best: replicas, median: replicas } } : {}),
        },
        rates,
      ).speedUp
    expect([ratio(6, 8), ratio(8, 6), ratio(8), ratio(undefined, 6), ratio()]).toEqual([
      2,
      2,
      1.5,
      2,
      undefined,
    ])
  })

  it('that could not be timed are not missed', () => {
    expect(missedTargets([{ case: c, ours: { plain1: training(11) } }], rates, same)).toEqual([])
  })
})

describe('tables', () => {
  it('show each ratio with its verdict', () => {
    expect(caseTables([good], rates).join('\n\n')).toBe(
      [
        'one thread, ms       forward         train   GFLOP/s   of peak   model   train / model   of a core',
        'RNN 64,32,100    2.88 (5.75)   11.5 (23.0)       9.1      87 %    10.0          1.15 ✓        99 %',
        '',
        'two threads, ms       forward         train   speed-up   FMA: forward    FMA: train   of each core',
        'RNN 64,32,100     1.56 (3.13)   6.25 (12.5)     1.84      1.25 (2.50)   5.00 (10.0)          100 %',
        '',
        'two replicas, ms         train   speed-up   better of both',
        'RNN 64,32,100      6.00 (7.00)     1.92             1.92 ✓',
        '',
        'PyTorch, ms     forward, 1 thread   train, 1 thread   forward, 2 threads   train, 2 threads',
        'RNN 64,32,100         3.13 (6.25)       12.5 (25.0)          2.00 (4.00)        8.00 (16.0)',
        '',
        'ours / PyTorch   forward 1   forward 2   train 1   train 2   train 2, FMA',
        'RNN 64,32,100       0.92        0.78      0.92 ✓    0.78 ✓         0.63',
      ].join('\n'),
    )
  })

  it('are without PyTorch where it was not timed', () => {
    expect(caseTables([{ case: c, ours: good.ours }], rates)).toHaveLength(3)
    expect(caseTables([good], rates)).toHaveLength(5)
  })

  it('have a dash where this machine cannot run something', () => {
    const [, threads] = caseTables([{ case: c, ours: { plain1: training(11) } }], rates)
    expect(threads.split('\n')[1].match(/–/g)).toHaveLength(6)
  })

  it('align their columns', () => {
    expect(table(['a', 'bb'], [['long', '1']])).toBe('a      bb\nlong    1')
  })

  it('warn of cases that others disturbed, and only of those', () => {
    expect(noiseLine([good])).toBe('')
    const slow = { ...good, ours: { ...good.ours, plain2: training(8, 0.94) } }
    expect(noiseLine([good, slow])).toBe(
      'others were at work during 1 of 2 cases: where we had less than 95 % of a core, times are too long',
    )
    expect(noiseLine([{ ...slow, case: { ...c, B: 1 } }])).toBe('')
  })

  it('say of vanishing gradients what they cost', () => {
    expect(denormalLine(same)).toBe(
      'RNN 64,16,200, train: 2.00 (3.00) ms where gradients vanish, 2.00 (3.00) ms where not: 1.00 ✓',
    )
  })
})
