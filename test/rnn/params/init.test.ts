import { expect, it } from 'vitest'
import {
  gaussianInit,
  identityInit,
  orthogonalInit,
  Random,
  Tensor,
  uniformInit,
} from '../../../src/rnn/index.ts'

it('uniformInit stays within its bound and fills it', () => {
  const W = uniformInit(new Random(1), [40, 25], 0.2)
  expect(W.shape).toEqual([40, 25])
  expect(W.maxAbs()).toBeLessThanOrEqual(0.2)
  expect(W.maxAbs()).toBeGreaterThan(0.199)
  expect(Math.abs(W.sum() / 1000)).toBeLessThan((4 * 0.2) / Math.sqrt(3000))
})

it('gaussianInit has the standard deviation asked for, 1000 draws within 10 %', () => {
  const W = gaussianInit(new Random(1), [1000], 0.3)
  expect(Math.abs(W.norm() / Math.sqrt(1000) / 0.3 - 1)).toBeLessThan(0.1)
})

it('orthogonalInit keeps every length but for the gain, to 1e-14', () => {
  const W = orthogonalInit(new Random(1), 5, 5, 1.5)
  const expected = Tensor.identity(5).mul(1.5 * 1.5)
  expect(W.transpose().matmul(W).maxAbsDifference(expected)).toBeLessThan(1e-14)
})

it('identityInit copies, times its gain', () => {
  expect(identityInit(2, 0.5).toArray()).toEqual([
    [0.5, 0],
    [0, 0.5],
  ])
})
