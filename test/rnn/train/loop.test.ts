/** `train` on real networks: what they reach, where they stop, and that a pause costs nothing. */
import { describe, expect, it } from 'vitest'
import {
  adam,
  addingBaseline,
  chain,
  clipNorm,
  cosineDecay,
  latch,
  latchBaseline,
  parity,
  sgd,
  type TrainOptions,
  type TrainProgress,
  train,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'
import { adding, bowl, everyStep } from './models.ts'

const clippedAdam = (lr = 0.02) => chain(clipNorm({ maxNorm: 1 }), adam({ lr }))

describe('an RNN of 8 units with a read-out', () => {
  it('learns the latch over 10 steps in 150 updates: loss below 0.01, all of 200 unseen sequences right', () => {
    const { accuracy, ...model } = everyStep(latch, 10)
    const { loss, step, stopped } = train({ ...model, optimizer: clippedAdam(), steps: 150 })
    expect([step, stopped]).toEqual([150, 'finished'])
    expect(loss).toBeLessThan(0.01)
    expect(accuracy()).toBe(1)
    expect(latchBaseline(10)).toBeLessThan(0.6)
  })

  it('learns parity over 6 steps in 300 updates: loss below 0.05, all of 200 unseen sequences right', () => {
    const { accuracy, ...model } = everyStep(parity, 6)
    expect(accuracy()).toBeLessThan(0.7)
    expect(train({ ...model, optimizer: clippedAdam(), steps: 300 }).loss).toBeLessThan(0.05)
    expect(accuracy()).toBe(1)
  })

  it('learns to add two of 6 numbers from 400 examples in 30 epochs: a 10th of the baseline on unseen ones', () => {
    const model = adding({ examples: 400, noise: 0 })
    const metrics: number[] = []
    const onProgress = ({ metric }: TrainProgress) => metric !== undefined && metrics.push(metric)
    train({ ...model, optimizer: clippedAdam(), epochs: 30, onProgress: p => void onProgress(p) })
    expect(metrics).toHaveLength(30)
    expect(metrics[0]).toBeGreaterThan(addingBaseline)
    expect(model.evaluate()).toBe(metrics[29])
    expect(metrics[29]).toBeLessThan(addingBaseline / 10)
  })
})

describe('early stop', () => {
  /** So few examples and so many units that the network learns them by heart. */
  const overfit = (options: Partial<TrainOptions> = {}) => {
    const model = adding({ examples: 24, noise: 0, hiddenSize: 24 })
    const metrics: number[] = []
    const result = train({
      ...model,
      optimizer: clippedAdam(),
      epochs: 400,
      patience: 20,
      onProgress: ({ metric }) => {
        if (metric !== undefined) metrics.push(metric)
      },
      ...options,
    })
    return { result, metrics, now: model.evaluate(), values: model.params.flatMap(p => [...p.values]) }
  }

  it('stops 20 evaluations after the best and puts its parameters back, to the bit', () => {
    const { result, metrics, now, values } = overfit()
    const least = Math.min(...metrics)
    expect(result.stopped).toBe('patience')
    expect(metrics.length).toBeLessThan(400)
    expect(metrics.indexOf(least)).toBe(metrics.length - 21)
    expect(result.best).toMatchObject({ step: 2 * (metrics.indexOf(least) + 1), metric: least })
    expect(now).toBe(least)
    expect(values).toEqual([...(result.best?.values ?? [])])
    expect(result.metric).toBe(metrics.at(-1))
    expect([...result.state.values]).not.toEqual(values)
  })

  it('leaves the last parameters with restoreBest: false', () => {
    const { result, metrics, now, values } = overfit({ restoreBest: false })
    expect(now).toBe(metrics.at(-1))
    expect(values).toEqual([...result.state.values])
  })

  it('restores at the end of the budget as well, and not when aborted', () => {
    const longer = overfit({ patience: 1000, epochs: 150 })
    expect(longer.result.stopped).toBe('finished')
    expect(longer.now).toBe(Math.min(...longer.metrics))
    expect(longer.metrics.at(-1)).toBeGreaterThan(longer.now)
    const controller = new AbortController()
    const { signal } = controller
    const seen: number[] = []
    const aborted = overfit({
      signal,
      onProgress: ({ metric }) => {
        if (metric === undefined) return
        if (metric > Math.min(...seen) && seen.length > 5) controller.abort()
        seen.push(metric)
      },
    })
    expect(aborted.result.stopped).toBe('aborted')
    expect(aborted.now).toBe(seen.at(-1))
    expect(aborted.now).toBeGreaterThan(Number(aborted.result.best?.metric))
  })
})

describe('going on from a result', () => {
  it.each([
    ['momentum', () => sgd({ lr: 0.05, momentum: 0.9 })],
    [
      'adam with a schedule',
      () => chain(clipNorm({ maxNorm: 0.5 }), adam({ lr: cosineDecay(0.05, { steps: 60 }) })),
    ],
  ])('n and n more epochs, with everything made anew, are 2n at once, to the bit: %s', (_, optimizer) => {
    const run = (epochs: number, from?: TrainOptions['from']) => {
      const progress: TrainProgress[] = []
      const onProgress = (one: TrainProgress) => void progress.push(one)
      const model = adding()
      const options = { epochs, from, onProgress, evaluateEvery: 4, patience: 100 }
      const result = train({ ...model, optimizer: optimizer(), ...options })
      return { progress, result, values: model.params.flatMap(p => [...p.values]) }
    }
    const whole = run(20)
    const first = run(10)
    const second = run(20, structuredClone(first.result.state))
    expect([...first.progress, ...second.progress]).toEqual(whole.progress)
    expect(second.result).toEqual(whole.result)
    expect(second.values).toEqual(whole.values)
    expect(whole.result.best?.step).toBeLessThan(60)
  })

  it('that has used up its budget does nothing', () => {
    const make = () => ({ ...bowl(), optimizer: sgd({ lr: 0.5 }), steps: 4 })
    const { state, loss } = train(make())
    const options = make()
    expect(train({ ...options, from: state })).toMatchObject({ step: 4, loss, stopped: 'finished' })
    expect(options.params.flatMap(p => [...p.values])).toEqual([...state.values])
  })
})

describe('train', () => {
  const build = (options: object) => train({ ...bowl(), optimizer: sgd({ lr: 0.5 }), ...options })
  it.each<[string, object]>([
    ['expected either steps or epochs, got neither', {}],
    ['restoreBest expects evaluate, got none', { steps: 1, restoreBest: true }],
    ['patience expects evaluate, got none', { steps: 1, patience: 1, restoreBest: false }],
    [
      'onProgress returned a promise, which train cannot wait for: loop over new Trainer(…).steps()',
      { steps: 1, onProgress: async () => {} },
    ],
  ])('refuses misuse: %s', (complaint, options) => {
    expect(complaintOf(() => build(options))).toBe(`TypeError: ${complaint}`)
  })

  it('with no steps to do returns what there is', () => {
    const { step, loss, stopped, state } = build({ steps: 0 })
    expect([step, loss, stopped, [...state.values]]).toEqual([0, Number.NaN, 'finished', [0, 0, 0, 0, 0]])
  })
})
