/** The conditional random field against the sum over all paths, which it never makes itself, and against differences. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CRF,
  gradientErrors,
  numericGradient,
  Random,
  type Reduction,
  relativeError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { always, gaussian } from '../support.ts'
import { allPaths } from './paths.ts'

/** A field with weights far from equal, of standard Gaussian numbers. */
function gaussianCRF(random: Random, K: number): CRF {
  const crf = new CRF({ numTags: K })
  crf.params.values.set(gaussian(random, [crf.params.count]).data)
  return crf
}

/** What one path scores by its definition. */
function scoreOf({ params }: CRF, x: Tensor, path: readonly number[]): number {
  return path.reduce(
    (sum, k, t) => sum + x.at(t, k) + (t > 0 ? params.value('transitions').at(path[t - 1], k) : 0),
    params.value('start_transitions').at(path[0]) + params.value('end_transitions').at(path.at(-1) as number),
  )
}

/** ln Z, and each path with its probability. x (T, K) */
function enumerate(crf: CRF, x: Tensor) {
  const scored = allPaths(x.shape[0], x.shape[1]).map(path => ({ path, score: scoreOf(crf, x, path) }))
  const logZ = Math.log(scored.reduce((sum, { score }) => sum + Math.exp(score), 0))
  return { logZ, paths: scored.map(({ path, score }) => ({ path, score, p: Math.exp(score - logZ) })) }
}

const sizes = fc.record({
  T: fc.integer({ min: 1, max: 5 }),
  K: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
})

/** Three sequences of 6, 3 and 1 steps, and NaN behind them. */
const random = new Random(1)
const crf = gaussianCRF(random, 4)
const lengths = [6, 3, 1]
const padding = (k: number) => Math.floor(k / 4) % 6 >= lengths[Math.floor(k / 24)]
const whole = gaussian(random, [3, 6, 4])
const emissions = whole.map((v, k) => (padding(k) ? NaN : v))
const tags = [[3, 0, 1, 1, 2, 0], [1, 1, 2], [3]]

describe('against all K^T paths', () => {
  it('logPartition is ln Σ e^score, to 1e-13', () => {
    always(
      fc.property(sizes, ({ T, K, seed }) => {
        const random = new Random(seed)
        const [crf, x] = [gaussianCRF(random, K), gaussian(random, [T, K])]
        const logZ = crf.logPartition(x)
        expect(logZ.shape).toEqual([])
        expect(Math.abs(logZ.at() - enumerate(crf, x).logZ)).toBeLessThan(1e-13)
      }),
    )
  })

  it('loss is -ln of the path’s probability for each of them, to 1e-12, so that these sum to 1', () => {
    always(
      fc.property(sizes, ({ T, K, seed }) => {
        const random = new Random(seed)
        const [crf, x] = [gaussianCRF(random, K), gaussian(random, [T, K])]
        let total = 0
        for (const { path, p } of enumerate(crf, x).paths) {
          const { loss } = crf.loss(x, path)
          expect(Math.abs(loss + Math.log(p))).toBeLessThan(1e-12)
          total += Math.exp(-loss)
        }
        expect(Math.abs(total - 1)).toBeLessThan(1e-12)
      }),
      20,
    )
  })

  it('marginals are the summed probabilities of the paths through each tag, to 1e-13', () => {
    always(
      fc.property(sizes, ({ T, K, seed }) => {
        const random = new Random(seed)
        const [crf, x] = [gaussianCRF(random, K), gaussian(random, [T, K])]
        const expected = Tensor.zeros([T, K])
        for (const { path, p } of enumerate(crf, x).paths)
          for (const [t, k] of path.entries()) expected.set([t, k], expected.at(t, k) + p)
        expect(crf.marginals(x).maxAbsDifference(expected)).toBeLessThan(1e-13)
      }),
    )
  })

  it('decode finds the path with the highest score, and that score, to 1e-13', () => {
    always(
      fc.property(sizes, ({ T, K, seed }) => {
        const random = new Random(seed)
        const [crf, x] = [gaussianCRF(random, K), gaussian(random, [T, K])]
        const best = enumerate(crf, x).paths.reduce((a, b) => (b.score > a.score ? b : a))
        const { paths, scores } = crf.decode(x)
        expect(paths).toEqual([best.path])
        expect(Math.abs(scores[0] - best.score)).toBeLessThan(1e-13)
      }),
    )
  })

  it('decode takes of equal paths the one with the lowest last tag, then the lowest last but one, and so on', () => {
    always(
      fc.property(sizes, ({ T, K, seed }) => {
        // Scores of 0 and 1 are exact, and full of ties.
        const random = new Random(seed)
        const crf = new CRF({ numTags: K })
        crf.params.values.set(crf.params.values.map(() => random.integer(2)))
        const x = Tensor.generate([T, K], () => random.integer(2))
        const { paths } = enumerate(crf, x)
        const max = Math.max(...paths.map(({ score }) => score))
        const fromBehind = paths
          .filter(({ score }) => score === max)
          .map(({ path }) => path.toReversed().join(''))
        const { paths: decoded, scores } = crf.decode(x)
        expect(decoded[0].toReversed().join('')).toBe(fromBehind.toSorted()[0])
        expect(scores).toEqual([max])
      }),
    )
    const flat = new CRF({ numTags: 3 })
    flat.params.values.fill(0)
    expect(flat.decode(Tensor.zeros([4, 3]))).toEqual({ paths: [[0, 0, 0, 0]], scores: [0] })
  })
})

describe('the gradient', () => {
  it.each(['mean', 'sum'] as const)(
    'agrees with central differences to 1e-8 for the emissions and all three parameters: %s',
    reduction => {
      const lossOf = (x = whole) => crf.loss(x, tags, { reduction, lengths })
      const { dy } = lossOf()
      const errors = gradientErrors(crf, () => lossOf().loss)
      expect(Object.keys(errors)).toEqual(['start_transitions', 'end_transitions', 'transitions'])
      for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-8)
      const numeric = numericGradient(x => lossOf(x).loss, whole)
      expect(relativeError(dy, numeric)).toBeLessThan(1e-8)
    },
  )

  it('for the emissions is the marginals minus the one-hot tags, to 1e-15', () => {
    const expected = crf.marginals(emissions, { lengths })
    for (const [b, path] of tags.entries())
      for (const [t, k] of path.entries()) expected.set([b, t, k], expected.at(b, t, k) - 1)
    const { dy } = crf.loss(emissions, tags, { reduction: 'sum', lengths })
    expect(dy.maxAbsDifference(expected)).toBeLessThan(1e-15)
  })

  it('sums to 0 for every parameter, because there are as many transitions in each path, to 1e-14', () => {
    crf.loss(emissions, tags, { reduction: 'sum', lengths })
    for (const gradient of Object.values(crf.gradients())) {
      expect(gradient.maxAbs()).toBeGreaterThan(0.1)
      expect(Math.abs(gradient.sum())).toBeLessThan(1e-14)
    }
  })

  it('starts from zero with each loss, and stays as it was where a loss is refused', () => {
    crf.loss(emissions, tags, { lengths })
    const once = crf.params.grads.slice()
    crf.loss(emissions, tags, { lengths })
    expect(crf.params.grads).toEqual(once)
    expect(() => crf.loss(whole, [...tags.slice(0, 2), [4]], { lengths })).toThrow()
    expect(() => crf.loss(whole, tags, { lengths, reduction: 'average' as 'mean' })).toThrow()
    expect(crf.params.grads).toEqual(once)
  })
})

describe('a batch', () => {
  it('gives each sequence what it gets alone, exactly, and NaN in the padding no say', () => {
    const { loss, dy } = crf.loss(emissions, tags, { reduction: 'none', lengths })
    const logZ = crf.logPartition(emissions, { lengths })
    const marginals = crf.marginals(emissions, { lengths })
    const { paths, scores } = crf.decode(emissions, { lengths })
    expect(loss.shape).toEqual([3])
    for (const [b, n] of lengths.entries()) {
      const x = emissions.row(b).slice(0, n)
      const alone = crf.loss(x, tags[b], { reduction: 'none' })
      expect(loss.at(b)).toBe(alone.loss.at())
      expect(dy.row(b).slice(0, n).equals(alone.dy)).toBe(true)
      expect(dy.row(b).slice(n).maxAbs()).toBe(0)
      expect(logZ.at(b)).toBe(crf.logPartition(x).at())
      expect(marginals.row(b).slice(0, n).equals(crf.marginals(x))).toBe(true)
      expect(marginals.row(b).slice(n).maxAbs()).toBe(0)
      expect({ paths: [paths[b]], scores: [scores[b]] }).toEqual(crf.decode(x))
    }
  })

  it('takes tags as lists that end with their sequence, as padded lists, and as a padded tensor, all alike', () => {
    const padded = tags.map(path => [...path, ...Array<number>(6 - path.length).fill(-100)])
    const { loss } = crf.loss(emissions, tags, { lengths })
    expect(crf.loss(emissions, padded, { lengths }).loss).toBe(loss)
    expect(crf.loss(emissions, Tensor.from(padded), { lengths }).loss).toBe(loss)
    const single = whole.row(0)
    expect(crf.loss(single, Tensor.from(tags[0])).loss).toBe(crf.loss(single, tags[0]).loss)
  })

  it('sums up to what it gives one by one, and the mean is a third of it in value and every gradient, to 1e-14', () => {
    const run = <R extends Reduction>(reduction: R) => {
      const { loss, dy } = crf.loss(emissions, tags, { reduction, lengths })
      return { loss, dy, grads: new Tensor(crf.params.grads.slice(), [24]) }
    }
    const [each, sum, mean] = [run('none'), run('sum'), run('mean')]
    expect(Math.abs((each.loss as Tensor).sum() - (sum.loss as number))).toBeLessThan(1e-14)
    expect(each.dy.equals(sum.dy) && each.grads.equals(sum.grads)).toBe(true)
    expect(Math.abs((sum.loss as number) / 3 - (mean.loss as number))).toBeLessThan(1e-14)
    expect(sum.dy.div(3).maxAbsDifference(mean.dy)).toBeLessThan(1e-14)
    expect(sum.grads.div(3).maxAbsDifference(mean.grads)).toBeLessThan(1e-14)
  })
})

describe('laws', () => {
  it('adding c_t to all emissions of a step, or c to a parameter, changes neither loss, gradient nor path, to 1e-12', () => {
    always(
      fc.property(sizes, ({ T, K, seed }) => {
        const random = new Random(seed)
        const [crf, x] = [gaussianCRF(random, K), gaussian(random, [T, K])]
        const path = Array.from({ length: T }, () => random.integer(K))
        const [before, decoded] = [crf.loss(x, path), crf.decode(x)]
        const shifts = gaussian(random, [T], 10)
        const moved = x.map((v, k) => v + shifts.data[Math.floor(k / K)])
        for (const name of crf.params.names) {
          const c = random.normal(0, 10)
          crf.params.value(name).data.forEach((v, k, data) => {
            data[k] = v + c
          })
        }
        const after = crf.loss(moved, path)
        expect(Math.abs(after.loss - before.loss)).toBeLessThan(1e-12)
        expect(after.dy.maxAbsDifference(before.dy)).toBeLessThan(1e-12)
        expect(crf.decode(moved).paths).toEqual(decoded.paths)
      }),
    )
  })

  it('without transitions it is the cross-entropy of each step: the loss is Σ of theirs, to 1e-13', () => {
    const free = new CRF({ numTags: 4 })
    free.params.values.fill(0)
    const x = whole.row(0)
    const each = x.rows().map((z, t) => Math.log(z.map(Math.exp).sum()) - z.at(tags[0][t]))
    expect(Math.abs(free.loss(x, tags[0]).loss - each.reduce((a, b) => a + b))).toBeLessThan(1e-13)
    expect(free.decode(x).paths).toEqual([[...x.argmax().data]])
  })

  it('never takes a transition of -∞, and gives it a gradient of 0; the others agree with the paths that are left', () => {
    const random = new Random(5)
    const strict = gaussianCRF(random, 3)
    strict.params.value('transitions').set([0, 2], -Infinity)
    strict.params.value('start_transitions').set([2], -Infinity)
    const x = gaussian(random, [4, 3]).map((v, k) => (k % 3 === 2 ? v + 20 : v))
    const { logZ, paths } = enumerate(strict, x)
    const best = paths.reduce((a, b) => (b.score > a.score ? b : a))
    expect(strict.decode(x).paths).toEqual([best.path])
    expect(best.path).toEqual([1, 2, 2, 2])
    expect(Math.abs(strict.logPartition(x).at() - logZ)).toBeLessThan(1e-12)
    expect(strict.marginals(x).at(0, 2)).toBe(0)
    const { loss, dy } = strict.loss(x, [1, 2, 0, 1])
    expect(Math.abs(loss - logZ + scoreOf(strict, x, [1, 2, 0, 1]))).toBeLessThan(1e-12)
    expect(dy.data.every(Number.isFinite) && strict.params.grads.every(Number.isFinite)).toBe(true)
    expect(strict.gradients().transitions.at(0, 2)).toBe(0)
    expect(strict.gradients().start_transitions.at(2)).toBe(0)
  })

  it('a tag that nothing leads to has probability 0, and the gradients are as if it were not there, to 1e-14', () => {
    const [full, cut] = [new CRF({ numTags: 3, seed: 1 }), new CRF({ numTags: 2 })]
    full.params.value('start_transitions').set([2], -Infinity)
    for (const i of [0, 1, 2]) full.params.value('transitions').set([i, 2], -Infinity)
    const { start_transitions, end_transitions, transitions } = full.stateDict()
    const without = (x: Tensor) => Tensor.stack(x.rows().map(row => row.slice(0, 2)))
    cut.loadStateDict({
      start_transitions: start_transitions.slice(0, 2),
      end_transitions: end_transitions.slice(0, 2),
      transitions: without(transitions.slice(0, 2)),
    })
    const x = gaussian(new Random(6), [4, 3])
    expect(full.marginals(x).column(2).maxAbs()).toBe(0)
    const [a, b] = [full.loss(x, [1, 0, 0, 1]), cut.loss(without(x), [1, 0, 0, 1])]
    expect(Math.abs(a.loss - b.loss)).toBeLessThan(1e-14)
    expect(without(a.dy).maxAbsDifference(b.dy)).toBeLessThan(1e-14)
    const gradient = full.gradients().transitions
    expect(without(gradient.slice(0, 2)).maxAbsDifference(cut.gradients().transitions)).toBeLessThan(1e-14)
    expect(gradient.row(2).maxAbs() + gradient.column(2).maxAbs()).toBe(0)
  })

  it('logPartition is -∞ where no path is allowed', () => {
    const closed = new CRF({ numTags: 2 })
    closed.params.value('transitions').data.fill(-Infinity)
    expect(closed.logPartition(Tensor.zeros([3, 2])).at()).toBe(-Infinity)
    expect(closed.logPartition(Tensor.zeros([1, 2])).at()).toBeGreaterThan(0)
  })

  it('stays finite, and the loss never below 0, for emissions up to ±1e150', () => {
    const extreme = fc.oneof(
      fc.double({ min: -1e150, max: 1e150, noNaN: true }),
      fc.constantFrom(0, 1e3, -1e3),
    )
    always(
      fc.property(fc.array(extreme, { minLength: 12, maxLength: 12 }), numbers => {
        const x = new Tensor(numbers, [4, 3])
        const small = new CRF({ numTags: 3 })
        const { loss, dy } = small.loss(x, [2, 0, 1, 1])
        expect(loss).toBeGreaterThanOrEqual(0)
        expect([loss, ...dy.data, ...small.params.grads].every(Number.isFinite)).toBe(true)
        for (const p of small.marginals(x).sum(1).data) expect(Math.abs(p - 1)).toBeLessThan(1e-14)
      }),
    )
  })

  it('over 2000 steps with scores of 1e5 the marginals of each step still sum to 1, to 1e-12', () => {
    const x = gaussian(new Random(6), [2000, 4]).add(50)
    expect(crf.logPartition(x).at()).toBeGreaterThan(1e5)
    for (const p of crf.marginals(x).sum(1).data) expect(Math.abs(p - 1)).toBeLessThan(1e-12)
  })

  it('in float32 is within 1e-6 of float64, and gives float32 gradients', () => {
    const single = new CRF({ numTags: 4, dtype: 'float32' })
    single.loadStateDict(crf.stateDict())
    const [low, high] = [single, crf].map(field => {
      const x = field === single ? emissions.astype('float32') : emissions
      return {
        ...field.loss(x, tags, { lengths }),
        gradients: field.gradients(),
        ...field.decode(x, { lengths }),
      }
    })
    expect(Math.abs(low.loss - high.loss)).toBeLessThan(1e-6)
    expect(low.dy.dtype).toBe('float32')
    expect(relativeError(low.dy, high.dy)).toBeLessThan(1e-6)
    for (const [name, gradient] of Object.entries(low.gradients)) {
      expect(gradient.dtype).toBe('float32')
      expect(relativeError(gradient, high.gradients[name]), name).toBeLessThan(1e-6)
    }
    expect(low.paths).toEqual(high.paths)
  })

  it('draws U(-0.1, 0.1) by its seed, and counts K(K + 2)', () => {
    const large = new CRF({ numTags: 30, seed: 3 })
    expect(large.parameterCount).toBe(30 * 32)
    const largest = Math.max(...large.params.values.map(Math.abs))
    expect(largest).toBeLessThanOrEqual(0.1)
    expect(largest).toBeGreaterThan(0.099)
    expect(new CRF({ numTags: 30, seed: 3 }).params.values).toEqual(large.params.values)
    expect(new CRF({ numTags: 30, seed: 4 }).params.values).not.toEqual(large.params.values)
  })
})
