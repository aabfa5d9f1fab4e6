import { expect, it } from 'vitest'
import { slidingWindow, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

it('slidingWindow puts each step beside the k - 1 before it, zeros before the first', () => {
  const x = Tensor.from([
    [1, 10],
    [2, 20],
    [3, 30],
  ])
  expect(slidingWindow(x, 2).toArray()).toEqual([
    [0, 0, 1, 10],
    [1, 10, 2, 20],
    [2, 20, 3, 30],
  ])
  expect(slidingWindow(x, 1).equals(x)).toBe(true)
  expect(slidingWindow(x, 5).shape).toEqual([3, 10])
})

it('slidingWindow does not look from one sequence into another', () => {
  const x = Tensor.from([
    [[1], [2]],
    [[3], [4]],
  ])
  expect(slidingWindow(x, 2).toArray()).toEqual([
    [
      [0, 1],
      [1, 2],
    ],
    [
      [0, 3],
      [3, 4],
    ],
  ])
})

it('slidingWindow refuses misuse', () => {
  expect(complaintOf(() => slidingWindow(Tensor.zeros([3, 1]), 0))).toBe(
    'RangeError: expected k to be a whole number from 1, got 0',
  )
  expect(complaintOf(() => slidingWindow(Tensor.zeros([3]), 1))).toBe(
    'RangeError: x has shape [3], expected [T, I] or [B, T, I]',
  )
})
