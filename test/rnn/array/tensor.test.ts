import { describe, expect, it } from 'vitest'
import { Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

const A = Tensor.from([
  [1, 2, 3],
  [4, 5, 6],
])

describe('Tensor', () => {
  it('is row-major: the last axis runs fastest', () => {
    const t = new Tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [2, 3, 2])
    expect(t.at(1, 0, 1)).toBe(7)
    expect(t.at(-1, -1, -1)).toBe(11)
    expect(t.row(1).row(2).toArray()).toEqual([10, 11])
    expect(t.toArray()).toEqual([
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      [
        [6, 7],
        [8, 9],
        [10, 11],
      ],
    ])
  })

  it('uses a typed array as it is and copies anything else', () => {
    const typed = new Float64Array([1, 2])
    const shared = new Tensor(typed, [2])
    typed[0] = 5
    expect(shared.at(0)).toBe(5)
    const plain = [1, 2]
    const copied = new Tensor(plain, [2])
    plain[0] = 5
    expect(copied.at(0)).toBe(1)
  })

  it('takes its dtype from the data unless told, and float32 only lasts among float32', () => {
    const single = new Tensor(new Float32Array([0.1, 0.2]), [2])
    expect(single.dtype).toBe('float32')
    expect(new Tensor([0.1], [1], 'float32').at(0)).toBe(Math.fround(0.1))
    expect(single.add(single).dtype).toBe('float32')
    expect(single.add(Tensor.zeros([2])).dtype).toBe('float64')
    expect(Tensor.zeros([2]).astype('float32').dtype).toBe('float32')
  })

  it('row, slice and reshape are views; clone, map and column are not', () => {
    const t = A.clone()
    t.row(1).set([0], 40)
    t.slice(0, 1).set([0, 2], 30)
    t.reshape([6]).set([1], 20)
    expect(t.toArray()).toEqual([
      [1, 20, 30],
      [40, 5, 6],
    ])
    for (const copy of [t.clone(), t.map(v => v), t.column(0), t.transpose()]) copy.data.fill(0)
    expect(t.at(1, 0)).toBe(40)
  })

  it.each([
    [0, undefined],
    [1, 3],
    [-2, undefined],
    [0, -1],
    [3, 1],
    [2, 99],
    [-99, 2],
  ])('slice(%i, %s) takes the rows that Array.prototype.slice takes', (start, end) => {
    const rows = [[0], [1], [2], [3]]
    expect(Tensor.from(rows).slice(start, end).toArray()).toEqual(rows.slice(start, end))
  })

  it('adds, subtracts and multiplies element by element, and by numbers', () => {
    expect(A.add(A).toArray()).toEqual(A.mul(2).toArray())
    expect(A.sub(1).row(0).toArray()).toEqual([0, 1, 2])
    expect(A.mul(A).row(1).toArray()).toEqual([16, 25, 36])
    expect(A.dot(A)).toBe(91)
    expect(A.sum()).toBe(21)
  })

  it('matmul is the matrix product, also with a vector', () => {
    expect(A.matmul(A.transpose()).toArray()).toEqual([
      [14, 32],
      [32, 77],
    ])
    expect(A.matmul(Tensor.from([1, 0, -1])).toArray()).toEqual([-2, -2])
  })

  it('transpose, column, diagonal and identity are what they say', () => {
    expect(A.transpose().toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
    expect(A.column(-1).toArray()).toEqual([3, 6])
    expect(Tensor.diagonal([2, 3]).toArray()).toEqual([
      [2, 0],
      [0, 3],
    ])
    expect(Tensor.identity(3).matmul(A.transpose()).equals(A.transpose())).toBe(true)
  })

  it('concat joins along an axis: W_hh h + W_ih x = [W_hh W_ih][h; x]', () => {
    const [B, h, x] = [Tensor.from([[7], [8]]), Tensor.from([1, -1, 2]), Tensor.from([3])]
    const joined = Tensor.concat([A, B], 1).matmul(Tensor.concat([h, x]))
    expect(joined.toArray()).toEqual(A.matmul(h).add(B.matmul(x)).toArray())
    expect(Tensor.concat([A, A.slice(1)]).shape).toEqual([3, 3])
  })

  it('norm is right where squares overflow and underflow', () => {
    expect(Tensor.from([3e200, 4e200]).norm() / 5e200).toBeCloseTo(1, 14)
    expect(Tensor.from([3e-200, 4e-200]).norm() / 5e-200).toBeCloseTo(1, 14)
    expect(Tensor.from([1, Number.NaN]).norm()).toBeNaN()
    expect(Tensor.zeros([3]).norm()).toBe(0)
  })

  it('maxAbsDifference and equals see a single different number', () => {
    const B = A.clone()
    B.set([1, 1], 5 - 2 ** -40)
    expect(B.maxAbsDifference(A)).toBe(2 ** -40)
    expect(B.equals(A)).toBe(false)
    expect(A.reshape([3, 2]).equals(A)).toBe(false)
    expect(A.clone().equals(A)).toBe(true)
  })
})

describe('Tensor names the shapes that do not fit:', () => {
  it.each<[string, () => unknown]>([
    ['RangeError: data has length 3, expected 4 for shape [2, 2]', () => new Tensor([1, 2, 3], [2, 2])],
    ['RangeError: expected a shape of whole numbers, got [1.5]', () => new Tensor([1], [1.5])],
    ['RangeError: cannot add [2, 3] and [3, 2]', () => A.add(A.transpose())],
    ['RangeError: cannot subtract [2, 3] and [3]', () => A.sub(A.row(0))],
    ['RangeError: cannot matmul [2, 3] by [2, 3]', () => A.matmul(A)],
    ['RangeError: cannot reshape [2, 3] to [4]', () => A.reshape([4])],
    ['RangeError: cannot join [2, 3] and [3, 2] along axis 0', () => Tensor.concat([A, A.transpose()])],
    ['RangeError: index 2 is outside axis 0 of shape [2, 3]', () => A.row(2)],
    ['RangeError: index -4 is outside axis 1 of shape [2, 3]', () => A.at(0, -4)],
    ['RangeError: expected 2 indices for shape [2, 3], got 1', () => A.at(0)],
    ['RangeError: transpose: this has shape [3], expected [n, m]', () => A.row(0).transpose()],
    ['RangeError: expected nested arrays of shape [2, 2], got ragged ones', () => Tensor.from([[1, 2], [3]])],
    [
      'RangeError: expected nested arrays of shape [3, 1], got ragged ones',
      () => Tensor.from([[1], [2, 3], []]),
    ],
    ["TypeError: unknown dtype: int8, expected 'float64' or 'float32'", () => A.astype('int8' as 'float32')],
  ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))
})
