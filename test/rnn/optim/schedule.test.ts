/** Schedules beyond the golden ones: against published values and by what they promise. */
import { describe, expect, it } from 'vitest'
import { adam, cosineDecay, inTurn, linearWarmup, oneCycle, sgd, stepDecay } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

const steps = (n: number) => [...Array(n).keys()]

it("linearWarmup gives the rates in the documentation of PyTorch's LinearLR", () => {
  const rates = steps(6).map(linearWarmup(0.05, { start: 0.5, steps: 4 }))
  expect(rates.map(rate => rate.toFixed(5))).toEqual([
    '0.02500',
    '0.03125',
    '0.03750',
    '0.04375',
    '0.05000',
    '0.05000',
  ])
})

describe('oneCycle', () => {
  const lr = oneCycle(0.1, { steps: 100 })
  const rates = steps(100).map(lr)

  it('starts at rate/25, is highest after 30 % of the steps, and ends at rate/250000, to 1e-15', () => {
    expect(rates[0]).toBeCloseTo(0.1 / 25, 15)
    expect(rates.indexOf(Math.max(...rates))).toBe(29)
    expect(rates[29]).toBeCloseTo(0.1, 15)
    expect(rates[99]).toBeCloseTo(0.1 / 25 / 1e4, 15)
  })

  it('goes up, then down, without a jump of more than 6 % of the rate', () => {
    rates.slice(1).forEach((rate, i) => {
      expect(Math.sign(rate - rates[i])).toBe(i + 1 <= 29 ? 1 : -1)
      expect(Math.abs(rate - rates[i])).toBeLessThan(0.006)
    })
  })
})

it('an optimiser asks its schedule with the number of updates done so far', () => {
  const asked: number[] = []
  const { init, update } = sgd({
    lr: step => {
      asked.push(step)
      return 0.1
    },
  })
  const state = init(1, 'float64')
  for (let i = 0; i < 3; i++) update(new Float64Array(1), new Float64Array(1), state)
  expect(asked).toEqual([0, 1, 2])
})

it('a warm-up that starts at 0 leaves the parameters of adam as they were for one update', () => {
  const { init, update } = adam({ lr: linearWarmup(0.1, { start: 0, steps: 10 }) })
  const values = new Float64Array([1, 2])
  const state = init(2, 'float64')
  update(values, new Float64Array([3, -4]), state)
  expect([...values]).toEqual([1, 2])
  update(values, new Float64Array([3, -4]), state)
  expect(values[0]).toBeCloseTo(1 - 0.01, 6)
})

it('refuses what cannot be', () => {
  expect(complaintOf(() => stepDecay(0.1, { stepSize: 0 }))).toBe(
    'RangeError: expected stepSize to be a whole number from 1, got 0',
  )
  expect(complaintOf(() => cosineDecay(0.1, { steps: 1.5 }))).toBe(
    'RangeError: expected steps to be a whole number from 1, got 1.5',
  )
  expect(complaintOf(() => inTurn())).toBe('RangeError: expected at least one schedule')
})
