/** Recurrences: WebAssembly against the plain loops, which `test/rnn/net` holds to PyTorch and to central differences. */
import { describe, expect, it } from 'vitest'
import { tiniest } from '../../../src/rnn/kernel/activation.ts'
import { reference } from '../../../src/rnn/kernel/reference/reference.ts'
import { createSimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { expectNear, expectSameBits, inside } from './blocks.ts'
import {
  backwardArrays,
  type CellName,
  cellNames,
  forwardArrays,
  operations,
  performBackward,
  performForward,
  type SequenceSizes,
} from './operations.ts'

const simd = createSimdKernel()
const kernels = [reference, simd]
const dtypes = ['float64', 'float32'] as const

describe('WebAssembly agrees with the plain loops, and writes nothing beside:', () => {
  for (const { name, forAll } of operations.recurrences) {
    it(`${name} in float64, to the last bit`, () =>
      forAll(perform => expectSameBits(perform(simd, 'float64'), perform(reference, 'float64'))))

    it(`${name} in float32, to 1e-6`, () =>
      forAll(perform => expectNear(perform(simd, 'float32'), perform(reference, 'float32'), 1e-6)))
  }
})

const sizes: SequenceSizes = { T: 5, B: 6, H: 7, reverse: false, isRagged: false, truncate: 0, seed: 1 }
const gatesOf = { tanh: 1, relu: 1, lstm: 4, gru: 3 } as const

/** The arrays with one number replaced. */
function withNumber(numbers: ArrayLike<number>, at: number, x: number): number[] {
  return Array.from(numbers).with(at, x)
}

/** Where number j of sequence b at this step or slot stands, of `width` per sequence. */
const place = (step: number, b: number, j: number, width: number) => (step * sizes.B + b) * width + j

describe.each(kernels)('$name reports the first step with a number that is not finite:', kernel => {
  const bad = [Number.NaN, Infinity, -Infinity]

  /** The step reported, with x among the pre-activations of each of these steps. */
  function reportedForward(cell: CellName, steps: readonly number[], x: number, reverse: boolean) {
    const width = gatesOf[cell] * sizes.H
    return dtypes.map(dtype => {
      let { gates } = forwardArrays(cell, sizes)
      for (const step of steps) gates = withNumber(gates, place(step, step % sizes.B, width - 1, width), x)
      return performForward(cell, { ...sizes, reverse }, { gates })(kernel, dtype).step
    })
  }

  it.each(cellNames)('%s forward, in the order in which it takes the steps', cell => {
    expect(reportedForward(cell, [], 0, false)).toEqual([-1, -1])
    for (const x of bad) {
      for (const step of [0, 2, 4]) expect(reportedForward(cell, [step], x, false)).toEqual([step, step])
      expect(reportedForward(cell, [3, 1], x, false)).toEqual([1, 1])
      expect(reportedForward(cell, [3, 1], x, true)).toEqual([3, 3])
    }
  })

  it.each(cellNames)('%s forward, each gate and each place of a vector', cell => {
    const width = gatesOf[cell] * sizes.H
    for (let j = 0; j < width; j++) {
      const gates = withNumber(forwardArrays(cell, sizes).gates, place(2, 5, j, width), Number.NaN)
      for (const dtype of dtypes) expect(performForward(cell, sizes, { gates })(kernel, dtype).step).toBe(2)
    }
  })

  it.each(cellNames)('%s forward, from a first state that is NaN', cell => {
    const { h } = forwardArrays(cell, sizes)
    const start = (slot: number) => withNumber(h, place(slot, 1, 2, sizes.H), Number.NaN)
    for (const dtype of dtypes) {
      expect(performForward(cell, sizes, { h: start(0) })(kernel, dtype).step).toBe(0)
      const reverse = { ...sizes, reverse: true }
      expect(performForward(cell, reverse, { h: start(sizes.T) })(kernel, dtype).step).toBe(sizes.T - 1)
    }
  })

  it.each(cellNames)('%s backward, the last step first, and in reverse the first', cell => {
    const { dh } = backwardArrays(cell, sizes)
    // All states are above 0, so that relu lets the gradient through.
    const h = Array.from(backwardArrays(cell, sizes).h, x => Math.min(0.9, Math.abs(x) + 0.01))
    const reported = (slots: readonly number[], x: number, reverse: boolean) =>
      dtypes.map(dtype => {
        let given = dh
        for (const slot of slots) given = withNumber(given, place(slot, slot, sizes.H - 1, sizes.H), x)
        return performBackward(cell, { ...sizes, reverse }, { dh: given, h })(kernel, dtype).step
      })
    expect(reported([], 0, false)).toEqual([-1, -1])
    for (const x of bad) {
      // Step s writes slot s + 1 forwards, and slot s in reverse.
      for (const slot of [1, 3, 5]) expect(reported([slot], x, false)).toEqual([slot - 1, slot - 1])
      expect(reported([2, 4], x, false)).toEqual([3, 3])
      expect(reported([2, 4], x, true)).toEqual([2, 2])
    }
  })

  it('lstm backward, a gradient of c', () => {
    const dc = withNumber(backwardArrays('lstm', sizes).dc, place(3, 2, 6, sizes.H), Infinity)
    for (const dtype of dtypes) expect(performBackward('lstm', sizes, { dc })(kernel, dtype).step).toBe(2)
  })

  it('tanh backward, an infinite gradient even where the slope is 0', () => {
    const h = Array.from(backwardArrays('tanh', sizes).h, () => 1)
    const dh = withNumber(backwardArrays('tanh', sizes).dh, place(3, 2, 6, sizes.H), Infinity)
    for (const dtype of dtypes) expect(performBackward('tanh', sizes, { h, dh })(kernel, dtype).step).toBe(2)
  })

  it('a sum that overflows', () => {
    const W_hh = forwardArrays('relu', sizes).W_hh
    const given = {
      h: Array.from(forwardArrays('relu', sizes).h, () => 1),
      gates: Array.from(forwardArrays('relu', sizes).gates, () => 0),
      // 1 → 7 · 1e125 → 5e251 → infinity
      W_hh: Array.from(W_hh, () => 1e125),
    }
    expect(performForward('relu', sizes, given)(kernel, 'float64').step).toBe(2)
  })
})

describe.each(kernels)('$name flushes what is too small to matter to 0:', kernel => {
  it.each(dtypes)('gradients that vanish over 200 steps end in 0, never in a denormal number, %s', dtype => {
    const tiny = tiniest[dtype]
    for (const cell of cellNames) {
      const long = { ...sizes, T: 200, B: 2, H: 3 }
      const { W_hh, dh, dc, h } = backwardArrays(cell, long)
      const last = (d: ArrayLike<number>) => Array.from(d, (x, i) => (i < d.length - 6 ? 0 : x))
      const given = {
        W_hh: Array.from(W_hh, x => x * 1e-6),
        dh: last(dh),
        h: Array.from(h, Math.abs),
        ...(dc ? { dc: last(dc) } : {}),
        // Gates near 0 let nothing through either.
        ...(cell === 'lstm' || cell === 'gru'
          ? { gates: Array.from(backwardArrays(cell, long).gates, () => 1e-6) }
          : {}),
      }
      const outcome = performBackward(cell, long, given)(kernel, dtype)
      const da = inside(outcome, 'da')
      expect(outcome.step).toBe(-1)
      expect(da.some(x => x !== 0)).toBe(true)
      expect(da.slice(0, da.length / 2).every(x => Object.is(x, 0) || Object.is(x, -0))).toBe(true)
      expect(da.filter(x => x !== 0 && Math.abs(x) < tiny)).toHaveLength(0)
    }
  })

  it.each(dtypes)('states of lstm and gru that decay, %s', dtype => {
    const one = { ...sizes, T: 1, B: 1, H: 2 }
    const closed = -40
    // c = f c' + i g, with i = 0; h = z h' + (1 - z) n, with n = 0
    const tiny = tiniest[dtype]
    const states = [0, 0, 0, 0]
    const lstm = {
      gates: [closed, closed, 0, 0, 0, 0, 0, 0],
      W_hh: Array<number>(16).fill(0),
      c: [tiny, 4 * tiny, 7, 7],
      h: states,
    }
    const { arrays } = performForward('lstm', one, lstm)(kernel, dtype)
    const c = inside({ arrays, step: -1 }, 'c')
    expect(c[2]).toBe(0)
    expect(c[3]).toBeGreaterThan(tiny)
    const gru = {
      gates: Array<number>(6).fill(0),
      W_hh: Array<number>(12).fill(0),
      b_hn: [0, 0],
      h: [tiny, 4 * tiny, 7, 7],
    }
    const h = inside(performForward('gru', one, gru)(kernel, dtype), 'h')
    expect(h[2]).toBe(0)
    expect(h[3]).toBeGreaterThan(tiny)
  })
})

describe('special numbers come out of both the same, to the last bit:', () => {
  const special = [0, -0, 1e-300, -1e-300, 1e-290, 5e-324, 1, -1, 40, -40, 800, -800, 1e308]

  it.each(cellNames)('%s forward', cell => {
    const gates = Array.from(forwardArrays(cell, sizes).gates, (_, i) => special[i % special.length])
    const W_hh = Array.from(forwardArrays(cell, sizes).W_hh, () => -0)
    const perform = performForward(cell, sizes, { gates, W_hh })
    expectSameBits(perform(simd, 'float64'), perform(reference, 'float64'))
  })

  it.each(cellNames)('%s backward', cell => {
    const arrays = backwardArrays(cell, sizes)
    const dh = Array.from(arrays.dh, (_, i) => special[i % 12])
    const h = Array.from(arrays.h, (_, i) => [0, -0, 1, -1, 0.5][i % 5])
    const gates = Array.from(arrays.gates, (_, i) => [0, 1, 0.5, 1e-300][i % 4])
    const perform = performBackward(cell, sizes, { dh, h, ...(gatesOf[cell] > 1 ? { gates } : {}) })
    expectSameBits(perform(simd, 'float64'), perform(reference, 'float64'))
  })
})
