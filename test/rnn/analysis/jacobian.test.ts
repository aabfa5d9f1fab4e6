import { describe, expect, it } from 'vitest'
import {
  elmanForward,
  gradientFlow,
  numericJacobian,
  RNN,
  relativeError,
  stateJacobian,
  stepJacobian,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

describe.each(['tanh', 'relu'] as const)('the Jacobian of %s', nonlinearity => {
  const H = 8
  const T = 6
  const net = new RNN({ inputSize: 3, hiddenSize: H, nonlinearity, seed: 1 })
  const { x, h0 } = gaussians(3, { x: [T, 3], h0: [1, H] })
  net.params.value('weight_hh_l0').data.set(net.weights.W_hh.mul(3).data)
  net.forward(x, { h0 })
  const states = net.states()
  const { W_hh } = net.weights

  it('of one step is diag(f′(a_t)) W_hh: within 1e-9 of finite differences', () => {
    const numeric = numericJacobian(
      h => elmanForward(net.weights, x.row(0), h, nonlinearity).h,
      states.row(0),
    )
    expect(relativeError(stepJacobian(W_hh, states.row(1), nonlinearity), numeric)).toBeLessThan(1e-9)
  })

  it('of five steps is the product, the latest on the left: within 1e-9 of finite differences', () => {
    const run = (h: Tensor) => net.forward(x.slice(1, 6), { h0: h.reshape([1, H]) }).hN.row(0)
    const numeric = numericJacobian(run, states.row(1))
    const product = stateJacobian(W_hh, states, 1, 6, nonlinearity)
    expect(relativeError(product, numeric)).toBeLessThan(1e-9)
    const wrongOrder = [6, 5, 4, 3, 2]
      .map(t => stepJacobian(W_hh, states.row(t), nonlinearity))
      .reduce((left, step) => step.matmul(left))
    expect(relativeError(wrongOrder, numeric)).toBeGreaterThan(0.1)
  })

  it('carries a gradient back by its transpose, as backward does, to 1e-13', () => {
    net.forward(x, { h0 })
    const { dHN } = gaussians(5, { dHN: [1, H] })
    net.backward({ dHN })
    const back = stateJacobian(W_hh, states, 2, T, nonlinearity).transpose().matmul(dHN.row(0))
    expect(relativeError(back, net.stateGradients().row(2))).toBeLessThan(1e-13)
  })
})

describe('the formula of the seed tutorial, W_hhᵀ diag(tanh′(h_{t-1}))', () => {
  it('is wrong by more than a third, against J and against its transpose, in 20 draws of 20', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { W_hh, h, a } = gaussians(seed, { W_hh: [8, 8], h: [8], a: [8] })
      const next = (hPrev: Tensor) => W_hh.matmul(hPrev).add(a).map(Math.tanh)
      const J = numericJacobian(next, h)
      const slope = h.map(v => 1 - Math.tanh(v) ** 2)
      const seedFormula = W_hh.transpose().matmul(Tensor.diagonal(slope))
      expect(relativeError(stepJacobian(W_hh, next(h)), J)).toBeLessThan(1e-9)
      expect(relativeError(seedFormula, J)).toBeGreaterThan(1 / 3)
      expect(relativeError(seedFormula, J.transpose())).toBeGreaterThan(1 / 3)
    }
  })
})

describe('stateJacobian', () => {
  const states = Tensor.zeros([4, 2])
  const W = Tensor.from([
    [0, 2],
    [1, 0],
  ])

  it('is the identity for no steps and W_hh^k where tanh is linear, exactly', () => {
    expect(stateJacobian(W, states, 2, 2).equals(Tensor.identity(2))).toBe(true)
    expect(stateJacobian(W, states, 0, 3).equals(W.matmul(W).matmul(W))).toBe(true)
  })

  it('refuses steps out of order and shapes that do not fit', () => {
    expect(complaintOf(() => stateJacobian(W, states, 3, 2))).toBe(
      'RangeError: expected steps 0 ≤ s ≤ t ≤ T = 3, got s = 3, t = 2',
    )
    expect(complaintOf(() => stateJacobian(W, states, 0, 4))).toBe(
      'RangeError: expected steps 0 ≤ s ≤ t ≤ T = 3, got s = 0, t = 4',
    )
    expect(complaintOf(() => stepJacobian(W, Tensor.zeros([3])))).toBe(
      'RangeError: W_hh has shape [2, 2], expected [H = 3, H_prev = 3]',
    )
  })
})

describe('gradientFlow', () => {
  it('is g^k at lag k for W_hh = g I with relu on positive states, to 1e-14', () => {
    const net = new RNN({ inputSize: 1, hiddenSize: 3, nonlinearity: 'relu', bias: false })
    net.loadStateDict({
      weight_ih_l0: Tensor.from([[1], [1], [1]]),
      weight_hh_l0: Tensor.identity(3).mul(0.8),
    })
    net.forward(Tensor.generate([10, 1], () => 1))
    net.backward({ dHN: Tensor.from([[1, 0, 0]]) })
    const flow = gradientFlow(net.stateGradients())
    expect(flow.map(({ lag }) => lag)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const { lag, norm } of flow) expect(Math.abs(norm / 0.8 ** lag - 1)).toBeLessThan(1e-14)
  })
})
