import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  linearRecurrence,
  linearRecurrenceBackward,
  numericGradient,
  Random,
  type RecurrenceOptions,
  relativeError,
  type ScanMode,
  scanDepth,
  Tensor,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussian, gaussians } from '../support.ts'

const modes = ['loop', 'scan'] as const
const lengths = Array.from({ length: 70 }, (_, i) => i + 1)

/** Forgets, flips, keeps, shrinks, grows: what a factor can do. */
const factors = [0, -1, 1, 0.5, -0.9, 1.4, -1.7]

const recurrences = fc
  .record({
    T: fc.integer({ min: 1, max: 70 }),
    B: fc.integer({ min: 1, max: 3 }),
    H: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  })
  .map(({ T, B, H, seed }) => {
    const random = new Random(seed)
    const a = Tensor.generate([T, B, H], () =>
      random.uniform() < 0.5 ? factors[random.integer(factors.length)] : random.uniform(-1.5, 1.5),
    )
    const draw = (...shape: number[]) => gaussian(random, shape)
    return { T, B, H, seed, a, b: draw(T, B, H), h0: draw(B, H), dStates: draw(T + 1, B, H) }
  })

const statesOf = (a: Tensor, b: Tensor, options: RecurrenceOptions) => linearRecurrence(a, b, options).states
const absolute = (x: Tensor) => x.map(Math.abs)

/** Every number within 1e-13 of the sum of magnitudes that it is made of: no cancellation excuses more. */
function expectNear(found: Tensor, expected: Tensor, magnitudes: Tensor): void {
  expect(found.shape).toEqual(expected.shape)
  const worst = found
    .sub(expected)
    .map((error, k) => Math.abs(error) / (magnitudes.data[k] || 1))
    .maxAbs()
  expect(worst).toBeLessThan(1e-13)
}

describe('linearRecurrence', () => {
  it.each(modes)('in the %s is h_t = a_t h_{t-1} + b_t, exactly, on numbers worked out by hand', mode => {
    const a = Tensor.from([
      [2, 0],
      [-1, 3],
      [0.5, 1],
    ])
    const b = Tensor.from([
      [1, 5],
      [4, 0],
      [1, -7],
    ])
    const h0 = Tensor.from([3, 100])
    const states = [
      [3, 100],
      [7, 5],
      [-3, 15],
      [-0.5, 8],
    ]
    expect(statesOf(a, b, { h0, mode }).toArray()).toEqual(states)
    expect(statesOf(a, b, { mode }).row(1).toArray()).toEqual([1, 5])
  })

  it('in the scan is that of the loop for every T from 1 to 70, to the last bit, over whole numbers', () => {
    for (const T of lengths) {
      const random = new Random(T)
      // Factors of size at most 1, save for 20 twos: no product or sum here is rounded.
      const a = Tensor.generate([T, 2, 3], k => (k % 18 === 0 ? 2 : random.integer(3) - 1))
      const b = Tensor.generate([T, 2, 3], () => random.integer(19) - 9)
      const h0 = Tensor.generate([2, 3], () => random.integer(19) - 9)
      const loop = statesOf(a, b, { h0, mode: 'loop' })
      expect(statesOf(a, b, { h0, mode: 'scan' }).equals(loop), `T = ${T}`).toBe(true)
      expect(loop.row(0).equals(h0)).toBe(true)
    }
  })

  it('in the scan is that of the loop to 1e-13 of the magnitudes, factors 0, negative and above 1 included', () => {
    always(
      fc.property(recurrences, ({ a, b, h0 }) => {
        const magnitudes = statesOf(absolute(a), absolute(b), { h0: absolute(h0) })
        expectNear(statesOf(a, b, { h0, mode: 'scan' }), statesOf(a, b, { h0, mode: 'loop' }), magnitudes)
      }),
      200,
    )
  })

  it.each(modes)(
    'in the %s is linear in (b, h0): α and β times two of them give α and β times the states',
    mode => {
      const number = fc.integer({ min: -30, max: 30 }).map(n => n / 10)
      always(
        fc.property(recurrences, number, number, ({ a, b, h0, seed }, alpha, beta) => {
          const other = gaussians(seed + 1, { b: b.shape, h0: h0.shape })
          const mix = (p: Tensor, q: Tensor) => p.mul(alpha).add(q.mul(beta))
          const mixed = statesOf(a, mix(b, other.b), { h0: mix(h0, other.h0), mode })
          const apart = mix(statesOf(a, b, { h0, mode }), statesOf(a, other.b, { h0: other.h0, mode }))
          const size = (p: Tensor, q: Tensor) =>
            absolute(p)
              .mul(Math.abs(alpha))
              .add(absolute(q).mul(Math.abs(beta)))
          const magnitudes = statesOf(absolute(a), size(b, other.b), { h0: size(h0, other.h0) })
          expectNear(mixed, apart, magnitudes)
        }),
      )
    },
  )

  it.each(modes)('in the %s goes on from the state in which a first part ended, to 1e-13', mode => {
    always(
      fc.property(recurrences, fc.nat(), ({ T, a, b, h0 }, n) => {
        const cut = n % (T + 1)
        const first = statesOf(a.slice(0, cut), b.slice(0, cut), { h0, mode })
        const second = statesOf(a.slice(cut), b.slice(cut), { h0: first.row(-1), mode })
        const magnitudes = statesOf(absolute(a), absolute(b), { h0: absolute(h0) })
        expectNear(Tensor.concat([first, second.slice(1)]), statesOf(a, b, { h0, mode }), magnitudes)
      }),
    )
  })

  it.each(modes)(
    'in the %s keeps sequences and units apart: any order of them gives the same, exactly',
    mode => {
      always(
        fc.property(recurrences, ({ a, b, h0, T, B, H, seed }) => {
          const order = new Random(seed).permutation(B * H)
          const permute = (x: Tensor) =>
            x.map((_, k) => x.data[k - (k % order.length) + order[k % order.length]])
          const plain = statesOf(a, b, { h0, mode })
          expect(statesOf(permute(a), permute(b), { h0: permute(h0), mode }).equals(permute(plain))).toBe(
            true,
          )
          const flat = statesOf(a.reshape([T, B * H]), b.reshape([T, B * H]), {
            h0: h0.reshape([B * H]),
            mode,
          })
          expect([...flat.data]).toEqual([...plain.data])
        }),
      )
    },
  )

  it('joins pairs, then fours, in the scan, and one by one in the loop: what is rounded away tells the two apart', () => {
    const large = 2 ** 53 // 1 is too little to change it, 2 is not
    const [ones, h0] = [Tensor.full([7], 1), Tensor.from(large)]
    const gained = (mode: ScanMode) => statesOf(ones, ones, { h0, mode }).sub(large).toArray()
    expect(gained('loop')).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
    expect(gained('scan')).toEqual([0, 0, 2, 2, 4, 4, 6, 6])
  })

  it('leaves a, b and h0 as they were, and shares no numbers with them', () => {
    const { a, b, h0 } = gaussians(1, { a: [5, 2], b: [5, 2], h0: [2] })
    const before = [a, b, h0].map(x => x.clone())
    for (const mode of modes) {
      const { states } = linearRecurrence(a, b, { h0, mode })
      linearRecurrenceBackward(a, states, states, { mode })
      states.data.fill(9)
    }
    for (const [i, x] of [a, b, h0].entries()) expect(x.equals(before[i])).toBe(true)
  })

  it('in float32 is within 1e-5 of float64, in both modes', () => {
    const { a, b, h0 } = gaussians(2, { a: [40, 3], b: [40, 3], h0: [3] })
    const half = a.mul(0.5)
    const double = statesOf(half, b, { h0 })
    for (const mode of modes) {
      const [a32, b32, h32] = [half, b, h0].map(x => x.astype('float32'))
      const single = statesOf(a32, b32, { h0: h32, mode })
      expect(single.dtype).toBe('float32')
      expect(relativeError(single.astype('float64'), double)).toBeLessThan(1e-5)
    }
  })
})

describe('the depth, how many operations wait for one another,', () => {
  const depthOf = (T: number, mode: ScanMode) =>
    linearRecurrence(Tensor.full([T, 2, 3], 0.5), Tensor.full([T, 2, 3], 1), { mode }).depth

  it('is T in the loop and ⌈log₂(T + 1)⌉ in the scan, as counted while running, for T from 1 to 70', () => {
    for (const T of lengths) {
      expect(depthOf(T, 'loop')).toBe(T)
      expect(depthOf(T, 'scan')).toBe(Math.ceil(Math.log2(T + 1)))
      expect(scanDepth(T)).toBe(depthOf(T, 'scan'))
    }
  })

  it('is the same on the way back', () => {
    for (const T of [1, 2, 3, 4, 64, 70]) {
      const a = Tensor.full([T, 2], 0.5)
      for (const mode of modes) {
        const { states, depth } = linearRecurrence(a, a, { mode })
        expect(linearRecurrenceBackward(a, states, states, { mode }).depth).toBe(depth)
      }
    }
  })

  it('grows by one level when T + 1 doubles, up to 50 levels', () => {
    for (let level = 0; level <= 50; level++) {
      expect(scanDepth(2 ** level - 1)).toBe(level)
      expect(scanDepth(2 ** level)).toBe(level + 1)
    }
  })

  it('is at most one more than ⌈log₂ T⌉, and no fewer levels could bring h_0 and T steps together', () => {
    for (const T of lengths) {
      expect(scanDepth(T) - Math.ceil(Math.log2(T))).toBeLessThanOrEqual(1)
      expect(2 ** scanDepth(T)).toBeGreaterThanOrEqual(T + 1)
      expect(2 ** (scanDepth(T) - 1)).toBeLessThan(T + 1)
    }
  })
})

describe.each(modes)('linearRecurrenceBackward in the %s', mode => {
  it.each([1, 2, 3, 7, 8, 9])('agrees with central differences to 1e-8 for a, b and h0 over %d steps', T => {
    const { a, b, h0, w } = gaussians(T, { a: [T, 2, 3], b: [T, 2, 3], h0: [2, 3], w: [T + 1, 2, 3] })
    a.set([T - 1, 0, 0], 0)
    const loss = (a1: Tensor, b1: Tensor, h1: Tensor) => statesOf(a1, b1, { h0: h1, mode }).dot(w)
    const { da, db, dh0 } = linearRecurrenceBackward(a, statesOf(a, b, { h0, mode }), w, { mode })
    const numeric = {
      da: numericGradient(v => loss(v, b, h0), a),
      db: numericGradient(v => loss(a, v, h0), b),
      dh0: numericGradient(v => loss(a, b, v), h0),
    }
    expect(relativeError(da, numeric.da)).toBeLessThan(1e-8)
    expect(relativeError(db, numeric.db)).toBeLessThan(1e-8)
    expect(relativeError(dh0, numeric.dh0)).toBeLessThan(1e-8)
  })

  it('is adjoint to the way forward: Σ w h = Σ b db + Σ h0 dh0, as h is linear in b and h0, to 1e-13', () => {
    always(
      fc.property(recurrences, ({ a, b, h0, dStates: w }) => {
        const { states } = linearRecurrence(a, b, { h0, mode })
        const { db, dh0 } = linearRecurrenceBackward(a, states, w, { mode })
        const magnitudes = statesOf(absolute(a), absolute(b), { h0: absolute(h0) }).dot(absolute(w))
        expect(Math.abs(states.dot(w) - b.dot(db) - h0.dot(dh0)) / magnitudes).toBeLessThan(1e-13)
      }),
    )
  })
})

it('linearRecurrenceBackward in the scan is that of the loop to 1e-13 of the magnitudes', () => {
  always(
    fc.property(recurrences, ({ T, a, b, h0, dStates }) => {
      const { states } = linearRecurrence(a, b, { h0 })
      const loop = linearRecurrenceBackward(a, states, dStates, { mode: 'loop' })
      const scan = linearRecurrenceBackward(a, states, dStates, { mode: 'scan' })
      const sizes = linearRecurrenceBackward(absolute(a), absolute(states), absolute(dStates))
      expectNear(scan.da, loop.da, sizes.da)
      expectNear(scan.db, loop.db, sizes.db)
      expectNear(scan.dh0, loop.dh0, sizes.dh0)
      expect(loop.db.row(T - 1).equals(dStates.row(T))).toBe(true)
    }),
  )
})

describe('the recurrence refuses misuse with the name and both values:', () => {
  const ones = (...shape: number[]) => Tensor.full(shape, 1)
  const spoilt = (value: number, ...index: number[]) => {
    const x = ones(3, 2)
    x.set(index, value)
    return x
  }
  const a = ones(3, 2)
  it.each<[string, () => unknown]>([
    ['RangeError: a has shape [], expected [T, ...]', () => linearRecurrence(Tensor.from(1), a)],
    ['RangeError: b has shape [3], expected [3, 2]', () => linearRecurrence(a, ones(3))],
    ['RangeError: h0 has shape [1, 2], expected [2]', () => linearRecurrence(a, a, { h0: ones(1, 2) })],
    ['TypeError: b is float32, expected float64', () => linearRecurrence(a, a.astype('float32'))],
    [
      'TypeError: h0 is float64, expected float32',
      () => linearRecurrence(a.astype('float32'), a.astype('float32'), { h0: ones(2) }),
    ],
    ['RangeError: a is NaN at [1, 1], expected finite numbers', () => linearRecurrence(spoilt(NaN, 1, 1), a)],
    [
      'RangeError: b is -Infinity at [2, 0], expected finite numbers',
      () => linearRecurrence(a, spoilt(-Infinity, 2, 0)),
    ],
    [
      'RangeError: h0 is NaN at [1], expected finite numbers',
      () => linearRecurrence(a, a, { h0: Tensor.from([0, NaN]) }),
    ],
    [
      'RangeError: states is Infinity at [3, 0], expected finite numbers',
      () => linearRecurrence(a.mul(1e200), a),
    ],
    [
      "TypeError: unknown mode: tree, expected 'loop' or 'scan'",
      () => linearRecurrence(a, a, { mode: 'tree' as 'scan' }),
    ],
    [
      'TypeError: unknown option: h_0, expected h0, mode',
      () => linearRecurrence(a, a, { h_0: ones(2) } as RecurrenceOptions),
    ],
    [
      'RangeError: states has shape [3, 2], expected [4, 2]',
      () => linearRecurrenceBackward(a, ones(3, 2), ones(4, 2)),
    ],
    [
      'RangeError: dStates has shape [3, 2], expected [4, 2]',
      () => linearRecurrenceBackward(a, ones(4, 2), ones(3, 2)),
    ],
    [
      'RangeError: a has shape [], expected [T, ...]',
      () => linearRecurrenceBackward(Tensor.from(1), ones(1), ones(1)),
    ],
    [
      'RangeError: dh is Infinity at [0, 0], expected finite numbers',
      () => linearRecurrenceBackward(a.mul(1e150), ones(4, 2), ones(4, 2)),
    ],
    [
      'RangeError: da is Infinity at [0, 0], expected finite numbers',
      () => linearRecurrenceBackward(a, ones(4, 2).mul(1e200), ones(4, 2).mul(1e200)),
    ],
    [
      "TypeError: unknown mode: tree, expected 'loop' or 'scan'",
      () => linearRecurrenceBackward(a, ones(4, 2), ones(4, 2), { mode: 'tree' as 'scan' }),
    ],
    ['RangeError: expected T to be a whole number from 0, got 2.5', () => scanDepth(2.5)],
    ['RangeError: expected T to be a whole number from 0, got -1', () => scanDepth(-1)],
  ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))

  it('the scan reports that its products overflow where the loop has no need of them', () => {
    const [large, zero] = [Tensor.full([4], 1e200), Tensor.zeros([4])]
    expect(linearRecurrence(large, zero).states.maxAbs()).toBe(0)
    expect(complaintOf(() => linearRecurrence(large, zero, { mode: 'scan' }))).toBe(
      'RangeError: states is NaN at [2], expected finite numbers',
    )
  })
})
