/** CTC against PyTorch's numbers, against the sum over all paths, which it never makes itself, and differences. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  crossEntropy,
  ctc,
  ctcGreedyDecode,
  numericGradient,
  oneHot,
  Random,
  type Reduction,
  relativeError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { type Numbers, readGolden, tensor } from '../golden.ts'
import { always, complaintOf, gaussian } from '../support.ts'
import { allPaths } from './paths.ts'

interface Case {
  readonly variant: string
  readonly reduction: Reduction
  readonly blank: number
  readonly zero_infinity: boolean
  readonly logits: Numbers
  readonly targets: number[] | number[][]
  readonly lengths: number[] | null
  readonly value: Numbers
  readonly grad: Numbers
}

const [[, golden]] = readGolden<{ ctc: Case[] }>('ctc.json')

describe("PyTorch's losses to 1e-12 and its gradients to 1e-10", () => {
  it('are of six variants in three reductions', () => expect(golden.ctc.length).toBe(18))

  it.each(golden.ctc)('$variant, $reduction', c => {
    const { loss, dy } = ctc(tensor(c.logits), c.targets, {
      reduction: c.reduction,
      lengths: c.lengths ?? undefined,
      blank: c.blank,
      zeroInfinity: c.zero_infinity,
    })
    const value = typeof loss === 'number' ? new Tensor([loss], []) : loss
    expect(relativeError(value, tensor(c.value))).toBeLessThan(1e-12)
    expect(relativeError(dy, tensor(c.grad))).toBeLessThan(1e-10)
  })
})

/** What a path means: repeats merged, then blanks dropped. */
const meaning = (path: readonly number[], blank: number) =>
  path.filter((k, t) => (t === 0 || k !== path[t - 1]) && k !== blank)

/** The probability of each labelling, by its labels joined: Σ Π_t p_t over all paths that mean it. z (T, K) */
function enumerate(z: Tensor, blank: number): Map<string, number> {
  const p = z.rows().map(row => row.map(Math.exp).div(row.map(Math.exp).sum()))
  const sums = new Map<string, number>()
  for (const path of allPaths(z.shape[0], z.shape[1])) {
    const labels = meaning(path, blank).join()
    sums.set(labels, (sums.get(labels) ?? 0) + path.reduce((product, k, t) => product * p[t].at(k), 1))
  }
  return sums
}

const toTarget = (labels: string) => (labels === '' ? [] : labels.split(',').map(Number))

const drawn = fc
  .record({ T: fc.integer({ min: 1, max: 5 }), K: fc.integer({ min: 1, max: 4 }), seed: fc.nat() })
  .map(({ T, K, seed }) => {
    const random = new Random(seed)
    return { z: gaussian(random, [T, K]), blank: random.integer(K), random }
  })

/** Repeats, no labels, and padding: three sequences of 6, 4 and 1 steps with NaN behind them; the blank is 1. */
const lengths = [6, 4, 1]
const targets = [[2, 2, 0], [3], []]
const whole = gaussian(new Random(2), [3, 6, 4])
const logits = whole.map((v, k) => (Math.floor(k / 4) % 6 >= lengths[Math.floor(k / 24)] ? NaN : v))
const options = { lengths, blank: 1 }

describe('against all K^T paths', () => {
  it('the loss is -ln of the summed probability of the paths of every labelling that has one, to 1e-12', () => {
    always(
      fc.property(drawn, ({ z, blank }) => {
        for (const [labels, p] of enumerate(z, blank))
          expect(
            Math.abs(ctc(z, toTarget(labels), { blank, reduction: 'sum' }).loss + Math.log(p)),
          ).toBeLessThan(1e-12)
      }),
    )
  })

  it('the gradient is the softmax minus the share of each class in these paths, step by step, to 1e-12', () => {
    always(
      fc.property(drawn, ({ z, blank, random }) => {
        const [labels, p] = random.choice([...enumerate(z, blank)])
        const expected = z.clone()
        for (const row of expected.rows()) row.data.set(row.map(Math.exp).div(row.map(Math.exp).sum()).data)
        const softmax = expected.clone()
        for (const path of allPaths(z.shape[0], z.shape[1])) {
          if (meaning(path, blank).join() !== labels) continue
          const share = path.reduce((product, k, t) => product * softmax.at(t, k), 1) / p
          for (const [t, k] of path.entries()) expected.set([t, k], expected.at(t, k) - share)
        }
        const { dy } = ctc(z, toTarget(labels), { blank, reduction: 'sum' })
        expect(dy.maxAbsDifference(expected)).toBeLessThan(1e-12)
      }),
    )
  })

  it('a labelling that no path has is refused, and with zeroInfinity is 0 in loss and gradient', () => {
    always(
      fc.property(drawn, ({ z, blank, random }) => {
        const [T, K] = z.shape
        if (K === 1) return
        const label = () => (blank + 1 + random.integer(K - 1)) % K
        const target = Array.from({ length: 1 + random.integer(T + 1) }, label)
        const possible = enumerate(z, blank).has(target.join())
        const { loss, dy } = ctc(z, target, { blank, zeroInfinity: true })
        expect([loss > 0, dy.maxAbs() > 0]).toEqual([possible, possible])
        if (possible) expect(loss).toBe(ctc(z, target, { blank }).loss)
        else expect(() => ctc(z, target, { blank })).toThrow(/^expected at least \d+ steps for targets/)
      }),
    )
  })
})

describe('the gradient', () => {
  it.each(['mean', 'sum'] as const)('agrees with central differences to 1e-8: %s', reduction => {
    const lossOf = (z: Tensor) => ctc(z, targets, { ...options, reduction })
    const numeric = numericGradient(z => lossOf(z).loss, whole)
    expect(relativeError(lossOf(whole).dy, numeric)).toBeLessThan(1e-8)
  })

  it('sums to 0 at every step, to 1e-15', () => {
    const { dy } = ctc(logits, targets, options)
    expect(dy.row(0).maxAbs()).toBeGreaterThan(0.01)
    expect(dy.sum(2).maxAbs()).toBeLessThan(1e-15)
  })
})

describe('a batch', () => {
  it('gives each sequence what it gets alone, exactly, and NaN in the padding no say', () => {
    const { loss, dy } = ctc(logits, targets, { ...options, reduction: 'none' })
    expect(loss.shape).toEqual([3])
    for (const [b, n] of lengths.entries()) {
      const alone = ctc(logits.row(b).slice(0, n), targets[b], { blank: 1, reduction: 'none' })
      expect(alone.loss.shape).toEqual([])
      expect(loss.at(b)).toBe(alone.loss.at())
      expect(dy.row(b).slice(0, n).equals(alone.dy)).toBe(true)
      expect(dy.row(b).slice(n).maxAbs()).toBe(0)
    }
  })

  it('takes padded targets with targetLengths, as lists and as a tensor, as if they were not padded', () => {
    const padded = targets.map(labels => [...labels, ...Array<number>(4 - labels.length).fill(1)])
    const targetLengths = targets.map(labels => labels.length)
    const { loss, dy } = ctc(logits, targets, options)
    for (const given of [padded, Tensor.from(padded)]) {
      const again = ctc(logits, given, { ...options, targetLengths })
      expect(again.loss).toBe(loss)
      expect(again.dy.equals(dy)).toBe(true)
    }
  })

  it('the mean divides each loss by its labels, at least 1, and by the sequences, in value and gradient, to 1e-15', () => {
    const each = ctc(logits, targets, { ...options, reduction: 'none' })
    const sum = ctc(logits, targets, { ...options, reduction: 'sum' })
    const mean = ctc(logits, targets, options)
    const [a, b, c] = each.loss.data
    expect(Math.abs(sum.loss - (a + b + c))).toBeLessThan(1e-15)
    expect(each.dy.equals(sum.dy)).toBe(true)
    expect(Math.abs(mean.loss - (a / 3 + b + c) / 3)).toBeLessThan(1e-15)
    const share = Tensor.generate([3, 6, 4], k => (k < 24 ? 1 / 9 : 1 / 3))
    expect(mean.dy.maxAbsDifference(sum.dy.mul(share))).toBeLessThan(1e-15)
  })

  it('with zeroInfinity counts a sequence that is too short among those of the mean', () => {
    const { loss, dy } = ctc(whole.slice(0, 2), [[2], [3, 3, 3, 3]], { blank: 1, zeroInfinity: true })
    expect(loss).toBe(ctc(whole.row(0), [2], { blank: 1 }).loss / 2)
    expect(dy.row(1).maxAbs()).toBe(0)
  })
})

describe('laws', () => {
  it('with no label the loss is the cross-entropy of blanks, summed over the steps, to 1e-14', () => {
    const z = whole.row(0)
    const blanks = crossEntropy(z, Array<number>(6).fill(1), { reduction: 'sum' })
    const { loss, dy } = ctc(z, [], { blank: 1, reduction: 'sum' })
    expect(Math.abs(loss - blanks.loss)).toBeLessThan(1e-14)
    expect(dy.maxAbsDifference(blanks.dy)).toBeLessThan(1e-14)
  })

  it('where only one path fits it is the cross-entropy of that path: a a b in 4 steps is a - a b, to 1e-14', () => {
    const z = whole.row(0).slice(0, 4)
    const path = crossEntropy(z, [2, 1, 2, 0], { reduction: 'sum' })
    const { loss, dy } = ctc(z, [2, 2, 0], { blank: 1, reduction: 'sum' })
    expect(Math.abs(loss - path.loss)).toBeLessThan(1e-14)
    expect(dy.maxAbsDifference(path.dy)).toBeLessThan(1e-14)
  })

  it('does not care which class is the blank: exchanging two classes everywhere changes nothing, to 1e-15', () => {
    const exchange = (k: number) => [1, 0][k] ?? k
    const z = whole.map((_, offset) => whole.data[offset - (offset % 4) + exchange(offset % 4)])
    const exchanged = targets.map(labels => labels.map(exchange))
    // The order of the sum in a softmax is another, so that the last bit may be.
    const [a, b] = [ctc(whole, targets, { blank: 1 }).loss, ctc(z, exchanged, { blank: 0 }).loss]
    expect(Math.abs(a - b)).toBeLessThan(1e-15)
  })

  it('adding c_t to all logits of a step changes neither loss nor gradient, to 1e-12', () => {
    const shifts = gaussian(new Random(3), [18], 100)
    const moved = whole.map((v, k) => v + shifts.data[Math.floor(k / 4)])
    const [before, after] = [whole, moved].map(z => ctc(z, targets, options))
    expect(Math.abs(after.loss - before.loss)).toBeLessThan(1e-12)
    expect(after.dy.maxAbsDifference(before.dy)).toBeLessThan(1e-12)
  })

  it('stays finite, and never below 0, for logits up to ±1e150', () => {
    const extreme = fc.oneof(
      fc.double({ min: -1e150, max: 1e150, noNaN: true }),
      fc.constantFrom(0, 1e3, -1e3),
    )
    always(
      fc.property(fc.array(extreme, { minLength: 15, maxLength: 15 }), numbers => {
        const { loss, dy } = ctc(new Tensor(numbers, [5, 3]), [2, 2, 1])
        expect(loss).toBeGreaterThanOrEqual(0)
        expect([loss, ...dy.data].every(Number.isFinite)).toBe(true)
      }),
    )
  })

  it('is 0, not below, where the labels are certain', () => {
    always(
      fc.property(fc.nat(), seed => {
        const z = gaussian(new Random(seed), [5, 3], 3)
        for (const row of z.rows()) row.set([1], 40)
        expect(ctc(z, [1]).loss).toBeGreaterThanOrEqual(0)
      }),
    )
    expect(ctc(Tensor.zeros([4, 1]), []).loss).toBe(0)
  })

  it('over 2000 steps the gradient still sums to 0 at each of them, to 1e-12', () => {
    const random = new Random(7)
    const { dy } = ctc(
      gaussian(random, [2000, 4]),
      Array.from({ length: 300 }, () => 1 + random.integer(3)),
    )
    expect(dy.sum(1).mul(300).maxAbs()).toBeLessThan(1e-12)
  })

  it('in float32 is within 1e-6 of float64, and gives a float32 gradient', () => {
    const [single, double] = [ctc(logits.astype('float32'), targets, options), ctc(logits, targets, options)]
    expect(Math.abs(single.loss - double.loss)).toBeLessThan(1e-6)
    expect(single.dy.dtype).toBe('float32')
    expect(relativeError(single.dy, double.dy)).toBeLessThan(1e-6)
  })
})

describe('ctcGreedyDecode', () => {
  it('gives the meaning of the path of the largest logits, and NaN in the padding no say', () => {
    const best = whole.argmax()
    expect(ctcGreedyDecode(logits, options)).toEqual(
      lengths.map((n, b) => meaning([...best.row(b).slice(0, n).data], 1)),
    )
  })

  it('undoes writing labels out with a blank between repeats, each step any number of times', () => {
    always(
      fc.property(fc.array(fc.integer({ min: 1, max: 3 })), fc.nat(), (labels, seed) => {
        const random = new Random(seed)
        const path = [0, ...labels.flatMap((l, u) => (l === labels[u - 1] ? [0, l] : [l]))]
        const stretched = path.flatMap(k => Array<number>(1 + random.integer(3)).fill(k))
        expect(ctcGreedyDecode(oneHot(Tensor.from(stretched), 4))).toEqual([labels])
      }),
    )
  })

  it('takes the lowest of equal logits, which may be the blank', () => {
    expect(ctcGreedyDecode(Tensor.zeros([2, 3]))).toEqual([[]])
    expect(ctcGreedyDecode(Tensor.zeros([2, 3]), { blank: 1 })).toEqual([[0]])
  })
})

const z = Tensor.zeros([2, 3, 4])
it.each<[string, () => unknown]>([
  ['RangeError: logits has shape [4], expected [B, T, K]', () => ctc(Tensor.zeros([4]), [])],
  [
    'RangeError: logits has shape [0, 3, 4], expected at least one number',
    () => ctc(Tensor.zeros([0, 3, 4]), []),
  ],
  [
    'RangeError: logits[1] is NaN at [2, 3], expected finite numbers',
    () =>
      ctc(
        z.map((_, k) => (k === 23 ? NaN : 0)),
        [[1], [1]],
      ),
  ],
  [
    'RangeError: logits is -Infinity at [0, 1], expected finite numbers',
    () => ctcGreedyDecode(z.row(0).map((_, k) => (k === 1 ? -Infinity : 0))),
  ],
  ['RangeError: targets has length 1, expected B = 2', () => ctc(z, [[1]])],
  [
    'TypeError: expected targets to be one list of numbers for each sequence, got numbers',
    () => ctc(z, [1, 2]),
  ],
  [
    'TypeError: expected targets to be one list of numbers for a single sequence, got lists',
    () => ctc(z.row(0), [[1, 2]]),
  ],
  ['RangeError: targets has shape [], expected [n]', () => ctc(z.row(0), new Tensor([1], []))],
  ['RangeError: targets has shape [1, 1], expected [B = 2, n]', () => ctc(z, Tensor.zeros([1, 1]))],
  [
    'RangeError: targets[1][0] is 0, expected a class from 0 to 3 that is not the blank 0',
    () => ctc(z, [[1], [0]]),
  ],
  [
    'RangeError: targets[1] is 4, expected a class from 0 to 3 that is not the blank 2',
    () => ctc(z.row(0), [1, 4], { blank: 2 }),
  ],
  [
    'RangeError: targets[0] is 1.5, expected a class from 0 to 3 that is not the blank 0',
    () => ctc(z.row(0), [1.5]),
  ],
  ['RangeError: expected blank to be a class from 0 to 3, got 4', () => ctc(z, [[1], [1]], { blank: 4 })],
  ['RangeError: expected blank to be a class from 0 to 3, got -1', () => ctcGreedyDecode(z, { blank: -1 })],
  [
    'RangeError: lengths[0] is 0, expected a whole number from 1 to T = 3',
    () => ctc(z, [[], [1]], { lengths: [0, 3] }),
  ],
  ['RangeError: lengths has length 1, expected B = 2', () => ctcGreedyDecode(z, { lengths: [3] })],
  [
    'RangeError: targetLengths has length 1, expected B = 2',
    () => ctc(z, [[1], [1]], { targetLengths: [1] }),
  ],
  [
    'RangeError: targetLengths[1] is 2, expected a whole number from 0 to 1',
    () => ctc(z, [[1], [1]], { targetLengths: [1, 2] }),
  ],
  [
    'RangeError: expected at least 4 steps for targets[1] (labels: 3, repeats: 1), got 3',
    () => ctc(z, [[1], [1, 1, 2]]),
  ],
  [
    'RangeError: expected at least 2 steps for targets[0] (labels: 2, repeats: 0), got 1',
    () => ctc(z, [[1, 2], [1]], { lengths: [1, 3] }),
  ],
  [
    "TypeError: unknown reduction: average, expected 'mean', 'sum' or 'none'",
    () => ctc(z, [[1], [1]], { reduction: 'average' as 'mean' }),
  ],
  [
    'TypeError: unknown option: zero_infinity, expected reduction, lengths, targetLengths, blank, zeroInfinity',
    () => ctc(z, [[1], [1]], { zero_infinity: true } as never),
  ],
  [
    'TypeError: unknown option: reduction, expected lengths, blank',
    () => ctcGreedyDecode(z, { reduction: 'sum' } as never),
  ],
])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))
