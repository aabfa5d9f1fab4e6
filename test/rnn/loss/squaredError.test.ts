import { expect, it } from 'vitest'
import { numericGradient, relativeError, squaredError, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

it('squaredError is the mean of the squares, or their sum', () => {
  const [y, target] = [Tensor.from([1, 2]), Tensor.from([0, 4])]
  expect(squaredError(y, target).loss).toBe(2.5)
  expect(squaredError(y, target, { reduction: 'sum' }).loss).toBe(5)
})

it.each(['mean', 'sum'] as const)(
  "squaredError's gradient agrees with differences to 1e-9: %s",
  reduction => {
    const { y, target } = gaussians(1, { y: [3, 4], target: [3, 4] })
    const numeric = numericGradient(v => squaredError(v, target, { reduction }).loss, y)
    expect(relativeError(squaredError(y, target, { reduction }).dy, numeric)).toBeLessThan(1e-9)
  },
)

it('squaredError refuses a target of another shape', () => {
  expect(complaintOf(() => squaredError(Tensor.zeros([2, 1]), Tensor.zeros([2])))).toBe(
    'RangeError: target has shape [2], expected [2, 1]',
  )
})
