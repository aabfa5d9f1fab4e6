import { describe, expect, it } from 'vitest'
import {
  eigenvalues,
  lyapunovExponents,
  networkJacobians,
  Random,
  RNN,
  stateJacobian,
  stepJacobians,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussian, gaussians } from '../support.ts'

describe('lyapunovExponents', () => {
  it('of equal steps W are log |λ_i| of its eigenvalues, to 0.01 after 2,000 steps', () => {
    const W = gaussian(new Random(1), [5, 5])
    const expected = eigenvalues(W).map(({ re, im }) => Math.log(Math.hypot(re, im)))
    lyapunovExponents(Array(2000).fill(W), { discard: 1000 }).forEach((exponent, i) => {
      expect(Math.abs(exponent - expected[i])).toBeLessThan(0.01)
    })
  })

  it('of h ← tanh(w h) is log(w (1 - h*²)) at the fixed point h*, to 1e-9; log w for w < 1', () => {
    for (const w of [0.5, 2, 5]) {
      const net = new RNN({ inputSize: 1, hiddenSize: 1, bias: false })
      net.loadStateDict({ weight_ih_l0: Tensor.from([[0]]), weight_hh_l0: Tensor.from([[w]]) })
      let fixed = 1
      for (let i = 0; i < 1000; i++) fixed = Math.tanh(w * fixed)
      net.forward(Tensor.zeros([300, 1]), { h0: Tensor.from([[0.9]]) })
      const [exponent] = lyapunovExponents(stepJacobians(net.weights.W_hh, net.states()), { discard: 200 })
      expect(Math.abs(exponent - Math.log(w * (1 - fixed ** 2)))).toBeLessThan(1e-9)
    }
  })

  it('of the logistic map 4 h (1 - h) is log 2, to 0.01 in 20,000 steps', () => {
    let h = 0.3
    const jacobians = Array.from({ length: 20_000 }, () => {
      const J = Tensor.from([[4 - 8 * h]])
      h = 4 * h * (1 - h)
      return J
    })
    expect(Math.abs(lyapunovExponents(jacobians)[0] - Math.LN2)).toBeLessThan(0.01)
  })

  it('of the Hénon map are 0.419 and -1.623 to 0.015 in 10,000 steps, with sum log 0.3 to 1e-12', () => {
    let [x, y] = [0.1, 0.1]
    const jacobians = Array.from({ length: 10_000 }, () => {
      const J = Tensor.from([
        [-2.8 * x, 1],
        [0.3, 0],
      ])
      ;[x, y] = [1 - 1.4 * x * x + y, 0.3 * x]
      return J
    })
    const [first, second] = lyapunovExponents(jacobians, { discard: 100 })
    expect(Math.abs(first - 0.419)).toBeLessThan(0.015)
    expect(Math.abs(second + 1.623)).toBeLessThan(0.015)
    expect(Math.abs(first + second - Math.log(0.3))).toBeLessThan(1e-12)
  })

  it('the first is the slope of the gradient: log ‖∂h_T/∂h_0‖ / T of a network, within 0.05 at T = 150', () => {
    const net = new RNN({ inputSize: 2, hiddenSize: 12, seed: 3 })
    net.params.value('weight_hh_l0').data.set(new Random(4).orthogonal(12).mul(1.2).data)
    const { x } = gaussians(5, { x: [150, 2] })
    net.forward(x)
    const states = net.states()
    const [first] = lyapunovExponents(networkJacobians(net, x), { count: 1 })
    const slope = Math.log(stateJacobian(net.weights.W_hh, states, 0, 150).norm()) / 150
    expect(first).toBeLessThan(0)
    expect(Math.abs(first - slope)).toBeLessThan(0.05)
  })

  it('asked for a few gives the first of all, to 1e-6, and keeps what a long product loses', () => {
    const Q = new Random(6).orthogonal(3)
    const W = Q.matmul(Tensor.diagonal([2, 1, 1e-9])).matmul(Q.transpose())
    const all = lyapunovExponents(Array(150).fill(W), { discard: 50 })
    const two = lyapunovExponents(Array(150).fill(W), { discard: 50, count: 2 })
    expect(all[2]).toBeCloseTo(Math.log(1e-9), 6)
    expect(two).toHaveLength(2)
    for (const i of [0, 1]) expect(Math.abs(two[i] - all[i])).toBeLessThan(1e-6)
  })

  it('is -Infinity where every difference dies', () => {
    expect(lyapunovExponents(Array(3).fill(Tensor.zeros([2, 2])))).toEqual([-Infinity, -Infinity])
  })

  it.each<[string, () => unknown]>([
    [
      'got 2 Jacobians, expected more than discard = 2',
      () => lyapunovExponents(Array(2).fill(Tensor.identity(2)), { discard: 2 }),
    ],
    ['got 0 Jacobians, expected more than discard = 0', () => lyapunovExponents([])],
    [
      'J has shape [3, 3], expected [H = 2, H_prev = 2]',
      () => lyapunovExponents([Tensor.identity(2), Tensor.identity(3)]),
    ],
    ['J has shape [2, 3], expected [H = 2, H_prev = 2]', () => lyapunovExponents([Tensor.zeros([2, 3])])],
    [
      'expected count to be a whole number from 1 to H = 2, got 3',
      () => lyapunovExponents([Tensor.identity(2)], { count: 3 }),
    ],
    [
      'J Q has a value that is not finite: NaN at [0, 0]',
      () => lyapunovExponents([Tensor.from([[Number.NaN]])]),
    ],
  ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(`RangeError: ${complaint}`))
})
