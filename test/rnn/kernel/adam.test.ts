/** Adam's step: the formula by hand, WebAssembly against the plain loop, and numbers too small to matter. */
import { describe, expect, it } from 'vitest'
import type { AdamStep } from '../../../src/rnn/kernel/interface.ts'
import { reference } from '../../../src/rnn/kernel/reference/reference.ts'
import { createSimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { expectNear, expectSameBits } from './blocks.ts'
import { operations } from './operations.ts'

const simd = createSimdKernel()
const plain: AdamStep = { beta1: 0.5, beta2: 0.75, rate: 2, root: 1, eps: 0, shrink: 1, pull: 0 }

describe('WebAssembly agrees with the plain loop, and writes nothing beside:', () => {
  it('adam in float64, to the last bit', () =>
    operations.adam.forAll(perform =>
      expectSameBits(perform(simd, 'float64'), perform(reference, 'float64')),
    ))

  it('adam in float32, to 1e-6', () =>
    operations.adam.forAll(perform =>
      expectNear(perform(simd, 'float32'), perform(reference, 'float32'), 1e-6),
    ))

  it('numbers that are not finite come out the same', () => {
    const special = [Infinity, -Infinity, Number.NaN, 0, -0, 1e308, 5e-324]
    const results = [simd, reference].map(kernel => {
      const [values, grads, m, v] = [0, 1, 2, 3].map(k =>
        Float64Array.from({ length: 49 }, (_, i) => special[(i + k * (i % 7)) % 7]),
      )
      kernel.adam(values, grads, m, v.map(Math.abs), { ...plain, eps: 1e-8 })
      return [...values, ...m]
    })
    expect(results[0]).toEqual(results[1])
  })
})

describe.each([reference, simd])('adam of $name', kernel => {
  const after = (
    step: Partial<AdamStep>,
    { value = 3, grad = 4, mean = 2, square = 20 } = {},
    Type: Float64ArrayConstructor | Float32ArrayConstructor = Float64Array,
  ) => {
    const [values, grads, m, v] = [value, grad, mean, square].map(x => Type.of(x))
    kernel.adam(values, grads, m, v, { ...plain, ...step })
    return { value: values[0], mean: m[0], square: v[0], grad: grads[0] }
  }

  it('is the formula, by hand', () => {
    // g = 4: m = ½ · 2 + ½ · 4 = 3, v = ¾ · 20 + ¼ · 16 = 19
    expect(after({})).toEqual({ value: 3 - (2 * 3) / Math.sqrt(19), mean: 3, square: 19, grad: 4 })
    // v = ¾ · 16 + ¼ · 16 = 16: θ = ¾ · 3 - 2 · 3 / (2 · 4 + 4)
    expect(after({ root: 2, eps: 4, shrink: 0.75 }, { square: 16 }).value).toBe(1.75)
    // g = 4 + 2 · 3 = 10: m = ½ · 2 + ½ · 10 = 6, v = ¾ · 20 + ¼ · 100 = 40
    expect(after({ pull: 2 })).toEqual({ value: 3 - 12 / Math.sqrt(40), mean: 6, square: 40, grad: 4 })
  })

  it('flushes means that have died away to 0, in both dtypes, but no NaN', () => {
    const dying = { grad: 0, mean: 1.5e-290, square: 1.2e-290 }
    expect(after({ eps: 1 }, dying)).toEqual({ value: 3, mean: 0, square: 0, grad: 0 })
    const dying32 = { grad: 0, mean: 1.5e-30, square: 1.2e-30 }
    expect(after({ eps: 1 }, dying32, Float32Array)).toEqual({ value: 3, mean: 0, square: 0, grad: 0 })
    const kept = after({ eps: 1 }, { grad: 0, mean: 3e-30, square: 3e-30 }, Float32Array)
    expect(kept.mean).toBeCloseTo(1.5e-30, 35)
    expect(kept.square).toBeCloseTo(2.25e-30, 35)
    expect(after({}, { grad: Number.NaN })).toEqual({
      value: Number.NaN,
      mean: Number.NaN,
      square: Number.NaN,
      grad: Number.NaN,
    })
  })
})
