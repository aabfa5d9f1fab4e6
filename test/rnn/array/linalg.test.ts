import { describe, expect, it } from 'vitest'
import { addOuter, addTo, largestSingularValue, Random, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

describe('largestSingularValue', () => {
  it.each([1, 2, 3])('finds σ_max = 3 of U diag(3, 2, …) Vᵀ to 1e-12, seed %i', seed => {
    const random = new Random(seed)
    const A = random
      .orthogonal(6, 4)
      .matmul(Tensor.diagonal([0.5, 3, 2, 0]))
      .matmul(random.orthogonal(4))
    expect(Math.abs(largestSingularValue(A) - 3)).toBeLessThan(1e-12)
    expect(Math.abs(largestSingularValue(A.transpose()) - 3)).toBeLessThan(1e-12)
  })

  it('is the gain of a scaled orthogonal matrix, and 0 of zeros', () => {
    expect(Math.abs(largestSingularValue(new Random(1).orthogonal(32).mul(1.1)) - 1.1)).toBeLessThan(1e-13)
    expect(largestSingularValue(Tensor.zeros([3, 2]))).toBe(0)
  })

  it('is not the spectral radius: a nilpotent matrix has all eigenvalues 0 and σ_max = 5', () => {
    expect(
      Math.abs(
        largestSingularValue(
          Tensor.from([
            [0, 5],
            [0, 0],
          ]),
        ) - 5,
      ),
    ).toBeLessThan(1e-14)
  })

  it('refuses what is not finite', () => {
    expect(complaintOf(() => largestSingularValue(Tensor.from([[Number.NaN]])))).toBe(
      'RangeError: A has a value that is not finite: NaN',
    )
  })
})

describe('addTo and addOuter change their first argument', () => {
  it('by B, and by u vᵀ', () => {
    const A = Tensor.zeros([2, 3])
    addOuter(A, Tensor.from([1, 2]), Tensor.from([3, 4, 5]))
    addTo(
      A,
      Tensor.from([
        [1, 1, 1],
        [0, 0, 0],
      ]),
    )
    expect(A.toArray()).toEqual([
      [4, 5, 6],
      [6, 8, 10],
    ])
  })

  it('and refuse shapes that do not fit', () => {
    const A = Tensor.zeros([2, 3])
    expect(complaintOf(() => addTo(A, Tensor.zeros([3])))).toBe('RangeError: cannot add [3] to [2, 3]')
    expect(complaintOf(() => addOuter(A, Tensor.zeros([3]), Tensor.zeros([2])))).toBe(
      'RangeError: A has shape [2, 3], expected [n = 3, m = 2]',
    )
  })
})
