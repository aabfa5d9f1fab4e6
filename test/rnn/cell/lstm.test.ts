import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CellParams,
  lstmBackward,
  lstmForward,
  numericGradient,
  relativeError,
  Tensor,
  zerosLike,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussians } from '../support.ts'
import { holdToPyTorch, pytorchCases } from './pytorch.ts'

const shapes = {
  W_ih: [16, 3],
  W_hh: [16, 4],
  b_ih: [16],
  b_hh: [16],
  x: [3],
  hPrev: [4],
  cPrev: [4],
  dh: [4],
  dc: [4],
}
const parameters = ['W_ih', 'W_hh', 'b_ih', 'b_hh'] as const

describe('lstmForward', () => {
  it('computes f ⊙ c + i ⊙ g and o ⊙ tanh(c) with gates in the order i, f, g, o, two units by hand to 1e-15', () => {
    const p = {
      W_ih: Tensor.from([[0.1], [0.2], [0.3], [0.4], [0.5], [0.6], [0.7], [0.8]]),
      W_hh: new Tensor(
        Array.from({ length: 16 }, (_, k) => k / 10),
        [8, 2],
      ),
      b_ih: Tensor.full([8], 0.01),
      b_hh: Tensor.full([8], 0.02),
    }
    const { c, h } = lstmForward(p, Tensor.from([2]), Tensor.from([1, -1]), Tensor.from([0.5, -2]))
    // Row k of a is 2 · (k + 1)/10 + 2k/10 - (2k + 1)/10 + 0.03 = k/5 + 0.13.
    const a = (k: number) => k / 5 + 0.13
    const sigma = (v: number) => 1 / (1 + Math.exp(-v))
    const c0 = sigma(a(2)) * 0.5 + sigma(a(0)) * Math.tanh(a(4))
    const c1 = sigma(a(3)) * -2 + sigma(a(1)) * Math.tanh(a(5))
    expect(c.maxAbsDifference(Tensor.from([c0, c1]))).toBeLessThan(1e-15)
    expect(h.at(0)).toBeCloseTo(sigma(a(6)) * Math.tanh(c0), 15)
    expect(h.at(1)).toBeCloseTo(sigma(a(7)) * Math.tanh(c1), 15)
  })

  it('without weights every gate is half open and nothing is written: c = c_{t-1} / 2', () => {
    const { cPrev, hPrev, x, ...p } = gaussians(3, shapes)
    const tape = lstmForward(zerosLike(p), x, hPrev, cPrev)
    expect(tape.c.equals(cPrev.mul(0.5))).toBe(true)
    expect(tape.h.equals(cPrev.map(c => Math.tanh(c / 2) / 2))).toBe(true)
  })

  const { x, hPrev, cPrev, dh, dc, ...p } = gaussians(1, shapes)
  const backward = (dhGiven: Tensor, dcGiven: Tensor) =>
    lstmBackward(p, lstmForward(p, x, hPrev, cPrev), dhGiven, dcGiven, zerosLike(p))
  it.each<[string, () => unknown]>([
    ['x has shape [4], expected [I = 3]', () => lstmForward(p, hPrev, hPrev, cPrev)],
    ['hPrev has shape [3], expected [H = 4]', () => lstmForward(p, x, x, cPrev)],
    ['cPrev has shape [3], expected [H = 4]', () => lstmForward(p, x, hPrev, x)],
    ['dh has shape [3], expected [H = 4]', () => backward(x, dc)],
    ['dc has shape [3], expected [H = 4]', () => backward(dh, x)],
    [
      'W_hh has shape [12, 4], expected [4H = 16, H = 4]',
      () => lstmForward({ ...p, W_hh: p.W_hh.slice(4) }, x, hPrev, cPrev),
    ],
    [
      'W_ih has shape [12, 3], expected [4H = 16, I]',
      () => lstmForward({ ...p, W_ih: p.W_ih.slice(4) }, x, hPrev, cPrev),
    ],
    [
      'b_ih has shape [4], expected [4H = 16]',
      () => lstmForward({ ...p, b_ih: p.b_ih.slice(12) }, x, hPrev, cPrev),
    ],
    [
      'b_hh has shape [4], expected [4H = 16]',
      () => lstmForward({ ...p, b_hh: p.b_hh.slice(12) }, x, hPrev, cPrev),
    ],
  ])('names the shape that does not fit: %s', (message, misuse) => {
    expect(complaintOf(misuse)).toBe(`RangeError: ${message}`)
  })
})

describe('lstmBackward', () => {
  const { x, hPrev, cPrev, dh, dc, ...p } = gaussians(2, shapes)
  const zeros = Tensor.zeros([4])

  it.each<[string, Tensor, Tensor]>([
    ['dh alone', dh, zeros],
    ['dc alone', zeros, dc],
    ['dh and dc', dh, dc],
  ])(
    'agrees with central differences to 1e-8 for x, hPrev, cPrev and every parameter, through %s',
    (_, dhGiven, dcGiven) => {
      const values = { ...p, x, hPrev, cPrev }
      const grad = zerosLike(p)
      const { dx, dhPrev, dcPrev } = lstmBackward(p, lstmForward(p, x, hPrev, cPrev), dhGiven, dcGiven, grad)
      const loss = (changed: Partial<typeof values>) => {
        const all = { ...values, ...changed }
        const { h, c } = lstmForward(all, all.x, all.hPrev, all.cPrev)
        return h.dot(dhGiven) + c.dot(dcGiven)
      }
      const analytic = { ...grad, x: dx, hPrev: dhPrev, cPrev: dcPrev }
      for (const name of Object.keys(values) as (keyof typeof values)[]) {
        const numeric = numericGradient(value => loss({ [name]: value }), values[name])
        expect(relativeError(analytic[name], numeric), name).toBeLessThan(1e-8)
      }
    },
  )

  it("its da is ∂L/∂a: what b_ih's gradient gains, exactly", () => {
    const grad = zerosLike(p)
    const { da } = lstmBackward(p, lstmForward(p, x, hPrev, cPrev), dh, dc, grad)
    expect(da.equals(grad.b_ih)).toBe(true)
  })

  it('adds to grad, and leaves everything else as it was', () => {
    const before = gaussians(2, shapes)
    const [once, twice] = [zerosLike(p), zerosLike(p)]
    const tape = lstmForward(p, x, hPrev, cPrev)
    const kept = Object.entries(tape).map(([name, t]) => [name, t, t.clone()] as const)
    lstmBackward(p, tape, dh, dc, once)
    lstmBackward(p, tape, dh, dc, twice)
    lstmBackward(p, tape, dh, dc, twice)
    for (const name of parameters) expect(twice[name].equals(once[name].mul(2)), name).toBe(true)
    for (const [name, t] of Object.entries({ ...p, x, hPrev, cPrev, dh, dc }))
      expect(t.equals(before[name as keyof typeof shapes]), name).toBe(true)
    for (const [name, t, copy] of kept) expect(t.equals(copy), name).toBe(true)
  })
})

describe('the LSTM obeys its laws:', () => {
  /** Adds to the biases of one gate, 0 … 3 for i, f, g, o; at ±1000 it is open or closed to the last bit. */
  const push = (p: CellParams, gate: number, amount: number): CellParams => ({
    ...p,
    b_ih: p.b_ih.map((b, k) => (Math.floor(k / 4) === gate ? b + amount : b)),
  })
  const drawn = fc.nat().map(seed => gaussians(seed, shapes))

  it('with the forget gate open and the input gate closed c stays as it is, and so does its gradient, exactly', () =>
    always(
      fc.property(drawn, ({ x, hPrev, cPrev, dh, dc, ...p }) => {
        const keeping = push(push(p, 0, -1000), 1, 1000)
        const tape = lstmForward(keeping, x, hPrev, cPrev)
        expect(tape.c.equals(cPrev)).toBe(true)
        const { dcPrev } = lstmBackward(keeping, tape, dh.mul(0), dc, zerosLike(p))
        expect(dcPrev.equals(dc)).toBe(true)
      }),
    ))

  it('with the forget gate closed nothing of c is left, and no gradient reaches it, exactly', () =>
    always(
      fc.property(drawn, ({ x, hPrev, cPrev, dh, dc, ...p }) => {
        const forgetting = push(p, 1, -1000)
        const tape = lstmForward(forgetting, x, hPrev, cPrev)
        expect(tape.c.equals(tape.i.mul(tape.g))).toBe(true)
        const { dcPrev } = lstmBackward(forgetting, tape, dh, dc, zerosLike(p))
        expect(dcPrev.equals(Tensor.zeros([4]))).toBe(true)
      }),
    ))

  it('with the output gate closed h is 0 while c goes on, exactly', () =>
    always(
      fc.property(drawn, ({ x, hPrev, cPrev, dh: _, dc: __, ...p }) => {
        const hidden = lstmForward(push(p, 3, -1000), x, hPrev, cPrev)
        expect(hidden.h.equals(Tensor.zeros([4]))).toBe(true)
        expect(hidden.c.equals(lstmForward(p, x, hPrev, cPrev).c)).toBe(true)
      }),
    ))

  it('h is inside (-1, 1), and c is at most 1 away from what the forget gate kept', () =>
    always(
      fc.property(drawn, ({ x, hPrev, cPrev, dh: _, dc: __, ...p }) => {
        const { f, c, h } = lstmForward(p, x, hPrev, cPrev)
        expect(h.maxAbs()).toBeLessThan(1)
        expect(c.sub(f.mul(cPrev)).maxAbs()).toBeLessThan(1)
      }),
    ))
})

const cases = pytorchCases('lstm')
describe.skipIf(cases.length === 0)(
  "the LSTM gives PyTorch's values to 1e-12, its gradients to 1e-10",
  () => {
    it('on at least three sequences', () => expect(cases.length).toBeGreaterThanOrEqual(3))
    it.each(cases)('$name', c =>
      holdToPyTorch(c, {
        forward: (p, x, [h, cell]) => lstmForward(p, x, h, cell),
        stateOf: tape => [tape.h, tape.c],
        backward: (p, tape, [dh, dc], grad) => {
          const { dx, dhPrev, dcPrev } = lstmBackward(p, tape, dh, dc, grad)
          return { dx, dState: [dhPrev, dcPrev] }
        },
      }),
    )
  },
)
