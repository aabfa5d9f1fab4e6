import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type CellParams,
  elmanForward,
  gruBackward,
  gruForward,
  numericGradient,
  relativeError,
  Tensor,
  zerosLike,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussians } from '../support.ts'
import { holdToPyTorch, pytorchCases } from './pytorch.ts'

const shapes = { W_ih: [12, 3], W_hh: [12, 4], b_ih: [12], b_hh: [12], x: [3], hPrev: [4], dh: [4] }
const parameters = ['W_ih', 'W_hh', 'b_ih', 'b_hh'] as const

describe('gruForward', () => {
  it('computes (1 - z) ⊙ n + z ⊙ h with gates in the order r, z, n, two units by hand to 1e-15', () => {
    const p = {
      W_ih: Tensor.from([[0.1], [0.2], [0.3], [0.4], [0.5], [0.6]]),
      W_hh: new Tensor(
        Array.from({ length: 12 }, (_, k) => k / 10),
        [6, 2],
      ),
      b_ih: Tensor.full([6], 0.01),
      b_hh: Tensor.full([6], 0.02),
    }
    const { h } = gruForward(p, Tensor.from([2]), Tensor.from([1, -0.5]))
    // Row k: 2 · (k + 1)/10 + 0.01 from the input, 2k/10 - (2k + 1)/20 + 0.02 from the state.
    const input = (k: number) => (k + 1) / 5 + 0.01
    const hidden = (k: number) => k / 10 - 0.03
    const sigma = (v: number) => 1 / (1 + Math.exp(-v))
    const byHand = [0, 1].map(unit => {
      const r = sigma(input(unit) + hidden(unit))
      const z = sigma(input(2 + unit) + hidden(2 + unit))
      const n = Math.tanh(input(4 + unit) + r * hidden(4 + unit))
      return (1 - z) * n + z * [1, -0.5][unit]
    })
    expect(h.maxAbsDifference(Tensor.from(byHand))).toBeLessThan(1e-15)
  })

  it('without weights every gate is half open and the candidate is 0: h = h_{t-1} / 2', () => {
    const { x, hPrev, ...p } = gaussians(3, shapes)
    expect(gruForward(zerosLike(p), x, hPrev).h.equals(hPrev.mul(0.5))).toBe(true)
  })

  const { x, hPrev, dh: _, ...p } = gaussians(1, shapes)
  it.each<[string, () => unknown]>([
    ['x has shape [4], expected [I = 3]', () => gruForward(p, hPrev, hPrev)],
    ['hPrev has shape [3], expected [H = 4]', () => gruForward(p, x, x)],
    ['dh has shape [3], expected [H = 4]', () => gruBackward(p, gruForward(p, x, hPrev), x, zerosLike(p))],
    [
      'W_hh has shape [8, 4], expected [3H = 12, H = 4]',
      () => gruForward({ ...p, W_hh: p.W_hh.slice(4) }, x, hPrev),
    ],
    [
      'W_ih has shape [8, 3], expected [3H = 12, I]',
      () => gruForward({ ...p, W_ih: p.W_ih.slice(4) }, x, hPrev),
    ],
    ['b_ih has shape [4], expected [3H = 12]', () => gruForward({ ...p, b_ih: p.b_ih.slice(8) }, x, hPrev)],
    ['b_hh has shape [4], expected [3H = 12]', () => gruForward({ ...p, b_hh: p.b_hh.slice(8) }, x, hPrev)],
  ])('names the shape that does not fit: %s', (message, misuse) => {
    expect(complaintOf(misuse)).toBe(`RangeError: ${message}`)
  })
})

describe('gruBackward', () => {
  const { x, hPrev, dh, ...p } = gaussians(2, shapes)

  it('agrees with central differences to 1e-8 for x, hPrev and every parameter', () => {
    const values = { ...p, x, hPrev }
    const grad = zerosLike(p)
    const { dx, dhPrev } = gruBackward(p, gruForward(p, x, hPrev), dh, grad)
    const loss = (changed: Partial<typeof values>) => {
      const all = { ...values, ...changed }
      return gruForward(all, all.x, all.hPrev).h.dot(dh)
    }
    const analytic = { ...grad, x: dx, hPrev: dhPrev }
    for (const name of Object.keys(values) as (keyof typeof values)[]) {
      const numeric = numericGradient(value => loss({ [name]: value }), values[name])
      expect(relativeError(analytic[name], numeric), name).toBeLessThan(1e-8)
    }
  })

  it("da is what b_ih's gradient gains, daHidden what b_hh's gains; only the last block differs, by r, exactly", () => {
    const grad = zerosLike(p)
    const tape = gruForward(p, x, hPrev)
    const { da, daHidden } = gruBackward(p, tape, dh, grad)
    expect(da.equals(grad.b_ih)).toBe(true)
    expect(daHidden.equals(grad.b_hh)).toBe(true)
    expect(daHidden.slice(0, 8).equals(da.slice(0, 8))).toBe(true)
    expect(daHidden.slice(8).equals(da.slice(8).mul(tape.r))).toBe(true)
  })

  it('adds to grad, and leaves everything else as it was', () => {
    const before = gaussians(2, shapes)
    const [once, twice] = [zerosLike(p), zerosLike(p)]
    const tape = gruForward(p, x, hPrev)
    const kept = Object.entries(tape).map(([name, t]) => [name, t, t.clone()] as const)
    gruBackward(p, tape, dh, once)
    gruBackward(p, tape, dh, twice)
    gruBackward(p, tape, dh, twice)
    for (const name of parameters) expect(twice[name].equals(once[name].mul(2)), name).toBe(true)
    for (const [name, t] of Object.entries({ ...p, x, hPrev, dh }))
      expect(t.equals(before[name as keyof typeof shapes]), name).toBe(true)
    for (const [name, t, copy] of kept) expect(t.equals(copy), name).toBe(true)
  })
})

describe('the GRU obeys its laws:', () => {
  /** Adds to the biases of one gate, 0 or 1 for r or z; at ±1000 it is 1 or 0 to the last bit. */
  const push = (p: CellParams, gate: number, amount: number): CellParams => ({
    ...p,
    b_ih: p.b_ih.map((b, k) => (Math.floor(k / 4) === gate ? b + amount : b)),
  })
  const drawn = fc.nat().map(seed => gaussians(seed, shapes))

  it('with z = 1 h stays as it is, and so does its gradient, exactly', () =>
    always(
      fc.property(drawn, ({ x, hPrev, dh, ...p }) => {
        const keeping = push(p, 1, 1000)
        const tape = gruForward(keeping, x, hPrev)
        expect(tape.h.equals(hPrev)).toBe(true)
        expect(gruBackward(keeping, tape, dh, zerosLike(p)).dhPrev.equals(dh)).toBe(true)
      }),
    ))

  it('with z = 0 and r = 1 it is the Elman cell of its last block, to 1e-12', () =>
    always(
      fc.property(drawn, ({ x, hPrev, dh: _, ...p }) => {
        const candidate = {
          W_ih: p.W_ih.slice(8),
          W_hh: p.W_hh.slice(8),
          b_ih: p.b_ih.slice(8),
          b_hh: p.b_hh.slice(8),
        }
        const { h } = gruForward(push(push(p, 0, 1000), 1, -1000), x, hPrev)
        expect(h.maxAbsDifference(elmanForward(candidate, x, hPrev).h)).toBeLessThan(1e-12)
      }),
    ))

  it('with z = 0 and r = 0 it forgets: h and the gradients do not depend on h_{t-1}, exactly', () =>
    always(
      fc.property(drawn, ({ x, hPrev, dh, ...p }) => {
        const forgetting = push(push(p, 0, -1000), 1, -1000)
        const tape = gruForward(forgetting, x, hPrev)
        expect(tape.h.equals(gruForward(forgetting, x, hPrev.mul(-3)).h)).toBe(true)
        expect(gruBackward(forgetting, tape, dh, zerosLike(p)).dhPrev.maxAbs()).toBe(0)
      }),
    ))

  it('h lies between h_{t-1} and the candidate, unit by unit', () =>
    always(
      fc.property(drawn, ({ x, hPrev, dh: _, ...p }) => {
        const { n, h } = gruForward(p, x, hPrev)
        for (let k = 0; k < 4; k++) {
          expect(h.at(k)).toBeGreaterThanOrEqual(Math.min(n.at(k), hPrev.at(k)) - 1e-15)
          expect(h.at(k)).toBeLessThanOrEqual(Math.max(n.at(k), hPrev.at(k)) + 1e-15)
        }
      }),
    ))
})

const cases = pytorchCases('gru')
describe.skipIf(cases.length === 0)("the GRU gives PyTorch's values to 1e-12, its gradients to 1e-10", () => {
  it('on at least three sequences', () => expect(cases.length).toBeGreaterThanOrEqual(3))
  it.each(cases)('$name', c =>
    holdToPyTorch(c, {
      forward: (p, x, [h]) => gruForward(p, x, h),
      stateOf: tape => [tape.h],
      backward: (p, tape, [dh], grad) => {
        const { dx, dhPrev } = gruBackward(p, tape, dh, grad)
        return { dx, dState: [dhPrev] }
      },
    }),
  )
})
