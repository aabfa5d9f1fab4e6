import { expect, it } from 'vitest'
import { Random, RNN, saturation, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf, gaussian } from '../support.ts'

it('saturation of Gaussian numbers is the tail of the normal law: P(|z| > 0.9) = 0.3681, in 40,000 within 0.01', () => {
  const { low, high, share } = saturation(gaussian(new Random(1), [10_000, 2, 2]))
  expect(low.shape).toEqual([2])
  expect(Math.abs(share - 0.3681)).toBeLessThan(0.01)
  for (const tail of [...low.data, ...high.data]) expect(Math.abs(tail - 0.184)).toBeLessThan(0.015)
})

it('saturation of a tanh network grows with the scale of its input: 0 at 0.1, most of it at 30', () => {
  const net = new RNN({ inputSize: 3, hiddenSize: 20, seed: 1 })
  const x = gaussian(new Random(2), [200, 3])
  const shareAt = (scale: number) => saturation(net.forward(x.mul(scale)).output).share
  expect(shareAt(0.1)).toBe(0)
  expect(shareAt(30)).toBeGreaterThan(0.8)
})

it('saturation takes a gate’s limits, counts a limit itself as inside and leaves NaN out', () => {
  const gate = Tensor.from([[0.05], [0.1], [0.9], [0.95], [Number.NaN]])
  const { low, high, share } = saturation(gate, { low: 0.1, high: 0.9 })
  expect([low.at(0), high.at(0), share]).toEqual([0.25, 0.25, 0.5])
})

it('saturation refuses nothing at all, an unknown option, and limits in the wrong order', () => {
  expect(complaintOf(() => saturation(Tensor.zeros([0, 3])))).toBe(
    'RangeError: values has shape [0, 3], expected at least one number',
  )
  expect(complaintOf(() => saturation(Tensor.full([2, 3], Number.NaN)))).toBe(
    'RangeError: values has shape [2, 3], expected at least one number',
  )
  expect(complaintOf(() => saturation(Tensor.zeros([3]), { lower: 0.1 } as object))).toBe(
    'TypeError: unknown option: lower, expected low, high',
  )
  expect(complaintOf(() => saturation(Tensor.zeros([3]), { low: 1, high: 1 }))).toBe(
    'RangeError: low is 1, expected it below high = 1',
  )
})
