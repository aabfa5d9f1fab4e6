import { describe, expect, it } from 'vitest'
import {
  networkJacobians,
  type Recurrent,
  RNN,
  relativeError,
  stepJacobians,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

describe.each(['tanh', 'relu'] as const)('networkJacobians of %s', nonlinearity => {
  it('is diag(f′(a_t)) W_hh at every step, from h0 on, to 1e-14', () => {
    const net = new RNN({ inputSize: 2, hiddenSize: 5, nonlinearity, seed: 1 })
    const { x, h0 } = gaussians(2, { x: [6, 2], h0: [1, 5] })
    const found = networkJacobians(net, x, { h0 })
    net.forward(x, { h0 })
    const expected = stepJacobians(net.weights.W_hh, net.states(), nonlinearity)
    expect(found).toHaveLength(6)
    found.forEach((J, t) => {
      expect(J.maxAbsDifference(expected[t])).toBeLessThan(1e-14)
    })
    net.forward(x)
    const fromZero = stepJacobians(net.weights.W_hh, net.states(), nonlinearity)
    expect(relativeError(networkJacobians(net, x)[0], fromZero[0])).toBeLessThan(1e-14)
  })
})

describe('a network with two states, h = A h + B c and c = C h + D c', () => {
  const { A, B, C, D } = gaussians(3, { A: [2, 2], B: [2, 2], C: [2, 2], D: [2, 2] })
  const zero = Tensor.zeros([1, 2])
  const net: Recurrent = {
    forward: (_x, { h0 = zero, c0 = zero } = {}) => {
      const [h, c] = [h0.row(0), c0.row(0)]
      const hN = A.matmul(h).add(B.matmul(c)).reshape([1, 2])
      return { output: hN, hN, cN: C.matmul(h).add(D.matmul(c)).reshape([1, 2]) }
    },
    backward: ({ dHN = zero, dCN = zero }) => {
      const [dh, dc] = [dHN.row(0), dCN.row(0)]
      const back = (P: Tensor, Q: Tensor) =>
        P.transpose().matmul(dh).add(Q.transpose().matmul(dc)).reshape([1, 2])
      return { dh0: back(A, C), dc0: back(B, D) }
    },
  }

  it('has the Jacobian [[A, B], [C, D]], h before c, exactly', () => {
    const whole = Tensor.concat([Tensor.concat([A, B], 1), Tensor.concat([C, D], 1)])
    for (const J of networkJacobians(net, Tensor.zeros([3, 1]))) expect(J.equals(whole)).toBe(true)
  })
})

it('networkJacobians refuses a network of two directions and what is no sequence', () => {
  const both: Recurrent = {
    forward: () => ({ output: Tensor.zeros([1, 4]), hN: Tensor.zeros([2, 2]) }),
    backward: () => ({ dh0: Tensor.zeros([2, 2]) }),
  }
  expect(complaintOf(() => networkJacobians(both, Tensor.zeros([3, 1])))).toBe(
    'RangeError: output has shape [1, 4] and hN [2, 2], expected one direction',
  )
  expect(complaintOf(() => networkJacobians(both, Tensor.zeros([3])))).toBe(
    'RangeError: x has shape [3], expected [T, I]',
  )
})
