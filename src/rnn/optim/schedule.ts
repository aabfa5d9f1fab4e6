/**
 * Learning rates that change: functions from the number of updates done so far to η. They are pure, so a resumed
 * training needs no memory of them. Names and formulas are those of PyTorch's `lr_scheduler`; where PyTorch counts
 * epochs, divide: `step => schedule(Math.floor(step / updatesPerEpoch))`.
 */
import { cosPi } from '../array/cosine.ts'
import { expectBetween, expectWhole } from '../array/options.ts'
import { powersOf } from '../array/power.ts'
import type { LearningRate } from './optimizer.ts'

/** The learning rate after so many updates. */
export type Schedule = (step: number) => number

/**
 * η = rate · γ^⌊step / stepSize⌋. (`StepLR`)
 *
 * @throws RangeError unless stepSize is a whole number from 1
 * @example
 * ```ts
 * const rates = [0, 2, 3, 6].map(stepDecay(0.8, { stepSize: 3, gamma: 0.5 }))
 * rates // → [0.8, 0.8, 0.4, 0.2]
 * ```
 */
export function stepDecay(
  rate: number,
  { stepSize, gamma = 0.1 }: { stepSize: number; gamma?: number },
): Schedule {
  expectWhole('stepSize', stepSize, 1)
  const power = powersOf(gamma)
  return step => rate * power(Math.floor(step / stepSize))
}

/**
 * η = rate · γ^step. (`ExponentialLR`)
 *
 * @throws RangeError unless γ is finite and at least 0
 * @example
 * ```ts
 * const rates = [0, 1, 2].map(exponentialDecay(0.8, { gamma: 0.5 }))
 * rates // → [0.8, 0.4, 0.2]
 * ```
 */
export function exponentialDecay(rate: number, { gamma }: { gamma: number }): Schedule {
  expectBetween('gamma', gamma, 0)
  const power = powersOf(gamma)
  return step => rate * power(step)
}

/**
 * η = min + (rate - min) (1 + cos(π step / steps)) / 2: half a wave down, and then up again. (Loshchilov and Hutter
 * 2017; `CosineAnnealingLR`)
 *
 * @throws RangeError unless steps is a whole number from 1
 * @example
 * ```ts
 * const rates = [0, 5, 10].map(cosineDecay(0.8, { steps: 10 }))
 * rates // → [0.8, 0.4, 0.0]
 * ```
 */
export function cosineDecay(rate: number, { steps, min = 0 }: { steps: number; min?: number }): Schedule {
  expectWhole('steps', steps, 1)
  return step => min + ((rate - min) * (1 + cosPi(step / steps))) / 2
}

/**
 * From start · rate in a straight line to end · rate, which is reached after `steps` updates and kept. (`LinearLR`)
 *
 * @throws RangeError unless steps is a whole number from 1
 * @example
 * ```ts
 * const rates = [0, 1, 2, 4, 9].map(linearWarmup(0.8, { steps: 4, start: 0.5 }))
 * rates // → [0.4, 0.5, 0.6, 0.8, 0.8]
 * ```
 */
export function linearWarmup(
  rate: number,
  { steps, start = 1 / 3, end = 1 }: { steps: number; start?: number; end?: number },
): Schedule {
  expectWhole('steps', steps, 1)
  return step => rate * (start + (end - start) * Math.min(1, step / steps))
}

/**
 * Up to `rate` in the share `warmup` of all steps, and down to almost nothing in the rest, both along a cosine: from
 * rate / divide to rate / (divide · finalDivide). (Smith and Topin 2018; `OneCycleLR`)
 *
 * @throws RangeError unless steps is a whole number from 2 and warmup from 0 to 1
 * @example
 * ```ts
 * const rates = [0, 2, 9].map(oneCycle(1, { steps: 10 }))
 * rates // → [0.040000, 1.000000, 0.000004]
 * ```
 */
export function oneCycle(
  rate: number,
  {
    steps,
    warmup = 0.3,
    divide = 25,
    finalDivide = 1e4,
  }: { steps: number; warmup?: number; divide?: number; finalDivide?: number },
): Schedule {
  expectWhole('steps', steps, 2)
  expectBetween('warmup', warmup, 0, 1)
  const [first, last, peak] = [rate / divide, rate / divide / finalDivide, warmup * steps - 1]
  const between = (from: number, to: number, share: number) =>
    to + ((from - to) * (1 + cosPi(Math.min(1, share)))) / 2
  return step =>
    step <= peak ? between(first, rate, step / peak) : between(rate, last, (step - peak) / (steps - 1 - peak))
}

/**
 * Schedules one after another, each counting from 0 when its turn comes. (`SequentialLR`)
 *
 * @param turns each with the number of updates for which it holds; the last for all that follow
 * @throws RangeError if there is none
 * @example
 * ```ts
 * const lr = inTurn([linearWarmup(0.2, { steps: 2, start: 0.5 }), 2], [exponentialDecay(0.2, { gamma: 0.5 }), Infinity])
 * const rates = [0, 1, 2, 3, 4].map(lr)
 * rates // → [0.1, 0.15, 0.2, 0.1, 0.05]
 * ```
 */
export function inTurn(...turns: readonly (readonly [LearningRate, number])[]): Schedule {
  if (turns.length === 0) throw new RangeError('expected at least one schedule')
  return step => {
    let since = step
    for (const [schedule, updates] of turns.slice(0, -1)) {
      if (since < updates) return typeof schedule === 'number' ? schedule : schedule(since)
      since -= updates
    }
    const [last] = turns[turns.length - 1]
    return typeof last === 'number' ? last : last(since)
  }
}
