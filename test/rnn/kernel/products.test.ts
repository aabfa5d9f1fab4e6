/** Products, sums and moves: the plain loops against the tensor's own arithmetic, WebAssembly against the plain loops. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tensor } from '../../../src/rnn/index.ts'
import { reference } from '../../../src/rnn/kernel/reference/reference.ts'
import { createSimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { always, gaussians } from '../support.ts'
import { expectSameBits, inside, onBlocks } from './blocks.ts'
import { matrixOperations, operations, performMatrix, performWeightGradients } from './operations.ts'

const simd = createSimdKernel()
const dtypes = ['float64', 'float32'] as const

describe('the plain loops agree with the arithmetic of Tensor:', () => {
  const size = fc.integer({ min: 1, max: 9 })
  const law = (check: (tensors: Record<'A' | 'B' | 'C' | 'b' | 'x', Tensor>) => void) =>
    always(
      fc.property(size, size, size, fc.nat(), (n, k, m, seed) =>
        check(gaussians(seed, { A: [n, k], B: [k, m], C: [n, m], b: [m], x: [n, k, m] })),
      ),
    )
  const near = (actual: Tensor, expected: Tensor) =>
    expect(actual.maxAbsDifference(expected)).toBeLessThan(1e-14)
  const after = (start: Tensor, operation: (data: Tensor['data']) => void) => {
    const result = start.clone()
    operation(result.data)
    return result
  }

  it('addAB, addABt and addAtB are C + A B, to 1e-14', () =>
    law(({ A, B, C }) => {
      const [n, k, m] = [...A.shape, B.shape[1]]
      const expected = C.add(A.matmul(B))
      near(
        after(C, c => reference.addAB(c, A.data, B.data, n, k, m)),
        expected,
      )
      near(
        after(C, c => reference.addABt(c, A.data, B.transpose().data, n, k, m)),
        expected,
      )
      near(
        after(C, c => reference.addAtB(c, A.transpose().data, B.data, n, k, m)),
        expected,
      )
    }))

  it('affine is b + A Bᵀ whatever was in C, addRowSums is b + the sum of rows, to 1e-14', () =>
    law(({ A, B, C, b }) => {
      const [n, k, m] = [...A.shape, B.shape[1]]
      const expected = Tensor.stack(
        A.matmul(B)
          .rows()
          .map(row => row.add(b)),
      )
      near(
        after(C, c => reference.affine(c, b.data, A.data, B.transpose().data, n, k, m)),
        expected,
      )
      near(
        after(b, sum => reference.addRowSums(sum, C.data, n, m)),
        b.add(C.sum(0)),
      )
    }))

  it('swapAxes is permute([1, 0, 2]), exactly', () =>
    law(({ x }) => {
      const [m, n, width] = x.shape
      const turned = x.permute([1, 0, 2])
      const result = after(turned.mul(0), to => reference.swapAxes(to, x.data, m, n, width))
      expect(result.equals(turned)).toBe(true)
    }))

  it.each([reference, simd])('copyRows of $name copies or adds just those columns', kernel => {
    const given = { to: [1, 2, 3, 4, 5, 6], from: [10, 20, 30, 40, 50, 60] }
    const copy = (adds?: boolean) =>
      inside(
        onBlocks(kernel, 'float64', given, ({ to, from }) => {
          const columns = { block: from.part(1, 5), stride: 3 }
          kernel.copyRows({ block: to.part(1, 5), stride: 3 }, columns, 2, 2, adds)
          return undefined
        }),
        'to',
      )
    expect([...copy()]).toEqual([1, 20, 30, 4, 50, 60])
    expect([...copy(true)]).toEqual([1, 22, 33, 4, 55, 66])
  })
})

describe('WebAssembly agrees with the plain loops to the last bit, and writes nothing beside:', () => {
  for (const { name, forAll } of operations.matrices)
    it.each(dtypes)(`${name}, %s`, dtype =>
      forAll(perform => expectSameBits(perform(simd, dtype), perform(reference, dtype))),
    )

  // Aᵀ B is summed over blocks of 128 rows and packed in blocks of 256 columns.
  const large: [keyof typeof matrixOperations, number, number, number][] = [
    ['addAtB', 5, 600, 300],
    ['addAtB', 7, 257, 255],
    ['addAtB', 1, 256, 513],
    ['addAtB', 130, 255, 3],
    ['addAB', 6, 600, 300],
    ['addABt', 3, 600, 300],
    ['affine', 9, 300, 257],
  ]
  for (const [name, n, k, m] of large)
    it.each(dtypes)(`${name} of n = ${n}, k = ${k}, m = ${m}, %s`, dtype => {
      for (const place of ['blocks', 'arrays'] as const) {
        const perform = performMatrix(matrixOperations[name], place, { n, k, m, seed: 1 })
        expectSameBits(perform(simd, dtype), perform(reference, dtype))
      }
    })

  // Whether rows of da are read where they stand depends on how far apart they are, and on whether they come in fours.
  const gradientSizes: [number, number, number, number, number, number][] = [
    [300, 64, 0, 0, 32, 16],
    [300, 64, 0, 16, 32, 16],
    [129, 60, 20, 16, 32, 20],
    [257, 96, 32, 16, 32, 32],
    [128, 66, 0, 3, 8, 66],
    [130, 300, 0, 0, 130, 140],
    [131, 264, 8, 1, 3, 264],
  ]
  for (const [k, n, own, gap, I, H] of gradientSizes)
    it.each(dtypes)(
      `weightGradients of k = ${k}, n = ${n} + ${own} + ${gap}, I = ${I}, H = ${H}, %s`,
      dtype => {
        const perform = performWeightGradients({ k, n, own, I, H, bias: true, gap, seed: 1 })
        expectSameBits(perform(simd, dtype), perform(reference, dtype))
      },
    )

  it('rowStride: rows of 4 to 16 cache lines, if the lines are even, get one more', () => {
    const float32 = [16, 48, 60, 64, 65, 80, 96, 256, 257, 272, 288, 2048]
    expect(float32.map(n => simd.rowStride(n, 'float32') - n)).toEqual([
      0, 0, 0, 16, 0, 0, 16, 16, 0, 0, 0, 0,
    ])
    const float64 = [24, 32, 40, 128, 144]
    expect(float64.map(n => simd.rowStride(n, 'float64') - n)).toEqual([0, 8, 0, 8, 0])
    expect(reference.rowStride(64, 'float32')).toBe(64)
  })

  it('numbers that are not finite, or no numbers, come out the same', () => {
    const special = [0, -0, Infinity, -Infinity, NaN, 1e308, 5e-324, -1]
    const given = {
      C: Array.from({ length: 64 }, (_, i) => special[(i * 3) % 8]),
      A: Array.from({ length: 64 }, (_, i) => special[(i + (i >> 3)) % 8]),
      B: Array.from({ length: 64 }, (_, i) => special[(i * 5 + (i >> 3)) % 8]),
    }
    for (const dtype of dtypes)
      for (const name of ['addAB', 'addABt', 'addAtB'] as const)
        for (const n of [1, 4, 7]) {
          const [withSimd, inLoops] = [simd, reference].map(kernel =>
            onBlocks(kernel, dtype, given, ({ C, A, B }) => {
              kernel[name](C, A, B, n, 8, 8)
              return undefined
            }),
          )
          expectSameBits(withSimd, inLoops)
        }
  })
})
