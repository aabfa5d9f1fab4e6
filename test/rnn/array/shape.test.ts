import { expect, it } from 'vitest'
import { anySize, expectShape, placeOf } from '../../../src/rnn/array/shape.ts'
import { Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

it('expectShape returns every size by name', () => {
  expect(expectShape({ shape: [7, 3] }, { T: anySize, I: 3 }, 'x')).toEqual({ T: 7, I: 3 })
})

it.each([
  [[7, 4], 'RangeError: x has shape [7, 4], expected [T, I = 3]'],
  [[3], 'RangeError: x has shape [3], expected [T, I = 3]'],
  [[2, 7, 3], 'RangeError: x has shape [2, 7, 3], expected [T, I = 3]'],
])('expectShape refuses %j and names both shapes', (shape, complaint) => {
  expect(complaintOf(() => expectShape({ shape }, { T: anySize, I: 3 }, 'x'))).toBe(complaint)
})

it('placeOf finds the number again that stands at an offset, for every offset of (2, 3, 4)', () => {
  const x = Tensor.generate([2, 3, 4], offset => offset)
  expect([...x.data].map(offset => x.at(...placeOf(offset, x.shape)))).toEqual([...x.data])
  expect(placeOf(5, [2, 3])).toEqual([1, 2])
  expect(placeOf(0, [])).toEqual([])
})
