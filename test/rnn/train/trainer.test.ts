import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  adam,
  Batches,
  chain,
  clipNorm,
  cosineDecay,
  gradientNorm,
  type Optimizer,
  Params,
  Random,
  sgd,
  Trainer,
  type TrainerOptions,
  type TrainProgress,
} from '../../../src/rnn/index.ts'
import { always, complaintOf } from '../support.ts'
import { adding, bowl } from './models.ts'

const plain = sgd({ lr: 0.5 })
const valuesOf = (params: readonly Params[]) => params.flatMap(({ values }) => [...values])

/** Takes at most n steps. */
function go(trainer: Trainer, n: number): TrainProgress[] {
  const progress: TrainProgress[] = []
  if (n === 0) return progress
  for (const one of trainer.steps()) if (progress.push(one) === n) break
  return progress
}

describe('several sets of parameters', () => {
  it('are clipped and updated as one vector, to the bit, however they are divided', () => {
    const optimizer = chain(clipNorm({ maxNorm: 0.7 }), adam({ lr: 0.1 }))
    const follow = (sizes: readonly number[]) => {
      const { params, step } = bowl(sizes)
      const progress = go(new Trainer({ params, step, optimizer }), 30)
      return { progress, values: valuesOf(params) }
    }
    const whole = follow([6])
    always(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }), cuts => {
        const ends = [...cuts.toSorted((a, b) => a - b), 6]
        expect(follow(ends.map((end, i) => end - (ends[i - 1] ?? 0)))).toEqual(whole)
      }),
      30,
    )
  })

  it('share one clip: 30 and 40 in two sets become 0.6 and 0.8, not 1 and 1', () => {
    const params = [new Params({ a: [1] }), new Params({ b: [1] })]
    const step = () => {
      params[0].grads[0] = 30
      params[1].grads[0] = 40
      return 0
    }
    const optimizer = chain(clipNorm({ maxNorm: 1 }), sgd({ lr: 1 }))
    const [progress] = go(new Trainer({ params, step, optimizer }), 1)
    expect(progress.gradientNorm).toBeCloseTo(50, 12)
    expect(params[0].values[0]).toBeCloseTo(-0.6, 6)
    expect(params[1].values[0]).toBeCloseTo(-0.8, 6)
    expect([params[0].grads[0], params[1].grads[0]]).toEqual([30, 40])
  })

  it('in float32 are rounded as an optimiser of float32 rounds', () => {
    const params = [new Params({ a: [1] }, 'float32'), new Params({ b: [1] }, 'float32')]
    const step = () => {
      for (const { grads } of params) grads[0] = 0.1
      return 0
    }
    go(new Trainer({ params, step, optimizer: sgd({ lr: 1 }) }), 1)
    expect(valuesOf(params)).toEqual([-Math.fround(0.1), -Math.fround(0.1)])
  })

  it('may be changed by the caller between two steps', () => {
    const { params, step } = bowl([2])
    const trainer = new Trainer({ params, step, optimizer: plain })
    go(trainer, 1)
    params[0].values.set([4, 9])
    go(trainer, 1)
    expect(valuesOf(params)).toEqual([2, 5])
    params[0].values.set([7, 7])
    expect([...trainer.state.values]).toEqual([7, 7])
  })
})

describe('progress', () => {
  it('says the loss before each update, the norm over all sets, and counts steps and epochs from 1', () => {
    const { params, step } = bowl([1, 2])
    const batches = new Batches({ count: 5, batchSize: 3 })
    const taken: number[] = []
    const counting = (batch: readonly number[]) => {
      taken.push(batch.length)
      return step()
    }
    const progress = go(new Trainer({ params, step: counting, optimizer: plain, batches }), 3)
    // θ - i is 0, -1, -2 at first, and half of what it was after each step.
    const gradientNorm = Math.sqrt(5)
    expect(progress).toEqual([
      { step: 1, epoch: 1, loss: 2.5, gradientNorm },
      { step: 2, epoch: 1, loss: 2.5 / 4, gradientNorm: gradientNorm / 2 },
      { step: 3, epoch: 2, loss: 2.5 / 16, gradientNorm: gradientNorm / 4 },
    ])
    expect(taken.toSorted()).toEqual([2, 3, 3])
  })

  it('comes every n-th step and after each evaluation, which sees the updated parameters', () => {
    const { params, step } = bowl([2])
    const evaluate = () => params[0].values[1]
    const options = { params, step, evaluate, optimizer: plain, progressEvery: 3, evaluateEvery: 4 }
    const progress = go(new Trainer(options), 4)
    expect(progress.map(one => [one.step, one.metric])).toEqual([
      [3, undefined],
      [4, 1 - 1 / 16],
      [6, undefined],
      [8, 1 - 1 / 256],
    ])
    expect(progress.every(one => one.epoch === 0)).toBe(true)
    expect(structuredClone(progress)).toEqual(progress)
  })

  it('evaluates once an epoch where there are batches', () => {
    const batches = new Batches({ count: 10, batchSize: 4 })
    const options = { ...bowl(), batches, evaluate: () => 1, optimizer: plain, epochs: 3 }
    const evaluated = [...new Trainer(options).steps()].flatMap(({ step, metric }) => (metric ? [step] : []))
    expect(evaluated).toEqual([3, 6, 9])
  })
})

describe('the loop', () => {
  it('ends after the budget, in steps or in epochs, and a second one does nothing', () => {
    const batches = new Batches({ count: 10, batchSize: 4 })
    for (const budget of [{ steps: 6 }, { epochs: 2 }]) {
      const trainer = new Trainer({ ...bowl(), batches, optimizer: plain, ...budget })
      expect(trainer.stopped).toBe(undefined)
      expect([...trainer.steps()]).toHaveLength(6)
      expect(trainer.stopped).toBe('finished')
      expect([...trainer.steps()]).toEqual([])
    }
  })

  it('that was left is gone on with, to the same bits as one that was not', () => {
    const follow = (pieces: readonly number[]) => {
      const { params, step } = bowl()
      const trainer = new Trainer({ params, step, optimizer: adam({ lr: 0.1 }) })
      return { progress: pieces.flatMap(n => go(trainer, n)), values: valuesOf(params) }
    }
    expect(follow([1, 4, 7])).toEqual(follow([12]))
  })

  it('stops between two steps when the signal says so, and what has been learnt stays', () => {
    const controller = new AbortController()
    const { params, step } = bowl([2])
    const trainer = new Trainer({ params, step, optimizer: plain, steps: 100, signal: controller.signal })
    for (const { step } of trainer.steps()) if (step === 3) controller.abort()
    expect(trainer.stopped).toBe('aborted')
    expect(trainer.progress.step).toBe(3)
    expect(valuesOf(params)).toEqual([0, 1 - 1 / 8])
  })

  it('can be waited in: other tasks of the event loop run between the steps, and may abort it', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const trainer = new Trainer({ ...bowl(), optimizer: plain, steps: 1e6, signal })
    let others = 0
    const elsewhere = (async () => {
      for (; others < 5; others++) await setImmediate()
      controller.abort()
    })()
    for (const _ of trainer.steps()) await setImmediate()
    await elsewhere
    expect([trainer.stopped, others]).toEqual(['aborted', 5])
    expect(trainer.progress.step).toBeLessThan(10)
  })
})

describe('patience', () => {
  /** Evaluations give these numbers, one after another. */
  const evaluated = (metrics: readonly number[], options: Partial<TrainerOptions>) => {
    const { params, step } = bowl([2])
    let i = 0
    const evaluate = () => metrics[i++]
    const trainer = new Trainer({
      ...{ params, step, evaluate, optimizer: plain, evaluateEvery: 2, steps: 2 * metrics.length },
      ...options,
    })
    const steps = [...trainer.steps()].length
    return { steps, stopped: trainer.stopped, trainer, params, best: trainer.state.best }
  }

  it('stops after so many evaluations in a row without a better one', () => {
    const metrics = [5, 4, 6, 3, 3, 9, 2, 1]
    expect(evaluated(metrics, { patience: 2 })).toMatchObject({ steps: 12, stopped: 'patience' })
    expect(evaluated(metrics, { patience: 3 })).toMatchObject({ steps: 16, stopped: 'finished' })
    expect(evaluated(metrics, {}).best).toMatchObject({ step: 16, metric: 1 })
  })

  it('counts as better only what is lower by more than minDelta', () => {
    const metrics = [5, 4.5, 4, 3.9, 3]
    expect(evaluated(metrics, { patience: 2, minDelta: 1 })).toMatchObject({
      steps: 6,
      best: { step: 2, metric: 5 },
    })
    expect(evaluated(metrics, { patience: 2, minDelta: 0.99 })).toMatchObject({
      steps: 10,
      best: { step: 10, metric: 3 },
    })
  })

  it('keeps the best parameters, and puts them back when asked to', () => {
    const { trainer, params, best } = evaluated([5, 4, 6, 7], {})
    expect(valuesOf(params)).toEqual([0, 1 - 1 / 256])
    expect([...(best?.values ?? [])]).toEqual([0, 1 - 1 / 16])
    trainer.restoreBest()
    expect(valuesOf(params)).toEqual([0, 1 - 1 / 16])
    expect(complaintOf(() => new Trainer({ ...bowl(), optimizer: plain }).restoreBest())).toBe(
      'Error: evaluate has not run yet',
    )
  })
})

describe('a state', () => {
  const optimizers: [string, Optimizer][] = [
    ['momentum', sgd({ lr: 0.05, momentum: 0.9 })],
    ['adam, clipped', chain(clipNorm({ maxNorm: 0.1 }), adam({ lr: 0.02 }))],
    ['a schedule', adam({ lr: cosineDecay(0.05, { steps: 40 }) })],
  ]

  it.each(optimizers)(
    'taken anywhere and set in a training made anew gives the bits of no pause at all: %s',
    (_, optimizer) => {
      const make = () =>
        new Trainer({ ...adding(), optimizer, evaluateEvery: 3, patience: 8, minDelta: 1e-3 })
      const whole = make()
      const expected = go(whole, 40)
      always(
        fc.property(fc.integer({ min: 0, max: 40 }), cut => {
          const [first, second] = [make(), make()]
          const before = go(first, cut)
          const saved = structuredClone(first.state)
          // Neither what the second did before nor what the first does afterwards may matter.
          go(second, 2)
          go(first, 1)
          second.state = saved
          expect([...before, ...go(second, expected.length - cut)]).toEqual(expected)
          expect(second.state).toEqual(whole.state)
        }),
        6,
      )
    },
  )

  it('with a broken generator is refused, and nothing has changed', () => {
    const make = () => new Trainer({ ...adding(), optimizer: adam(), evaluateEvery: 1 })
    const [first, second] = [make(), make()]
    go(first, 2)
    const before = second.state
    expect(
      complaintOf(() => {
        second.state = { ...first.state, random: [[0, 0, 0, 0]] }
      }),
    ).toBe('RangeError: expected four 32-bit words, not all zero, got [0, 0, 0, 0]')
    expect(second.state).toEqual(before)
  })

  it('keeps the patience that has been used up', () => {
    const make = () =>
      new Trainer({ ...bowl(), optimizer: plain, evaluate: () => 1, evaluateEvery: 1, patience: 5 })
    const [first, second] = [make(), make()]
    go(first, 4)
    second.state = first.state
    expect([...second.steps()]).toHaveLength(2)
    expect(second.stopped).toBe('patience')
  })

  it('can be set more than once: training on from it does not change it', () => {
    const make = () => new Trainer({ ...adding(), optimizer: adam(), evaluateEvery: 1 })
    const first = make()
    go(first, 3)
    const { state } = first
    const follow = () => {
      const trainer = make()
      trainer.state = state
      return [go(trainer, 4), trainer.state]
    }
    expect(follow()).toEqual(follow())
  })

  it('is a copy: no later step changes it', () => {
    const trainer = new Trainer({ ...adding(), optimizer: adam(), evaluateEvery: 1 })
    go(trainer, 3)
    const { state } = trainer
    const copy = structuredClone(state)
    go(trainer, 5)
    expect(state).toEqual(copy)
    expect(trainer.state).not.toEqual(copy)
  })

  const saved = new Trainer({ ...bowl([5]), optimizer: chain(clipNorm({ maxNorm: 1 }), adam()) }).state
  it.each<[string, Partial<TrainerOptions>]>([
    ['RangeError: state has 5 parameters, expected 3', bowl([3])],
    ['TypeError: state is float64, expected float32', { params: new Params({ w: [5] }, 'float32') }],
    ['RangeError: state has no batches, expected some', { batches: new Batches({ count: 4, batchSize: 2 }) }],
    ['RangeError: state has 0 random generators, expected 1', { random: new Random(1) }],
    ['RangeError: state has [[], [m, v]] optimizer moments, expected []', { optimizer: sgd() }],
    [
      'RangeError: state has [[], [m, v]] optimizer moments, expected [[], [velocity]]',
      { optimizer: chain(clipNorm({ maxNorm: 1 }), sgd({ momentum: 0.9 })) },
    ],
  ])('of another training is refused, and nothing has changed: %s', (complaint, options) => {
    const optimizer = chain(clipNorm({ maxNorm: 1 }), adam())
    const trainer = new Trainer({ ...bowl([5]), optimizer, ...options })
    const before = trainer.state
    expect(
      complaintOf(() => {
        trainer.state = saved
      }),
    ).toBe(complaint)
    expect(trainer.state).toEqual(before)
  })
})

describe('a number that is not finite', () => {
  /** Two good steps, then one that `spoil` spoils; the complaint, and whether the parameters are those before it. */
  const third = (spoil: (params: readonly Params[], loss: number) => number, options: object = {}) => {
    const { params, step } = bowl([2, 3])
    let steps = 0
    const trainer = new Trainer({
      ...{ params, optimizer: plain },
      step: () => (++steps < 3 ? step() : spoil(params, step())),
      ...options,
    })
    go(trainer, 2)
    const before = valuesOf(params)
    const complaint = complaintOf(() => go(trainer, 1))
    expect(valuesOf(params)).toEqual(before)
    expect(trainer.progress.step).toBe(2)
    return complaint
  }

  it.each<[string, (params: readonly Params[]) => unknown]>([
    ['the loss is NaN, expected a finite number', () => Number.NaN],
    ['the loss is -Infinity, expected a finite number', () => -Infinity],
    ['the loss is undefined, expected a finite number', () => undefined],
    [
      'the gradient of params[1].w is NaN at [2], expected finite numbers',
      params => {
        params[1].grads[2] = Number.NaN
        return 1
      },
    ],
    [
      'the gradient of params[0].w is -Infinity at [0], expected finite numbers',
      params => {
        params[0].grads[0] = -Infinity
        return 1
      },
    ],
    [
      'the norm of the gradients is Infinity, expected a finite number',
      params => {
        params[0].grads.fill(1.5e308)
        return 1
      },
    ],
  ])('is not trained on: step 3: %s', (complaint, spoil) => {
    expect(third(params => spoil(params) as number)).toBe(`RangeError: step 3: ${complaint}`)
  })

  it('that only the update makes is caught as well', () => {
    const optimizer = sgd({ lr: step => (step === 2 ? 1e308 : 0.5) })
    const complaint = third(
      params => {
        params[1].grads[1] = -10
        return 1
      },
      { optimizer },
    )
    expect(complaint).toBe(
      'RangeError: step 3: after the update params[1].w is Infinity at [1], expected finite numbers',
    )
  })

  it('of a single set is named by the parameter alone', () => {
    const params = new Params({ weight: [2, 2], bias: [2] })
    const step = () => {
      params.grad('bias').set([1], Number.NaN)
      return 1
    }
    expect(complaintOf(() => go(new Trainer({ params, step, optimizer: plain }), 1))).toBe(
      'RangeError: step 1: the gradient of bias is NaN at [1], expected finite numbers',
    )
  })

  it('as a metric is an error too, because nothing is better or worse than it', () => {
    const options = { ...bowl(), optimizer: plain, evaluate: () => Number.NaN, evaluateEvery: 2 }
    expect(complaintOf(() => go(new Trainer(options), 2))).toBe(
      'RangeError: step 2: the metric is NaN, expected a finite number',
    )
  })

  it('an error of the optimiser leaves the parameters as they were, too', () => {
    const optimizer = chain(plain, {
      init: plain.init,
      update: () => {
        throw new Error('no')
      },
    })
    const { params, step } = bowl([3])
    expect(complaintOf(() => go(new Trainer({ params, step, optimizer }), 1))).toBe('Error: no')
    expect(valuesOf(params)).toEqual([0, 0, 0])
    expect(gradientNorm(params[0].grads)).toBeGreaterThan(0)
  })
})

describe('misuse', () => {
  const build = (options: object) => new Trainer({ ...bowl(), optimizer: plain, ...options })
  const batches = new Batches({ count: 4, batchSize: 2 })
  const one = new Params({ w: [1] })
  it.each<[string, object]>([
    ['TypeError: missing option params', { params: undefined }],
    ['TypeError: missing option optimizer', { optimizer: undefined }],
    ['TypeError: missing option step', { step: undefined }],
    ['RangeError: expected at least one set of params', { params: [] }],
    ['RangeError: params[1] is params[0], expected each set once', { params: [one, one] }],
    [
      'TypeError: params[1] is float32, expected float64',
      { params: [one, new Params({ w: [1] }, 'float32')] },
    ],
    ['TypeError: expected either steps or epochs, got both', { steps: 1, epochs: 1, batches }],
    ['TypeError: epochs expects batches, got none', { epochs: 1 }],
    ['RangeError: expected steps to be a whole number from 0, got 0.5', { steps: 0.5 }],
    ['RangeError: expected epochs to be a whole number from 0, got -1', { epochs: -1, batches }],
    ['RangeError: expected progressEvery to be a whole number from 1, got 0', { progressEvery: 0 }],
    ['TypeError: patience expects evaluate, got none', { patience: 3 }],
    ['TypeError: minDelta expects evaluate, got none', { minDelta: 3 }],
    ['TypeError: evaluateEvery expects evaluate, got none', { evaluateEvery: 3 }],
    ['RangeError: expected patience to be a whole number from 1, got 0', { patience: 0 }],
    [
      'RangeError: expected minDelta to be finite and at least 0, got -1',
      { minDelta: -1, evaluate: () => 0, batches },
    ],
    [
      'RangeError: expected evaluateEvery to be a whole number from 1, got 0',
      { evaluateEvery: 0, evaluate: () => 0 },
    ],
    ['TypeError: evaluate expects evaluateEvery where there are no batches', { evaluate: () => 0 }],
    [
      'TypeError: unknown option: learningRate, expected params, optimizer, step, batches, steps, epochs, ' +
        'progressEvery, evaluate, evaluateEvery, patience, minDelta, random, signal',
      { learningRate: 1 },
    ],
  ])('is refused: %s', (complaint, options) => {
    expect(complaintOf(() => build(options))).toBe(complaint)
  })
})
