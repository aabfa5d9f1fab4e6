/** What holds for every loss: its gradient is its derivative, its reductions agree, extreme input stays finite. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  absoluteError,
  binaryCrossEntropy,
  type CrossEntropyOptions,
  crossEntropy,
  huber,
  type Loss,
  numericGradient,
  Random,
  type Reduction,
  relativeError,
  smoothL1,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { gaussians } from '../support.ts'

const { y, target } = gaussians(1, { y: [3, 4], target: [3, 4] })
const probabilities = target.map(v => 1 / (1 + Math.exp(-v)))
const classes = [2, 0, 3]
const weight = [0.5, 2, 0, 1.5]

type AnyLoss = (y: Tensor, reduction: Reduction) => Loss<Reduction>
const crossEntropyWith = (options: CrossEntropyOptions<Reduction>): AnyLoss => {
  return (y, reduction) => crossEntropy(y, classes, { ...options, reduction })
}

const losses: [string, AnyLoss][] = [
  ['squaredError', (y, reduction) => squaredError(y, target, { reduction })],
  ['absoluteError', (y, reduction) => absoluteError(y, target, { reduction })],
  ['huber, delta 0.3', (y, reduction) => huber(y, target, { reduction, delta: 0.3 })],
  ['smoothL1, beta 2.5', (y, reduction) => smoothL1(y, target, { reduction, beta: 2.5 })],
  ['binaryCrossEntropy', (y, reduction) => binaryCrossEntropy(y, probabilities, { reduction })],
  ['crossEntropy', crossEntropyWith({})],
  ['crossEntropy, all options', crossEntropyWith({ weight, ignoreIndex: 0, labelSmoothing: 0.2 })],
]

describe.each(losses)('%s', (_, lossOf) => {
  it.each(['mean', 'sum'] as const)('has a gradient that agrees with differences to 1e-8: %s', reduction => {
    const numeric = numericGradient(v => lossOf(v, reduction).loss as number, y)
    expect(relativeError(lossOf(y, reduction).dy, numeric)).toBeLessThan(1e-8)
  })

  it('sums up to what it gives one by one, and the mean is a fixed share of both value and gradient, to 1e-14', () => {
    const [each, sum, mean] = (['none', 'sum', 'mean'] as const).map(reduction => lossOf(y, reduction))
    expect(Math.abs((each.loss as Tensor).sum() - (sum.loss as number))).toBeLessThan(1e-14)
    expect(each.dy.equals(sum.dy)).toBe(true)
    const share = (mean.loss as number) / (sum.loss as number)
    expect(mean.dy.maxAbsDifference(sum.dy.mul(share))).toBeLessThan(1e-14)
  })

  it('in float32 is within 1e-6 of float64, and gives a float32 gradient', () => {
    const [single, double] = [lossOf(y.astype('float32'), 'mean'), lossOf(y, 'mean')]
    expect(Math.abs((single.loss as number) - (double.loss as number))).toBeLessThan(1e-6)
    expect(single.dy.dtype).toBe('float32')
    expect(relativeError(single.dy, double.dy)).toBeLessThan(1e-6)
    expect((lossOf(y.astype('float32'), 'none').loss as Tensor).dtype).toBe('float32')
  })

  it('stays finite, and never below 0, for numbers up to ±1e150', () => {
    const extreme = fc.oneof(
      fc.double({ min: -1e150, max: 1e150, noNaN: true }),
      fc.constantFrom(0, 1e3, -1e3),
    )
    fc.assert(
      fc.property(fc.array(extreme, { minLength: 12, maxLength: 12 }), numbers => {
        const { loss, dy } = lossOf(new Tensor(numbers, [3, 4]), 'sum')
        expect(loss).toBeGreaterThanOrEqual(0)
        expect(Number.isFinite(loss) && dy.data.every(Number.isFinite)).toBe(true)
      }),
      { seed: 1, numRuns: 100 },
    )
  })
})

describe('crossEntropy', () => {
  it('is 1000 nats for a logit of 1000 that is wrong, and 0 where it is right', () => {
    expect(crossEntropy(Tensor.from([[1000, 0]]), [1]).loss).toBe(1000)
    expect(crossEntropy(Tensor.from([[1000, 0]]), [0]).loss).toBe(0)
  })

  it('does not change when all logits of a place move alike, to 1e-12', () => {
    const moved = crossEntropy(y.add(7), classes)
    expect(Math.abs(moved.loss - crossEntropy(y, classes).loss)).toBeLessThan(1e-12)
  })

  it('of sequences (B, T, C) is that of all places in a row', () => {
    const { logits } = gaussians(2, { logits: [2, 3, 4] })
    const random = new Random(3)
    const target = Tensor.generate([2, 3], () => random.integer(4))
    const sequences = crossEntropy(logits, target, { reduction: 'none' })
    const places = crossEntropy(logits.reshape([6, 4]), target.data, { reduction: 'none' })
    expect(sequences.loss.shape).toEqual([2, 3])
    expect(sequences.loss.reshape([6]).equals(places.loss)).toBe(true)
    expect(sequences.dy.reshape([6, 4]).equals(places.dy)).toBe(true)
  })

  it('of two classes is binaryCrossEntropy of the difference of the logits, to 1e-14', () => {
    const { z } = gaussians(4, { z: [5] })
    const pairs = Tensor.generate([5, 2], k => (k % 2 === 1 ? z.data[(k - 1) / 2] : 0))
    const answers = [1, 0, 0, 1, 1]
    const two = crossEntropy(pairs, answers).loss
    expect(Math.abs(two - binaryCrossEntropy(z, Tensor.from(answers)).loss)).toBeLessThan(1e-14)
  })

  it('leaves out ignored places as if they had not been there', () => {
    const ignoring = crossEntropy(y, [2, -100, 3])
    const without = crossEntropy(Tensor.concat([y.slice(0, 1), y.slice(2)]), [2, 3])
    expect(ignoring.loss).toBe(without.loss)
    expect(ignoring.dy.row(1).maxAbs()).toBe(0)
    expect(ignoring.dy.row(2).equals(without.dy.row(1))).toBe(true)
  })
})

it('huber and smoothL1 differ by their width alone: huber = width · smoothL1, to 1e-14', () => {
  const difference = huber(y, target, { delta: 0.7 }).loss - 0.7 * smoothL1(y, target, { beta: 0.7 }).loss
  expect(Math.abs(difference)).toBeLessThan(1e-14)
  expect(smoothL1(y, target, { beta: 0 }).loss).toBe(absoluteError(y, target).loss)
})
