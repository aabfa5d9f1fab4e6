/** Optimisers, clipping and schedules against PyTorch's numbers. */
import { describe, expect, it } from 'vitest'
import {
  adagrad,
  adam,
  adamW,
  clipByNorm,
  clipByValue,
  cosineDecay,
  exponentialDecay,
  type Optimizer,
  relativeError,
  rmsprop,
  sgd,
  squaredError,
  stepDecay,
  Tensor,
} from '../../../src/rnn/index.ts'
import { type Numbers, readGolden, tensor } from '../golden.ts'

interface Run {
  readonly optimizer: string
  readonly options: Record<string, unknown>
  readonly steps: { loss: number; grad_w: Numbers; grad_b: Numbers; w: Numbers; b: Numbers }[]
}

interface Clip {
  readonly op: string
  readonly max_norm: number
  readonly norm_type: number | 'inf'
  readonly clip_value: number
  readonly grads_in: Numbers[]
  readonly grads_out: Numbers[]
  readonly total_norm: number
}

interface Scheduler {
  readonly scheduler: string
  readonly base_lr: number
  readonly options: Record<string, number>
  readonly lr: number[]
}

interface Golden {
  readonly optim: { problem: Record<'X' | 't' | 'w0' | 'b0', Numbers>; runs: Run[] }
  readonly clip: Clip[]
  readonly lr_schedulers: Scheduler[]
}

const optimizers: Record<string, (options: object) => Optimizer> = {
  sgd,
  rmsprop,
  adagrad,
  adam,
  adamw: adamW,
}

/** `weight_decay` → `weightDecay` */
const camelCase = (options: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]),
  )

const flat = (parts: Numbers[]) => new Float64Array(parts.flatMap(part => part.data))

function expectNear(actual: ArrayLike<number>, expected: readonly Numbers[], tolerance: number): void {
  const values = flat([...expected])
  const difference = relativeError(new Tensor(actual, [values.length]), new Tensor(values, [values.length]))
  expect(difference).toBeLessThan(tolerance)
}

const schedules: Record<string, (rate: number, o: Record<string, number>) => (step: number) => number> = {
  step: (rate, o) => stepDecay(rate, { stepSize: o.step_size, gamma: o.gamma }),
  exponential: (rate, o) => exponentialDecay(rate, { gamma: o.gamma }),
  cosine: (rate, o) => cosineDecay(rate, { steps: o.T_max, min: o.eta_min }),
}

describe.each(readGolden<Golden>('optim.json'))(
  "%s: PyTorch's numbers",
  (_, { optim, clip, lr_schedulers }) => {
    it('hold all five optimizers', () =>
      expect(new Set(optim.runs.map(run => run.optimizer))).toEqual(new Set(Object.keys(optimizers))))

    it.each(optim.runs)(
      '$optimizer $options follows them to 1e-12 for 5 steps',
      ({ optimizer, options, steps }) => {
        const { problem } = optim
        const [X, t] = [tensor(problem.X), tensor(problem.t)]
        const values = flat([problem.w0, problem.b0])
        const { init, update } = optimizers[optimizer](camelCase(options))
        const state = init(values.length, 'float64')
        expect(steps).toHaveLength(5)
        for (const step of steps) {
          const [w, b] = [new Tensor(values.subarray(0, 3), [3]), values[3]]
          const { loss, dy } = squaredError(X.matmul(w).add(b), t)
          const grads = new Float64Array([...X.transpose().matmul(dy).data, dy.sum()])
          expect(Math.abs(loss - step.loss)).toBeLessThan(1e-12 * loss)
          expectNear(grads, [step.grad_w, step.grad_b], 1e-12)
          update(values, grads, state)
          expectNear(values, [step.w, step.b], 1e-12)
        }
        expect(state.step).toBe(5)
      },
    )

    it.each(clip)('$op max_norm $max_norm norm_type $norm_type gives them to 1e-14', c => {
      const grads = flat(c.grads_in)
      if (c.op === 'clip_grad_value_') clipByValue(grads, c.clip_value)
      else {
        const normType = c.norm_type === 'inf' ? Infinity : c.norm_type
        const norm = clipByNorm(grads, { maxNorm: c.max_norm, normType })
        expect(Math.abs(norm / c.total_norm - 1)).toBeLessThan(1e-14)
      }
      expectNear(grads, c.grads_out, 1e-14)
    })

    it.each(lr_schedulers)(
      'the schedule "$scheduler" gives them to 1e-14',
      ({ scheduler, base_lr, options, lr }) => {
        const rates = lr.map((_, step) => schedules[scheduler](base_lr, options)(step))
        expectNear(rates, [{ shape: [lr.length], data: lr }], 1e-14)
      },
    )
  },
)
