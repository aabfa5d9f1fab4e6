/** Copies between memory that threads share and other memory, which take another way than copies between arrays. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { copyNumbers } from '../../../src/rnn/array/copy.ts'
import { always } from '../support.ts'

/** Typed arrays do not care whether their memory is shared, but their types do. */
const kinds = { plain: ArrayBuffer, shared: SharedArrayBuffer as unknown as typeof ArrayBuffer } as const
const kind = fc.constantFrom('plain', 'shared')

it('copies all numbers and no others, whatever the kinds of memory, the dtype and the size', () => {
  const n = fc.oneof(fc.constantFrom(2047, 2048, 2049), fc.integer({ min: 0, max: 5000 }))
  const offset = fc.integer({ min: 0, max: 3 })
  const cases = fc.record({
    n,
    to: kind,
    from: kind,
    before: offset,
    beforeFrom: offset,
    isFloat32: fc.boolean(),
  })
  always(
    fc.property(cases, ({ n, to, from, before, beforeFrom, isFloat32 }) => {
      const Type = isFloat32 ? Float32Array : Float64Array
      const size = Type.BYTES_PER_ELEMENT
      const source = new Type(new kinds[from]((beforeFrom + n) * size), beforeFrom * size, n)
      for (let i = 0; i < n; i++) source[i] = Math.sin(i) + 2
      const all = new Type(new kinds[to]((before + n + 2) * size))
      for (let round = 0; round < 2; round++) {
        all.fill(-1)
        copyNumbers(all.subarray(before, before + n), source)
        const expected = [...Array(before).fill(-1), ...source, -1, -1]
        expect(Array.from(all)).toEqual(expected)
      }
    }),
  )
})

it('sees what changed in an array that was copied before', () => {
  const shared = new Float32Array(new kinds.shared(16_384))
  const source = new Float32Array(4096)
  const back = new Float32Array(4096)
  for (const value of [1, Number.NaN, -0]) {
    source.fill(value)
    copyNumbers(shared, source)
    copyNumbers(back, shared)
    expect(back.every(x => Object.is(x, value))).toBe(true)
  }
})
