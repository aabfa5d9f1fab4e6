import { describe, expect, it } from 'vitest'
import {
  gradientErrors,
  numericGradient,
  numericGradients,
  numericJacobian,
  Params,
  RNN,
  relativeError,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

describe('central differences', () => {
  it('numericGradient finds ∇ Σ sin(x) = cos(x) to 1e-9 and leaves x alone', () => {
    const x = Tensor.from([
      [0.3, -2],
      [1, 5],
    ])
    const gradient = numericGradient(v => v.map(Math.sin).sum(), x)
    expect(gradient.maxAbsDifference(x.map(Math.cos))).toBeLessThan(1e-9)
    expect(x.toArray()).toEqual([
      [0.3, -2],
      [1, 5],
    ])
  })

  it('numericJacobian of A x is A, to 1e-9, also where A is not square', () => {
    const A = Tensor.from([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(numericJacobian(v => A.matmul(v), Tensor.from([7, 8, 9])).maxAbsDifference(A)).toBeLessThan(1e-9)
  })

  it('their error falls with the square of the step: a tenth of the step, a hundredth of the error', () => {
    const error = (step: number) =>
      Math.abs(numericGradient(v => Math.exp(v.at(0)), Tensor.from([0]), { step }).at(0) - 1)
    expect(error(1e-2) / error(1e-3)).toBeGreaterThan(99)
    expect(error(1e-2) / error(1e-3)).toBeLessThan(101)
  })

  it('numericGradients moves each parameter and puts it back, exactly', () => {
    const params = new Params({ a: [2], b: [1] })
    params.values.set([0.1, 0.2, 0.3])
    const loss = () => params.value('a').at(0) ** 2 * 3 + params.value('b').at(0) * params.value('a').at(1)
    const { a, b } = numericGradients(params, loss)
    expect(a.maxAbsDifference(Tensor.from([0.6, 0.3]))).toBeLessThan(1e-10)
    expect(b.maxAbsDifference(Tensor.from([0.2]))).toBeLessThan(1e-10)
    expect([...params.values]).toEqual([0.1, 0.2, 0.3])
  })
})

describe('relativeError', () => {
  it('is 0 for equal tensors, √2 for orthogonal ones of one length, 2 for opposite ones', () => {
    const [e1, e2] = [Tensor.from([3, 0]), Tensor.from([0, 3])]
    expect(relativeError(Tensor.zeros([2]), Tensor.zeros([2]))).toBe(0)
    expect(relativeError(e1, e1)).toBe(0)
    expect(relativeError(e1, e2)).toBeCloseTo(Math.SQRT2, 15)
    expect(relativeError(e1, e1.mul(-1))).toBe(2)
    expect(relativeError(e1, Tensor.zeros([2]))).toBe(1)
  })

  it('is NaN, never small, if a number is not a number', () => {
    expect(relativeError(Tensor.from([Number.NaN]), Tensor.from([1]))).toBeNaN()
  })

  it('refuses tensors of different shapes', () => {
    expect(complaintOf(() => relativeError(Tensor.zeros([2]), Tensor.zeros([1, 2])))).toBe(
      'RangeError: cannot compare [2] and [1, 2]',
    )
  })
})

describe('gradientErrors', () => {
  const { x, target } = gaussians(1, { x: [2, 6, 3], target: [2, 6, 4] })
  const net = new RNN({ inputSize: 3, hiddenSize: 4, seed: 1 })
  const run = () => squaredError(net.forward(x).output, target)
  net.backward({ dOutput: run().dy })

  it('are below 1e-8 for every parameter of a network, and the parameters are as they were', () => {
    const before = net.stateDict()
    const errors = gradientErrors(net, () => run().loss)
    expect(Object.keys(errors)).toEqual(net.params.names)
    for (const error of Object.values(errors)) expect(error).toBeLessThan(1e-8)
    for (const name of net.params.names) expect(net.params.value(name).equals(before[name])).toBe(true)
  })

  it('show the one parameter whose gradient is wrong', () => {
    const spoilt = {
      params: net.params,
      gradients: () => ({ ...net.gradients(), bias_hh_l0: net.gradients().bias_hh_l0.mul(1.01) }),
    }
    const { bias_hh_l0, ...others } = gradientErrors(spoilt, () => run().loss)
    expect(bias_hh_l0).toBeCloseTo(0.0099, 4)
    for (const error of Object.values(others)) expect(error).toBeLessThan(1e-8)
  })
})
