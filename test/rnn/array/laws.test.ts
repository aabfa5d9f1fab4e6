import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatShape } from '../../../src/rnn/array/shape.ts'
import { Random, Tensor } from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussian } from '../support.ts'

const size = fc.integer({ min: 1, max: 5 })
const shapes = fc.array(size, { minLength: 1, maxLength: 4 })
const seeds = fc.nat()
const draw = (seed: number, ...shape: number[]) => gaussian(new Random(seed), shape)
const near = (a: Tensor, b: Tensor) => expect(a.maxAbsDifference(b)).toBeLessThan(1e-13)

describe('laws of Tensor', () => {
  it('(A B)ᵀ = Bᵀ Aᵀ, and (A B) v = A (B v), to 1e-13', () => {
    always(
      fc.property(size, size, size, seeds, (n, k, m, seed) => {
        const [A, B, v] = [draw(seed, n, k), draw(seed + 1, k, m), draw(seed + 2, m)]
        near(A.matmul(B).transpose(), B.transpose().matmul(A.transpose()))
        near(A.matmul(B).matmul(v), A.matmul(B.matmul(v)))
      }),
    )
  })

  it('add and mul commute, sub undoes add, div undoes mul, to 1e-13', () => {
    always(
      fc.property(shapes, seeds, (shape, seed) => {
        const [a, b] = [draw(seed, ...shape), draw(seed + 1, ...shape)]
        expect(a.add(b).equals(b.add(a))).toBe(true)
        expect(a.mul(b).equals(b.mul(a))).toBe(true)
        near(a.add(b).sub(b), a)
        near(a.mul(3).div(3), a)
        near(a.div(b.map(v => v * v + 1)).mul(b.map(v => v * v + 1)), a)
      }),
    )
  })

  it('from undoes toArray, slice undoes concat, rows undoes stack, exactly', () => {
    always(
      fc.property(shapes, size, seeds, (shape, more, seed) => {
        const a = draw(seed, ...shape)
        const b = draw(seed + 1, more, ...shape.slice(1))
        expect(Tensor.from(a.toArray()).equals(a)).toBe(true)
        const joined = Tensor.concat([a, b])
        expect(joined.slice(0, shape[0]).equals(a)).toBe(true)
        expect(joined.slice(shape[0]).equals(b)).toBe(true)
        const rows = Tensor.stack([a, a.mul(2), a.mul(3)]).rows()
        expect(rows.map((row, i) => row.equals(a.mul(i + 1)))).toEqual([true, true, true])
      }),
    )
  })

  it('permute puts the number at [i, j, …] where the order says, and the inverse order puts it back', () => {
    const orders = fc.constantFrom([0, 1, 2], [1, 0, 2], [2, 1, 0], [1, 2, 0], [2, 0, -2])
    always(
      fc.property(size, size, size, orders, seeds, (n, m, k, order, seed) => {
        const a = draw(seed, n, m, k)
        const moved = a.permute(order)
        const axes = order.map(axis => (axis + 3) % 3)
        const index = a.shape.map(length => seed % length)
        expect(moved.at(...axes.map(axis => index[axis]))).toBe(a.at(...index))
        expect(moved.permute([0, 1, 2].map(axis => axes.indexOf(axis))).equals(a)).toBe(true)
      }),
    )
  })

  it('the sum along any axis is the sum of its parts, all of them the sum of all, and means are shares, to 1e-12', () => {
    always(
      fc.property(shapes, fc.nat(3), seeds, (shape, choice, seed) => {
        const a = draw(seed, ...shape)
        const axis = (choice % shape.length) - (seed % 2) * shape.length
        expect(a.sum(axis).shape).toEqual(shape.toSpliced(axis, 1))
        const others = [...shape.keys()].toSpliced(axis, 1)
        const parts = a.permute([axis, ...others]).rows()
        near(
          a.sum(axis),
          parts.reduce((sum, part) => sum.add(part)),
        )
        expect(Math.abs(a.sum(axis).sum() - a.sum())).toBeLessThan(1e-12)
        near(a.mean(axis).mul(shape.at(axis)!), a.sum(axis))
        expect(a.mean()).toBeCloseTo(a.sum() / a.data.length, 14)
      }),
    )
  })

  it('argmax is the place of the largest along the last axis', () => {
    always(
      fc.property(size, size, seeds, (n, m, seed) => {
        const a = draw(seed, n, m)
        const places = a.argmax()
        for (const [i, row] of a.rows().entries()) expect(row.at(places.at(i))).toBe(Math.max(...row.data))
      }),
    )
    expect(Tensor.from([1, 3, 3, 2]).argmax().at()).toBe(1)
    expect(Tensor.from([1, Number.NaN, 3]).argmax().at()).toBe(1)
  })

  it('a tensor of float32 stays one through every operation', () => {
    const a = draw(1, 2, 3).astype('float32')
    const results = [a.sum(0), a.mean(1), a.permute([1, 0]), a.div(2), a.div(a), Tensor.stack([a, a])]
    expect(results.map(t => t.dtype)).toEqual(results.map(() => 'float32'))
    expect(Tensor.stack([a, draw(2, 2, 3)]).dtype).toBe('float64')
  })

  it('any two different shapes are refused, and the message names both', () => {
    always(
      fc.property(shapes, shapes, (one, other) => {
        fc.pre(formatShape(one) !== formatShape(other))
        const [a, b] = [Tensor.zeros(one), Tensor.zeros(other)]
        for (const verb of ['add', 'sub', 'mul', 'div', 'dot'] as const) {
          const complaint = complaintOf(() => a[verb](b))
          expect(complaint).toContain('RangeError')
          expect(complaint).toContain(formatShape(one))
          expect(complaint).toContain(formatShape(other))
        }
      }),
    )
  })

  it.each<[string, () => unknown]>([
    ['axis 2 is not one of the 2 of shape [2, 3]', () => Tensor.zeros([2, 3]).sum(2)],
    ['axis -3 is not one of the 2 of shape [2, 3]', () => Tensor.zeros([2, 3]).mean(-3)],
    ['axis 1 is not one of the 1 of shape [2]', () => Tensor.concat([Tensor.zeros([2])], 1)],
    ['expected each axis of shape [2, 3] once, got [0, 0]', () => Tensor.zeros([2, 3]).permute([0, 0])],
    ['expected each axis of shape [2, 3] once, got [0]', () => Tensor.zeros([2, 3]).permute([0])],
    [
      'cannot join [1, 2] and [1, 3] along axis 0',
      () => Tensor.stack([Tensor.zeros([2]), Tensor.zeros([3])]),
    ],
    ['shape [2, 0] has nothing to choose from along its last axis', () => Tensor.zeros([2, 0]).argmax()],
  ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(`RangeError: ${complaint}`))
})

describe('laws of Random', () => {
  it('a saved state, also through JSON, goes on with the very numbers that the generator goes on with', () => {
    always(
      fc.property(seeds, fc.nat(20), (seed, drawn) => {
        const random = new Random(seed)
        for (let i = 0; i < drawn; i++) random.normal()
        const copy = Random.fromState(JSON.parse(JSON.stringify(random.state)))
        for (let i = 0; i < 10; i++) expect(copy.normal()).toBe(random.normal())
      }),
    )
  })

  it('shuffle keeps every item, integer and choice stay inside, uniform too, for any seed', () => {
    always(
      fc.property(seeds, fc.array(fc.integer(), { minLength: 1 }), (seed, items) => {
        const random = new Random(seed)
        expect(random.shuffle([...items]).toSorted()).toEqual([...items].toSorted())
        expect(random.integer(items.length)).toBeLessThan(items.length)
        expect(items).toContain(random.choice(items))
        const u = random.uniform(-2, 5)
        expect(u >= -2 && u < 5).toBe(true)
      }),
    )
  })

  it('streams split from one generator are uncorrelated: |r| of 5,000 draws below 4 standard errors', () => {
    const parent = new Random(9)
    const [one, other] = [parent.split(), parent.split()]
    const all = [one, other, parent].map(random => Array.from({ length: 5000 }, () => random.normal()))
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ])
      for (const lag of [0, 1]) {
        const r = all[i].slice(lag).reduce((sum, v, k) => sum + v * all[j][k], 0) / 5000
        expect(Math.abs(r)).toBeLessThan(4 / Math.sqrt(5000))
      }
  })

  it('refuses what is no state and no choice', () => {
    expect(complaintOf(() => Random.fromState([0, 0, 0, 0]))).toBe(
      'RangeError: expected four 32-bit words, not all zero, got [0, 0, 0, 0]',
    )
    expect(complaintOf(() => Random.fromState([1, 2, 3, 2 ** 32]))).toContain('expected four 32-bit words')
    expect(complaintOf(() => Random.fromState([1.5, 2, 3, 4]))).toContain('expected four 32-bit words')
    expect(complaintOf(() => new Random().choice([]))).toBe(
      'RangeError: expected at least one item to choose from',
    )
  })
})
