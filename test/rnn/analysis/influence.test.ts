import { describe, expect, it } from 'vitest'
import {
  influenceMap,
  inputJacobian,
  Linear,
  numericJacobian,
  RNN,
  relativeError,
  singularValues,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

const [T, I, H, O] = [6, 2, 5, 3]
const net = new RNN({ inputSize: I, hiddenSize: H, seed: 1 })
const readOut = new Linear({ inFeatures: H, outFeatures: O, seed: 2 })
const { x } = gaussians(3, { x: [T, I] })

describe('inputJacobian', () => {
  it('is ∂y_t/∂x_s for every s: within 1e-8 of finite differences, zero for s > t', () => {
    for (const t of [1, 4, T]) {
      const J = inputJacobian(net, x, t, { readOut })
      const numeric = numericJacobian(v => readOut.forward(net.forward(v).output).row(t - 1), x)
      expect(J.shape).toEqual([T, O, I])
      expect(relativeError(J.permute([1, 0, 2]).reshape([O, T * I]), numeric)).toBeLessThan(1e-8)
      expect(J.slice(t).maxAbs()).toBe(0)
    }
  })

  it('without a read-out is that of the state', () => {
    const J = inputJacobian(net, x, 3)
    const numeric = numericJacobian(v => net.forward(v).output.row(2), x)
    expect(relativeError(J.permute([1, 0, 2]).reshape([H, T * I]), numeric)).toBeLessThan(1e-8)
  })
})

describe('influenceMap', () => {
  it.each(['frobenius', 'spectral'] as const)('has the %s norm of each numeric block, to 1e-8', norm => {
    const map = influenceMap(net, x, { readOut, norm })
    const numeric = numericJacobian(v => readOut.forward(net.forward(v).output), x)
    const blocks = numeric.reshape([T, O, T, I]).permute([0, 2, 1, 3])
    for (let t = 0; t < T; t++)
      for (let s = 0; s < T; s++) {
        const block = blocks.row(t).row(s)
        const expected = norm === 'frobenius' ? block.norm() : singularValues(block).at(0)
        expect(Math.abs(map.at(t, s) - expected)).toBeLessThan(1e-8)
      }
  })

  it('fits any cell and any direction: a network that reads backwards has a map above the diagonal', () => {
    const flip = (v: Tensor) => Tensor.stack(v.rows().toReversed())
    const backwards = {
      forward: (v: Tensor) => ({ output: flip(net.forward(flip(v)).output) }),
      backward: ({ dOutput }: { dOutput: Tensor }) => ({
        dx: flip(net.backward({ dOutput: flip(dOutput) }).dx),
      }),
    }
    const map = influenceMap(backwards, x)
    expect(map.at(3, 1)).toBe(0)
    expect(map.at(1, 3)).toBeGreaterThan(0)
  })

  it('of float32 weights is near that of float64: 1e-5', () => {
    const single = new RNN({ inputSize: I, hiddenSize: H, seed: 1, dtype: 'float32' })
    expect(influenceMap(single, x.astype('float32')).maxAbsDifference(influenceMap(net, x))).toBeLessThan(
      1e-5,
    )
  })

  it('refuses a step that is not there, a batch, and an unknown norm', () => {
    expect(complaintOf(() => inputJacobian(net, x, 0))).toBe(
      'RangeError: t is 0, expected a whole number from 1 to T = 6',
    )
    expect(complaintOf(() => influenceMap(net, Tensor.zeros([1, T, I])))).toBe(
      'RangeError: x has shape [1, 6, 2], expected [T, I]',
    )
    expect(complaintOf(() => influenceMap(net, x, { norm: 'max' as 'frobenius' }))).toBe(
      'TypeError: unknown norm: max, expected frobenius or spectral',
    )
  })
})
