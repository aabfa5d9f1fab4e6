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
  gatesOf,
  operations,
  performBackward,
  performForward,
  wholeSequences,
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

const sizes = wholeSequences

/** The arrays with one number replaced. */
function withNumber(numbers: ArrayLike<number>, at: number, x: number): number[] {
  return Array.from(numbers).with(at, x)
}

/** Where number j of sequence b at this step or slot stands, of `width` per sequence. */
const place = (step: number, b: number, j: number, width: number) => (step * sizes.B + b) * width + j

describe.each(kernels)('$name reports the first step with a number that is not finite:', kernel => {
  const bad = [Number.NaN, Infinity, -Infinity]

  const { B, H, I } = sizes

  /** The steps reported in both dtypes, with such a number in the input of each of these steps. */
  function reportedForward(cell: CellName, steps: readonly number[], number: number, more = {}) {
    let { x } = forwardArrays(cell, sizes)
    for (const step of steps) x = withNumber(x, place(step, step % B, I - 1, I), number)
    return dtypes.map(dtype => performForward(cell, { ...sizes, ...more }, { x })(kernel, dtype).returned)
  }

  it.each(cellNames)('%s forward, in the order in which it takes the steps', cell => {
    expect(reportedForward(cell, [], 0)).toEqual([-1, -1])
    for (const number of bad) {
      for (const step of [0, 2, 4]) expect(reportedForward(cell, [step], number)).toEqual([step, step])
      expect(reportedForward(cell, [3, 1], number)).toEqual([1, 1])
      expect(reportedForward(cell, [3, 1], number, { reverse: true })).toEqual([3, 3])
    }
  })

  /** Cells, with so few sequences that they go other ways. */
  const few = cellNames.flatMap(cell => [1, 2].map(sequences => [cell, sequences] as const))

  it.each(few)('%s forward of few sequences: %i', (cell, B) => {
    const reported = (T: number, steps: readonly number[], reverse: boolean) => {
      const small = { ...sizes, B, T, reverse }
      let { x } = forwardArrays(cell, small)
      for (const step of steps) x = withNumber(x, step * B * I + 1, Number.NaN)
      return dtypes.map(dtype => performForward(cell, small, { x })(kernel, dtype).returned)
    }
    expect(reported(1, [0], false)).toEqual([0, 0])
    expect(reported(5, [3, 1], false)).toEqual([1, 1])
    expect(reported(5, [3, 1], true)).toEqual([3, 3])
    expect(reported(5, [], true)).toEqual([-1, -1])
  })

  it.each(few)('%s backward of few sequences: %i', (cell, B) => {
    const reported = (slots: readonly number[], reverse: boolean) => {
      const small = { ...sizes, B, reverse }
      const given = backwardArrays(cell, small)
      let { dh } = given
      for (const slot of slots) dh = withNumber(dh, slot * B * H, Infinity)
      const h = Array.from(given.h, x => Math.min(0.9, Math.abs(x) + 0.01))
      return dtypes.map(dtype => performBackward(cell, small, { dh, h })(kernel, dtype).returned)
    }
    expect(reported([], false)).toEqual([-1, -1])
    for (const slot of [1, 2, 5]) expect(reported([slot], false)).toEqual([slot - 1, slot - 1])
    expect(reported([2, 4], false)).toEqual([3, 3])
    expect(reported([0, 2], true)).toEqual([0, 0])
  })

  it.each(cellNames)('%s forward, one that overflows in any gate at any place of a vector', cell => {
    const { x, W_ih } = forwardArrays(cell, sizes)
    const rows = gatesOf[cell] * H
    for (let j = 0; j < rows; j++)
      for (const [dtype, large] of [
        ['float64', 1e308],
        ['float32', 1e38],
      ] as const) {
        const given = {
          x: withNumber(x, place(2, 5, 0, I), large),
          W_ih: Array.from(W_ih, (w, i) => (i % I > 0 ? w : i === j * I ? 10 : 0)),
        }
        expect(performForward(cell, sizes, given)(kernel, dtype).returned).toBe(2)
      }
  })

  it.each(cellNames)('%s forward, from a first state that is NaN', cell => {
    const { h } = forwardArrays(cell, sizes)
    const start = (slot: number) => withNumber(h, place(slot, 1, 2, H), Number.NaN)
    for (const dtype of dtypes) {
      expect(performForward(cell, sizes, { h: start(0) })(kernel, dtype).returned).toBe(0)
      const reverse = { ...sizes, reverse: true }
      expect(performForward(cell, reverse, { h: start(sizes.T) })(kernel, dtype).returned).toBe(sizes.T - 1)
    }
  })

  it.each(cellNames)('%s backward, the last step first, and in reverse the first', cell => {
    const { dh } = backwardArrays(cell, sizes)
    // All states are above 0, so that relu lets the gradient through.
    const h = Array.from(backwardArrays(cell, sizes).h, x => Math.min(0.9, Math.abs(x) + 0.01))
    const reported = (slots: readonly number[], x: number, reverse: boolean) =>
      dtypes.map(dtype => {
        let given = dh
        for (const slot of slots) given = withNumber(given, place(slot, slot, H - 1, H), x)
        return performBackward(cell, { ...sizes, reverse }, { dh: given, h })(kernel, dtype).returned
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
    const dc = withNumber(backwardArrays('lstm', sizes).dc, place(3, 2, 6, H), Infinity)
    for (const dtype of dtypes) expect(performBackward('lstm', sizes, { dc })(kernel, dtype).returned).toBe(2)
  })

  it.each([
    ['tanh', 1],
    ['relu', 0],
  ] as const)('%s backward, an infinite gradient even where the slope is 0', (cell, state) => {
    const h = Array.from(backwardArrays(cell, sizes).h, () => state)
    const dh = withNumber(backwardArrays(cell, sizes).dh, place(3, 2, 6, H), Infinity)
    for (const dtype of dtypes)
      expect(performBackward(cell, sizes, { h, dh })(kernel, dtype).returned).toBe(2)
  })

  it('a state that grows until it overflows', () => {
    const { h, x, b_ih, b_hh, W_hh } = forwardArrays('relu', sizes)
    const given = {
      h: Array.from(h, () => 1),
      x: Array.from(x, () => 0),
      b_ih: Array.from(b_ih, () => 0),
      b_hh: Array.from(b_hh, () => 0),
      // 1 → 7 · 1e125 → 5e251 → infinity
      W_hh: Array.from(W_hh, () => 1e125),
    }
    expect(performForward('relu', sizes, given)(kernel, 'float64').returned).toBe(2)
  })
})

describe.each(kernels)('$name flushes what is too small to matter to 0:', kernel => {
  it.each(dtypes)('gradients that vanish over 200 steps end in 0, never in a denormal number, %s', dtype => {
    const tiny = tiniest[dtype]
    for (const cell of cellNames) {
      const long = { ...sizes, T: 200, B: 2, H: 3 }
      const { W_hh, dh, dc, h, gates } = backwardArrays(cell, long)
      const last = (d: ArrayLike<number>) => Array.from(d, (x, i) => (i < d.length - 6 ? 0 : x))
      const given = {
        W_hh: Array.from(W_hh, x => x * 1e-6),
        dh: last(dh),
        h: Array.from(h, Math.abs),
        ...(dc ? { dc: last(dc) } : {}),
        // Gates near 0 let nothing through either.
        ...(gates ? { gates: Array.from(gates, () => 1e-6) } : {}),
      }
      const outcome = performBackward(cell, long, given)(kernel, dtype)
      const da = inside(outcome, 'da')
      expect(outcome.returned).toBe(-1)
      expect(da.some(x => x !== 0)).toBe(true)
      expect(da.slice(0, da.length / 2).every(x => Object.is(x, 0) || Object.is(x, -0))).toBe(true)
      expect(da.filter(x => x !== 0 && Math.abs(x) < tiny)).toHaveLength(0)
    }
  })

  it.each(dtypes)('states of lstm and gru that decay, %s', dtype => {
    const one = { ...sizes, T: 1, B: 1, H: 2, I: 1 }
    const tiny = tiniest[dtype]
    const zeros = (n: number) => Array<number>(n).fill(0)
    const states = [tiny, 4 * tiny, 7, 7]
    const weights = (G: number) => ({ x: [0], W_ih: zeros(2 * G), W_hh: zeros(4 * G) })
    // c = f c' + i g, with f = ½ and i = 0; h = z h' + (1 - z) n, with z = ½ and n = 0
    const lstm = { ...weights(4), b_ih: [-40, -40, ...zeros(6)], b_hh: zeros(8), c: states }
    const gru = { ...weights(3), b_ih: zeros(6), b_hh: zeros(6), h: states }
    const results = [
      inside(performForward('lstm', one, lstm)(kernel, dtype), 'c'),
      inside(performForward('gru', one, gru)(kernel, dtype), 'h'),
    ]
    for (const result of results) {
      expect(result[2]).toBe(0)
      expect(result[3]).toBeGreaterThan(tiny)
    }
  })
})

describe('special numbers come out of both the same, to the last bit:', () => {
  const special = [0, -0, 1e-300, -1e-300, 1e-290, 5e-324, 1, -1, 40, -40, 800, -800, 1e308]

  // Weights of -0 and inputs above 0: every pre-activation is its b_ih, -0 too.
  it.each(cellNames)('%s forward', cell => {
    const few = { ...sizes, B: 2 }
    for (const drawn of [sizes, few]) {
      const { x, W_ih, W_hh, b_ih, b_hh, h } = forwardArrays(cell, drawn)
      const perform = performForward(cell, drawn, {
        x: Array.from(x, Math.abs),
        h: Array.from(h, (_, i) => special[(i * 3) % special.length]),
        W_ih: Array.from(W_ih, () => -0),
        W_hh: Array.from(W_hh, () => -0),
        b_ih: Array.from(b_ih, (_, i) => special[i % special.length]),
        b_hh: Array.from(b_hh, () => -0),
      })
      expectSameBits(perform(simd, 'float64'), perform(reference, 'float64'))
    }
  })

  it.each(cellNames)('%s backward', cell => {
    const arrays = backwardArrays(cell, sizes)
    const dh = Array.from(arrays.dh, (_, i) => special[i % 12])
    const h = Array.from(arrays.h, (_, i) => [0, -0, 1, -1, 0.5][i % 5])
    const gates = Array.from(arrays.gates ?? [], (_, i) => [0, 1, 0.5, 1e-300][i % 4])
    const perform = performBackward(cell, sizes, { dh, h, ...(arrays.gates ? { gates } : {}) })
    expectSameBits(perform(simd, 'float64'), perform(reference, 'float64'))
  })
})
