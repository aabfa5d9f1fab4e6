/** Comparing before timing, and what is made of the times. */
import { describe, expect, it } from 'vitest'
import { type Case, type CaseTimes, kinds } from '../../scripts/bench/rnn/cases.ts'
import { startReplicas } from '../../scripts/bench/rnn/replicas.ts'
import { sample, timesOf } from '../../scripts/bench/rnn/sample.ts'
import { expectAgreement, fill, subjectOf } from '../../scripts/bench/rnn/subject.ts'
import type { Torch, TorchResult } from '../../scripts/bench/rnn/torch.ts'
import { CaseTurns, type Plan, takeRounds } from '../../scripts/bench/rnn/turns.ts'
import { complaintOf } from '../rnn/support.ts'

const tiny: Case = { kind: 'LSTM', I: 2, H: 3, B: 2, T: 4 }
const plan = { seconds: 0, setups: ['plain1'] } as const

async function timesAfter(rounds: number, c: Case, options: Plan = plan): Promise<CaseTimes> {
  const turns = new CaseTurns(c, options)
  await takeRounds([turns], rounds)
  return turns.times
}

/** Gives results of the tiny case in the order of pytorch.py, one millisecond more each time. */
function torchWith(check: TorchResult['check']): Torch & { asked: number } {
  const torch = {
    environment: {} as Torch['environment'],
    asked: 0,
    next: async () => {
      const n = torch.asked++
      const measure = n % 4 < 2 ? 'forward' : 'train'
      const time = { bestMs: n + 1, medianMs: n + 1.5 }
      return { kind: 'LSTM', hidden: 3, measure, threads: 1 + (n % 2), ...time, check } as const
    },
    stop: () => {},
  }
  return torch
}

describe('timing in turns', () => {
  it('without PyTorch the kernel agrees with the plain loops', async () => {
    const { ours, torch, replicas } = await timesAfter(2, tiny)
    expect(Object.keys(ours)).toEqual(['plain1'])
    expect(ours.plain1!.train.best).toBeGreaterThan(0)
    expect([torch, replicas]).toEqual([undefined, undefined])
  })

  it('two replicas with half of the sequences each agree with one of all, case by case, and are timed', async () => {
    const replicas = startReplicas(2)
    try {
      for (const kind of kinds)
        expect(
          (await timesAfter(2, { ...tiny, kind }, { ...plan, replicas })).replicas!.best,
        ).toBeGreaterThan(0)
      expect(await timesAfter(1, { ...tiny, B: 1 }, { ...plan, replicas })).not.toHaveProperty('replicas')
    } finally {
      await replicas.stop()
    }
  })

  it("takes the best and the median of PyTorch's rounds, by threads and measure", async () => {
    const given = torchWith(subjectOf(tiny).check())
    const { torch } = await timesAfter(2, tiny, { ...plan, torch: given })
    expect(torch).toEqual({
      1: { forward: { best: 1, median: 5.5 }, train: { best: 3, median: 7.5 } },
      2: { forward: { best: 2, median: 6.5 }, train: { best: 4, median: 8.5 } },
    })
    expect(given.asked).toBe(8)
  })

  it('goes through all cases in each round', async () => {
    const turns = kinds.map(kind => new CaseTurns({ ...tiny, kind }, plan))
    const names: string[] = []
    expect(await takeRounds(turns, 2, name => names.push(name))).toBe(2)
    expect(names).toEqual([...kinds, ...kinds].map(kind => `${kind} 3,2,4`))
  })

  it('when it is late, does one round, and asks PyTorch for no more', async () => {
    const torch = torchWith(subjectOf(tiny).check())
    const turns = new CaseTurns(tiny, { ...plan, torch })
    expect(await takeRounds([turns], 3, undefined, () => true)).toBe(1)
    expect(turns.times.torch![1].train).toEqual({ best: 3, median: 3.5 })
    expect(torch.asked).toBe(4)
  })

  it('times nothing where PyTorch finds another loss', async () => {
    const { loss, gradientNorm } = subjectOf(tiny).check()
    const torch = torchWith({ loss: 1.001 * loss, gradientNorm })
    await expect(timesAfter(1, tiny, { ...plan, torch })).rejects.toThrow(
      `LSTM 3,2,4, plain1: loss is ${loss}, expected ${1.001 * loss} to 0.0001 of it, as PyTorch found`,
    )
    expect(torch.asked).toBe(4)
  })

  it('refuses a result of another case', async () => {
    const torch = torchWith(subjectOf(tiny).check())
    await expect(timesAfter(1, { ...tiny, kind: 'GRU' }, { ...plan, torch })).rejects.toThrow(
      "expected PyTorch's result for GRU 3 forward 1, got LSTM 3 forward 1",
    )
  })
})

describe('what is compared', () => {
  it('agrees up to a difference of 1e-4', () => {
    const found = { loss: -2, gradientNorm: 3 }
    expectAgreement('x', found, { by: 'y', check: { loss: -2.0001, gradientNorm: 3.0002 } })
    expect(
      complaintOf(() => expectAgreement('x', found, { by: 'y', check: { loss: -2, gradientNorm: 3.0004 } })),
    ).toBe('Error: x: gradientNorm is 3, expected 3.0004 to 0.0001 of it, as y found')
    expect(complaintOf(() => expectAgreement('x', { ...found, loss: NaN }, { by: 'y', check: found }))).toBe(
      'Error: x: loss is NaN, expected -2 to 0.0001 of it, as y found',
    )
  })

  it('does not move while it trains: from the first weights it finds the same again', () => {
    const subject = subjectOf(tiny)
    const first = subject.check()
    for (let i = 0; i < 3; i++) subject.train()
    expect(subject.check()).toEqual(first)
  })

  it('is filled by the formula of pytorch.py, in exact arithmetic', () => {
    const numbers = new Float64Array(2000)
    for (const k of [0, 3, 5]) {
      fill(numbers, k, 0.25)
      for (const [i, x] of numbers.entries()) {
        const u = Number((BigInt(i + 1) * 2654435761n + BigInt(k) * 1013904223n) % 2n ** 32n) / 2 ** 32
        expect(x).toBe(0.25 * (2 * u - 1))
      }
    }
  })
})

describe('a sample', () => {
  /** Work that takes so many milliseconds on a clock of its own. */
  const clockOf = (milliseconds: number) => {
    let now = 0
    let calls = 0
    const work = () => {
      now += milliseconds
      calls++
    }
    return { work, now: () => now, calls: () => calls }
  }

  it('is one call of what takes long, once at least', () => {
    const { work, now, calls } = clockOf(300)
    expect(sample(work, 0.1, now)).toEqual([300])
    expect(calls()).toBe(1)
  })

  it('is half a millisecond at least of what takes a microsecond', () => {
    const { work, now, calls } = clockOf(2 ** -10)
    const taken = sample(work, 0.01, now)
    expect(new Set(taken)).toEqual(new Set([2 ** -10]))
    expect(taken.length).toBeLessThanOrEqual(20)
    expect(calls()).toBeGreaterThan(10_000)
  })

  it('has a best and a median', () => {
    expect(timesOf([5, 1, 4])).toEqual({ best: 1, median: 4 })
  })
})
