import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketByLength, oneHot, padSequences, Random, Tensor } from '../../../src/rnn/index.ts'
import { always, complaintOf } from '../support.ts'

describe('padSequences', () => {
  it('keeps every sequence in front and has only padding behind it', () => {
    const sequence = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 8 })
    always(
      fc.property(fc.array(sequence, { minLength: 1 }), fc.integer(), (sequences, padding) => {
        const { tokens, lengths } = padSequences(sequences, padding)
        expect(tokens.shape).toEqual([sequences.length, Math.max(...lengths)])
        for (const [b, row] of tokens.rows().entries()) {
          expect([...row.data.subarray(0, lengths[b])]).toEqual(sequences[b])
          expect(row.data.subarray(lengths[b]).every(v => v === padding)).toBe(true)
        }
      }),
    )
  })
})

describe('oneHot', () => {
  it('is undone by argmax and picks columns: W oneHot(i) is column i of W', () => {
    const W = Tensor.from([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const indices = Tensor.from([
      [2, 0],
      [1, 2],
    ])
    const hot = oneHot(indices, 3)
    expect(hot.argmax().equals(indices)).toBe(true)
    expect(hot.sum(-1).equals(Tensor.full([2, 2], 1))).toBe(true)
    expect(W.matmul(hot.row(0).row(0)).equals(W.column(2))).toBe(true)
  })
})

describe('bucketByLength', () => {
  it('has each sequence once, at most one batch that is smaller, and no length that falls inside of another batch', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 60 })
    always(
      fc.property(lengths, fc.integer({ min: 1, max: 9 }), fc.nat(), (all, size, seed) => {
        const batches = bucketByLength(all, size, new Random(seed))
        expect(batches.flat().toSorted((a, b) => a - b)).toEqual([...all.keys()])
        expect(batches.filter(batch => batch.length !== size).length).toBeLessThanOrEqual(1)
        const ranges = batches
          .map(batch => batch.map(i => all[i]))
          .map(ns => [Math.min(...ns), Math.max(...ns)])
          .toSorted(([a, b], [c, d]) => a - c || b - d)
        for (const [i, [low]] of ranges.entries())
          if (i > 0) expect(low).toBeGreaterThanOrEqual(ranges[i - 1][1])
      }),
    )
  })

  it('mixes the batches, and equals among them, by the seed alone', () => {
    const lengths = Array.from({ length: 40 }, (_, i) => i % 4)
    const draw = (seed: number) => bucketByLength(lengths, 5, new Random(seed))
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
    expect(draw(1).map(batch => lengths[batch[0]])).not.toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  })
})

it.each<[string, () => unknown]>([
  ['sequence 1 is empty', () => padSequences([[1], []])],
  ['expected at least one sequence', () => padSequences([])],
  ['index 3 at 1 is not a whole number from 0 to 2', () => oneHot(Tensor.from([0, 3]), 3)],
  ['index -1 at 0 is not a whole number from 0 to 2', () => oneHot(Tensor.from([-1]), 3)],
  ['expected n to be a whole number from 1, got 0', () => oneHot(Tensor.from([0]), 0)],
  ['expected batchSize to be a whole number from 1, got 0', () => bucketByLength([1], 0, new Random())],
])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(`RangeError: ${complaint}`))
