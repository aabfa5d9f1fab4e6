import { describe, expect, it } from 'vitest'
import { Random, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

const take = <T>(n: number, draw: () => T): T[] => Array.from({ length: n }, draw)
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

describe('Random', () => {
  it("gives the reference implementation's outputs of xoshiro128** 1.1 from the state 1, 2, 3, 4", () => {
    const random = Random.fromState([1, 2, 3, 4])
    expect(take(10, () => random.next())).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  it("fills its state with SplitMix64's published outputs for the seed 1477776061723855037", () => {
    const outputs = [1985237415132408290n, 2979275885539914483n]
    const words = outputs.flatMap(z => [Number(z & 0xffffffffn), Number(z >> 32n)])
    const expected = Random.fromState(words as [number, number, number, number])
    const random = new Random(1477776061723855037n)
    expect(take(20, () => random.next())).toEqual(take(20, () => expected.next()))
  })

  it('gives the same bits for the same seed, whatever is drawn, and others for another', () => {
    const draw = (seed: number) => {
      const random = new Random(seed)
      const numbers = [random.uniform(), random.normal(), random.integer(10), ...random.permutation(5)]
      return [...numbers, ...random.orthogonal(3).data]
    }
    expect(draw(42)).toEqual(draw(42))
    expect(draw(42)).not.toEqual(draw(43))
  })

  it('goes on in place from a state that is set, wherever it stood', () => {
    const random = new Random(9)
    const saved = random.state
    const drawn = take(5, () => random.normal())
    random.state = saved
    expect(take(5, () => random.normal())).toEqual(drawn)
    expect(
      complaintOf(() => {
        random.state = [1, 2, 3, -4]
      }),
    ).toBe('RangeError: expected four 32-bit words, not all zero, got [1, 2, 3, -4]')
  })

  it('draws these very numbers from seed 1 in every engine', () => {
    const random = new Random(1)
    expect(take(3, () => random.uniform())).toEqual([
      0.3946724931250869, 0.1477500889354657, 0.16688351314326166,
    ])
    expect(take(3, () => random.normal())).toEqual([
      0.7959813957250426, -0.3228917693095659, -0.6443116462192763,
    ])
    expect(random.permutation(8)).toEqual([2, 0, 6, 1, 5, 7, 3, 4])
  })

  it('uniform fills [low, high) evenly: mean and variance of 20,000 within 4 standard errors', () => {
    const random = new Random(2)
    const values = take(20_000, () => random.uniform(-1, 3))
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...values)).toBeLessThan(3)
    expect(Math.abs(mean(values) - 1)).toBeLessThan(4 * Math.sqrt(16 / 12 / 20_000))
    expect(Math.abs(mean(values.map(v => (v - 1) ** 2)) - 16 / 12)).toBeLessThan(
      (4 * 1.2) / Math.sqrt(20_000),
    )
  })

  it('normal has the moments and the tails of a Gaussian, 20,000 draws within 4 standard errors', () => {
    const random = new Random(3)
    const values = take(20_000, () => random.normal(2, 0.5)).map(v => (v - 2) / 0.5)
    const error = 4 / Math.sqrt(20_000)
    expect(Math.abs(mean(values))).toBeLessThan(error)
    expect(Math.abs(mean(values.map(v => v ** 2)) - 1)).toBeLessThan(error * Math.sqrt(2))
    expect(Math.abs(mean(values.map(v => v ** 4)) - 3)).toBeLessThan(error * Math.sqrt(96))
    expect(Math.abs(mean(values.map(v => (v > 1.959964 ? 1 : 0))) - 0.025)).toBeLessThan(error * 0.157)
  })

  it('integer gives each of n equally often: chi-squared of 9 degrees below its 99.9 % point', () => {
    const random = new Random(4)
    const counts = Array(10).fill(0)
    for (let k = 0; k < 10_000; k++) counts[random.integer(10)]++
    expect(counts.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(27.88)
  })

  it('permutation holds each number once, and each of the 6 orders of 3 equally often', () => {
    const random = new Random(5)
    expect(random.permutation(50).toSorted((a, b) => a - b)).toEqual([...Array(50).keys()])
    const counts = new Map<string, number>()
    for (const order of take(6000, () => random.permutation(3).join('')))
      counts.set(order, (counts.get(order) ?? 0) + 1)
    expect(counts.size).toBe(6)
    expect([...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)).toBeLessThan(20.52)
  })

  it('split gives a stream that differs from its parent and does not move with it', () => {
    const parent = new Random(6)
    const child = parent.split()
    const again = new Random(6)
    const sibling = again.split()
    take(100, () => again.next())
    expect(take(20, () => child.next())).toEqual(take(20, () => sibling.next()))
    expect(take(20, () => parent.next())).not.toEqual(take(20, () => child.next()))
    expect(take(3, () => parent.split().next())).not.toContain(new Random(6).split().next())
  })

  it.each([
    [4, 4],
    [6, 3],
    [3, 6],
    [40, 40],
  ])('orthogonal(%i, %i) has orthonormal rows or columns to 2e-15', (rows, columns) => {
    const Q = new Random(7).orthogonal(rows, columns)
    expect(Q.shape).toEqual([rows, columns])
    const product = rows > columns ? Q.transpose().matmul(Q) : Q.matmul(Q.transpose())
    expect(product.maxAbsDifference(Tensor.identity(Math.min(rows, columns)))).toBeLessThan(2e-15)
  })

  it('orthogonal(2) turns and mirrors, both: its determinant is 1 in about half of 400 draws', () => {
    const random = new Random(8)
    const turns = take(400, () => random.orthogonal(2)).filter(
      Q => Q.at(0, 0) * Q.at(1, 1) - Q.at(0, 1) * Q.at(1, 0) > 0,
    )
    expect(Math.abs(turns.length - 200)).toBeLessThan(40)
  })

  it('refuses a seed or a range that it cannot honour', () => {
    expect(complaintOf(() => new Random(0.5))).toBe(
      'RangeError: expected a seed that is a whole number, got 0.5',
    )
    expect(complaintOf(() => new Random().integer(0))).toBe(
      'RangeError: expected n to be a whole number from 1 to 2^32, got 0',
    )
  })
})
