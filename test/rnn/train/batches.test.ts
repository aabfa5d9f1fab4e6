import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Batches, type BatchesOptions } from '../../../src/rnn/index.ts'
import { always, complaintOf } from '../support.ts'

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)

/** Every kind of batches, over 1 to 40 examples. */
const anyOptions: fc.Arbitrary<BatchesOptions> = fc
  .record({
    lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
    batchSize: fc.integer({ min: 1, max: 9 }),
    kind: fc.constantFrom('lengths', 'shuffled', 'in order'),
    dropLast: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ lengths, batchSize, kind, dropLast, seed }) => ({
    ...(kind === 'lengths' ? { lengths } : { count: lengths.length, shuffle: kind === 'shuffled' }),
    batchSize,
    dropLast: dropLast && lengths.length >= batchSize,
    seed,
  }))

describe('Batches', () => {
  it('has every example once in each epoch, and at most one batch that is smaller', () => {
    always(
      fc.property(anyOptions, options => {
        const count = options.count ?? options.lengths?.length ?? 0
        const batches = new Batches({ ...options, dropLast: false })
        for (let epoch = 1; epoch <= 3; epoch++) {
          const all = [...batches]
          expect(batches.epoch).toBe(epoch)
          expect(all).toHaveLength(batches.perEpoch)
          expect(sorted(all.flat())).toEqual([...Array(count).keys()])
          expect(all.filter(batch => batch.length !== options.batchSize).length).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('with dropLast has whole batches only, and no example twice', () => {
    always(
      fc.property(anyOptions, options => {
        fc.pre(options.dropLast === true)
        const batches = new Batches(options)
        const all = [...batches]
        expect(all).toHaveLength(batches.perEpoch)
        expect(all.every(batch => batch.length === options.batchSize)).toBe(true)
        expect(new Set(all.flat()).size).toBe(all.length * options.batchSize)
      }),
    )
  })

  it('goes on from a state that went through JSON with the very batches that would have come', () => {
    always(
      fc.property(anyOptions, fc.nat(30), (options, taken) => {
        const [whole, again] = [new Batches(options), new Batches({ ...options, seed: 77 })]
        for (let i = 0; i < taken; i++) whole.take()
        again.state = JSON.parse(JSON.stringify(whole.state))
        expect(again.state).toEqual(whole.state)
        for (let i = 0; i < 20; i++) expect(again.take()).toEqual(whole.take())
        expect(again.state).toEqual(whole.state)
      }),
    )
  })

  it('draws another order in every epoch and for every seed, and the same for the same', () => {
    const draw = (seed: number) => {
      const batches = new Batches({ count: 30, batchSize: 4, seed })
      return [[...batches], [...batches]]
    }
    const [[first, second], [other]] = [draw(1), draw(2)]
    expect(draw(1)).toEqual([first, second])
    expect(second).not.toEqual(first)
    expect(other).not.toEqual(first)
  })

  it('puts sequences of nearly equal length together, in batches that come in random order', () => {
    const lengths = Array.from({ length: 40 }, (_, i) => 1 + ((i * 7) % 10))
    const spans = [...new Batches({ lengths, batchSize: 4, seed: 3 })].map(batch =>
      batch.map(i => lengths[i]),
    )
    expect(spans.every(span => span.every(n => n === span[0]))).toBe(true)
    expect(spans.map(([n]) => n)).not.toEqual(sorted(spans.map(([n]) => n)))
  })

  it('a loop that was left is gone on with by the next, to the end of the same epoch', () => {
    const batches = new Batches({ count: 6, batchSize: 2, shuffle: false })
    for (const batch of batches) if (batch[0] === 2) break
    expect(batches.state.position).toBe(2)
    expect([...batches]).toEqual([[4, 5]])
    expect([...batches]).toHaveLength(3)
    expect(batches.epoch).toBe(2)
  })

  it('a batch that is kept does not change when another epoch is drawn', () => {
    const batches = new Batches({ count: 6, batchSize: 3 })
    const kept = batches.take()
    const copy = [...kept]
    for (let i = 0; i < 20; i++) batches.take()
    expect(kept).toEqual(copy)
  })

  const build = (options: object) => new Batches({ count: 4, batchSize: 2, ...options })
  it.each<[string, () => unknown]>([
    ['RangeError: expected batchSize to be a whole number from 1, got 0', () => build({ batchSize: 0 })],
    ['RangeError: expected count to be a whole number from 1, got 0', () => build({ count: 0 })],
    ['TypeError: expected either count or lengths, got both', () => build({ lengths: [1] })],
    ['TypeError: expected either count or lengths, got neither', () => build({ count: undefined })],
    [
      'TypeError: lengths expects batches in random order, got shuffle: false',
      () => build({ count: undefined, lengths: [1], shuffle: false }),
    ],
    [
      'RangeError: expected examples for one batch of 5, got 4',
      () => build({ batchSize: 5, dropLast: true }),
    ],
    [
      'RangeError: expected examples for one batch of 2, got 0',
      () => build({ count: undefined, lengths: [] }),
    ],
    [
      'TypeError: unknown option: size, expected count, lengths, batchSize, shuffle, dropLast, seed',
      () => build({ size: 2 }),
    ],
  ])('refuses misuse: %s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))

  it.each<[string, object]>([
    ['position is 3, expected 0 to 2 in epoch 1', { position: 3 }],
    ['position is 1, expected 0 to 0 in epoch 0', { epoch: 0 }],
    ['expected epoch to be a whole number from 0, got -1', { epoch: -1 }],
    ['expected position to be a whole number from 0, got 0.5', { position: 0.5 }],
    ['expected four 32-bit words, not all zero, got [0, 0, 0, 0]', { random: [0, 0, 0, 0] }],
  ])('refuses a state that cannot be its own, and has not changed then: %s', (complaint, change) => {
    const batches = build({})
    batches.take()
    const before = batches.state
    expect(
      complaintOf(() => {
        batches.state = { ...before, ...change }
      }),
    ).toBe(`RangeError: ${complaint}`)
    expect(batches.state).toEqual(before)
  })
})
