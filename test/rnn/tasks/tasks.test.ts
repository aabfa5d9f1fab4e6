/** Each task's answers are found again in another way, and its baseline is reached by whoever plays it. */
import { describe, expect, it } from 'vitest'
import {
  addingBaseline,
  addingProblem,
  copyMemory,
  copyMemoryBaseline,
  latch,
  latchBaseline,
  majority,
  majorityBaseline,
  parity,
  Random,
  type Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

/** Shares of n draws are within 4 standard errors, at most 2/√n, of their chance. */
const nearShare = (share: number, chance: number, n: number) =>
  expect(Math.abs(share - chance), `${share}, not ${chance}`).toBeLessThan(2 / Math.sqrt(n))
const rowsOf = (t: Tensor): number[][] => t.rows().map(row => [...row.data])
const agreement = (guess: Tensor, target: Tensor) =>
  guess
    .sub(target)
    .map(d => (d === 0 ? 1 : 0))
    .mean()

describe('addingProblem', () => {
  const { x, target } = addingProblem(new Random(1), { batch: 4000, steps: 11 })

  it('asks for the sum of the two marked numbers, one mark in each half', () => {
    for (const [b, sequence] of x.rows().entries()) {
      const marks = [...sequence.column(1).data].flatMap((mark, t) => (mark === 1 ? [t] : []))
      expect(sequence.column(1).sum()).toBe(2)
      expect(marks).toHaveLength(2)
      expect(marks[0] < 5 && marks[1] >= 5).toBe(true)
      expect(target.at(b, 0)).toBe(x.at(b, marks[0], 0) + x.at(b, marks[1], 0))
    }
  })

  it('marks every step of a half equally often', () => {
    const shares = x.sum(0).column(1).div(4000)
    for (let t = 0; t < 11; t++) nearShare(shares.at(t), t < 5 ? 1 / 5 : 1 / 6, 4000)
  })

  it('costs whoever answers 1 a squared error of 1/6, within 4 standard errors', () => {
    const errors = target.sub(1)
    expect(Math.abs(errors.mul(errors).mean() - addingBaseline)).toBeLessThan((4 * 0.2) / Math.sqrt(4000))
    expect(addingBaseline).toBe(1 / 6)
  })
})

describe('copyMemory', () => {
  const [delay, length, symbols] = [7, 4, 5]
  const { x, tokens, target } = copyMemory(new Random(2), { batch: 500, delay, length, symbols })

  it('asks for the first symbols in their order at the end, and for blanks before', () => {
    for (const [b, row] of rowsOf(tokens).entries()) {
      const said = row.slice(0, length)
      expect(said.every(symbol => symbol < symbols)).toBe(true)
      expect(row.slice(length)).toEqual([5, 5, 5, 5, 5, 5, 6, 5, 5, 5, 5])
      expect([...target.row(b).data]).toEqual([...Array(length + delay).fill(5), ...said])
    }
    expect(x.argmax().equals(tokens)).toBe(true)
    expect(x.shape).toEqual([500, 15, 7])
  })

  it('draws each symbol equally often', () => {
    for (let symbol = 0; symbol < symbols; symbol++) {
      const share = tokens.map(token => (token === symbol ? 1 : 0)).sum() / (500 * length)
      nearShare(share, 1 / symbols, 500 * length)
    }
  })

  it('has the baseline that form alone reaches, and 10 ln 8 / (T + 20) in the sizes of the paper', () => {
    const guess = (t: number, symbol: number) => (t < length + delay ? Number(symbol === 5) : 1 / symbols)
    const nats = target.map((symbol, k) => -Math.log(guess(k % 15, symbol))).mean()
    expect(nats).toBeCloseTo(copyMemoryBaseline({ delay, length, symbols }), 12)
    expect(copyMemoryBaseline({ delay: 100 })).toBeCloseTo((10 * Math.log(8)) / 120, 14)
    expect(copyMemory(new Random(1), { batch: 1, delay: 100 }).tokens.shape).toEqual([1, 120])
  })
})

describe('parity', () => {
  const { x, target } = parity(new Random(3), { batch: 1000, steps: 9 })

  it('is the sum of the bits so far, modulo 2', () => {
    const sums = rowsOf(x.map(bit => bit)).map(bits =>
      bits.map((_, t) => bits.slice(0, t + 1).reduce((a, b) => a + b) % 2),
    )
    expect(rowsOf(target)).toEqual(sums)
  })

  it('is even and odd equally often, and one half of it is all that the last bit tells', () => {
    nearShare(target.mean(), 1 / 2, 1000)
    const last = (t: Tensor) => t.reshape([1000, 9]).column(-1)
    nearShare(agreement(last(x), last(target)), 1 / 2, 1000)
  })
})

describe('majority', () => {
  it('is 1 where more than half of the bits so far are', () => {
    const { x, target } = majority(new Random(4), { batch: 200, steps: 12 })
    const isMost = (bits: number[]) => Number(bits.filter(bit => bit === 1).length > bits.length / 2)
    expect(rowsOf(target)).toEqual(rowsOf(x).map(bits => bits.map((_, t) => isMost(bits.slice(0, t + 1)))))
  })

  it.each([1, 2, 5, 8, 31])('of %i bits is the last one as often as the baseline says', steps => {
    const { x, target } = majority(new Random(5), { batch: 4000, steps })
    const last = (t: Tensor) => t.reshape([4000, steps]).column(-1)
    nearShare(agreement(last(x), last(target)), majorityBaseline(steps), 4000)
    if (steps % 2 === 1) nearShare(last(target).mean(), 1 / 2, 4000)
  })

  it('has the baseline 1, 3/4, 3/4, 11/16 for 1 to 4 bits, and about 1/2 + 1/√(2πT) for many', () => {
    expect([1, 2, 3, 4].map(majorityBaseline)).toEqual([1, 0.75, 0.75, 0.6875])
    expect(majorityBaseline(1001)).toBeCloseTo(0.5 + 1 / Math.sqrt(2 * Math.PI * 1001), 4)
  })
})

describe('latch', () => {
  const { x, target } = latch(new Random(6), { batch: 4000, steps: 8, symbols: 3 })

  it('is 1 from the one A on, and 0 where there is none', () => {
    for (const [b, row] of rowsOf(x.argmax()).entries()) {
      const at = row.indexOf(0)
      expect(row.lastIndexOf(0)).toBe(at)
      expect([...target.row(b).data]).toEqual(row.map((_, t) => Number(at >= 0 && t >= at)))
    }
  })

  it('has A in half of all sequences, at every step equally often, and the others alike', () => {
    const last = target.reshape([4000, 8]).column(-1)
    nearShare(last.mean(), 1 / 2, 4000)
    const shares = x.mean(0)
    for (let t = 0; t < 8; t++) {
      nearShare(shares.at(t, 0), 1 / 16, 4000)
      nearShare(shares.at(t, 1), 15 / 32, 4000)
    }
    const lastIsA = x.permute([1, 0, 2]).row(-1).column(0)
    nearShare(agreement(lastIsA, last), latchBaseline(8), 4000)
  })
})

describe('every task', () => {
  const draws = {
    adding: (random: Random) => addingProblem(random, { batch: 3, steps: 6 }),
    copy: (random: Random) => copyMemory(random, { batch: 3, delay: 2, length: 3 }),
    parity: (random: Random) => parity(random, { batch: 3, steps: 6 }),
    majority: (random: Random) => majority(random, { batch: 3, steps: 6 }),
    latch: (random: Random) => latch(random, { batch: 3, steps: 6 }),
  }
  it.each(Object.entries(draws))('%s: one seed, one draw; then another', (_, draw) => {
    const random = new Random(7)
    const first = draw(random)
    expect(draw(new Random(7)).x.equals(first.x)).toBe(true)
    expect(draw(new Random(7)).target.equals(first.target)).toBe(true)
    expect(draw(random).x.equals(first.x)).toBe(false)
  })

  it.each<[string, () => unknown]>([
    ['batch to be a whole number from 1, got 0', () => addingProblem(new Random(), { batch: 0, steps: 5 })],
    ['steps to be a whole number from 2, got 1', () => addingProblem(new Random(), { batch: 1, steps: 1 })],
    ['delay to be a whole number from 1, got 0', () => copyMemory(new Random(), { batch: 1, delay: 0 })],
    [
      'symbols to be a whole number from 2, got 1',
      () => latch(new Random(), { batch: 1, steps: 1, symbols: 1 }),
    ],
    ['steps to be a whole number from 1, got 1.5', () => parity(new Random(), { batch: 1, steps: 1.5 })],
    [
      'steps to be a whole number from 1, got NaN',
      () => majority(new Random(), { batch: 1, steps: Number.NaN }),
    ],
  ])('refuses sizes that make no sense: expected %s', (complaint, misuse) =>
    expect(complaintOf(misuse)).toBe(`RangeError: expected ${complaint}`),
  )
})
