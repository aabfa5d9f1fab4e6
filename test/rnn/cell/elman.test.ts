import { describe, expect, it } from 'vitest'
import {
  type CellParams,
  elmanBackward,
  elmanForward,
  numericGradient,
  relativeError,
  type StepTape,
  Tensor,
  zerosLike,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

const shapes = { W_ih: [4, 3], W_hh: [4, 4], b_ih: [4], b_hh: [4], x: [3], hPrev: [4], dh: [4] }

describe('elmanForward', () => {
  it('computes tanh(W_ih x + b_ih + W_hh h + b_hh), two units by hand', () => {
    const p = {
      W_ih: Tensor.from([[0.5], [-1]]),
      W_hh: Tensor.from([
        [0.1, 0.2],
        [0.3, 0.4],
      ]),
      b_ih: Tensor.from([0.01, 0.02]),
      b_hh: Tensor.from([0.03, 0.04]),
    }
    const { h } = elmanForward(p, Tensor.from([2]), Tensor.from([1, -1]))
    expect(Math.abs(h.at(0) - Math.tanh(0.5 * 2 + 0.1 - 0.2 + 0.04))).toBeLessThan(1e-15)
    expect(Math.abs(h.at(1) - Math.tanh(-2 + 0.3 - 0.4 + 0.06))).toBeLessThan(1e-15)
    const relu = elmanForward(p, Tensor.from([2]), Tensor.from([1, -1]), 'relu')
    expect(Math.abs(relu.h.at(0) - 0.94)).toBeLessThan(1e-15)
    expect(relu.h.at(1)).toBe(0)
  })

  it('names the shape that does not fit', () => {
    const { x, hPrev, dh, ...p } = gaussians(1, shapes)
    expect(complaintOf(() => elmanForward(p, hPrev, hPrev))).toBe(
      'RangeError: x has shape [4], expected [I = 3]',
    )
    expect(complaintOf(() => elmanForward(p, x, x))).toBe('RangeError: hPrev has shape [3], expected [H = 4]')
    const tape = elmanForward(p, x, hPrev)
    expect(complaintOf(() => elmanBackward(p, tape, x, zerosLike(p)))).toBe(
      'RangeError: dh has shape [3], expected [H = 4]',
    )
    expect(dh.shape).toEqual([4])
  })
})

describe.each(['tanh', 'relu'] as const)('elmanBackward with %s', nonlinearity => {
  const { x, hPrev, dh, ...p } = gaussians(2, shapes)
  const forward = (q: typeof p, input: Tensor, before: Tensor) => elmanForward(q, input, before, nonlinearity)
  const backward = (...[tape, grad]: [StepTape, CellParams]) => elmanBackward(p, tape, dh, grad, nonlinearity)

  it('agrees with central differences to 1e-8 for x, hPrev and every parameter', () => {
    const grad = zerosLike(p)
    const { dx, dhPrev } = backward(forward(p, x, hPrev), grad)
    const loss = (changed: Partial<typeof p & { x: Tensor; hPrev: Tensor }>) => {
      const all = { ...p, x, hPrev, ...changed }
      return forward(all, all.x, all.hPrev).h.dot(dh)
    }
    const analytic = { ...grad, x: dx, hPrev: dhPrev }
    const values = { ...p, x, hPrev }
    for (const name of Object.keys(analytic) as (keyof typeof values)[]) {
      const numeric = numericGradient(value => loss({ [name]: value }), values[name])
      expect(relativeError(analytic[name], numeric), name).toBeLessThan(1e-8)
    }
  })

  it('adds to grad, and leaves everything else as it was', () => {
    const before = gaussians(2, shapes)
    const [once, twice] = [zerosLike(p), zerosLike(p)]
    const tape = forward(p, x, hPrev)
    backward(tape, once)
    backward(tape, twice)
    backward(tape, twice)
    for (const name of ['W_ih', 'W_hh', 'b_ih', 'b_hh'] as const)
      expect(twice[name].equals(once[name].mul(2)), name).toBe(true)
    for (const [name, t] of Object.entries({ ...p, x, hPrev, dh }))
      expect(t.equals(before[name as keyof typeof shapes]), name).toBe(true)
  })

  it("its da is ∂L/∂a: what b_ih's gradient gains, and what W_ihᵀ and W_hhᵀ take to x and hPrev, exactly", () => {
    const grad = zerosLike(p)
    const { da, dx, dhPrev } = backward(forward(p, x, hPrev), grad)
    expect(da.equals(grad.b_ih)).toBe(true)
    expect(dx.equals(p.W_ih.transpose().matmul(da))).toBe(true)
    expect(dhPrev.equals(p.W_hh.transpose().matmul(da))).toBe(true)
  })
})
