import { describe, expect, it } from 'vitest'
import { Linear, numericGradient, numericGradients, relativeError, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

describe('Linear', () => {
  it('computes x Wᵀ + b for each step on its own', () => {
    const linear = new Linear({ inFeatures: 2, outFeatures: 1 })
    linear.loadStateDict({ weight: Tensor.from([[2, -1]]), bias: Tensor.from([0.5]) })
    expect(
      linear
        .forward(
          Tensor.from([
            [1, 1],
            [0, 3],
          ]),
        )
        .toArray(),
    ).toEqual([[1.5], [-2.5]])
    expect(linear.forward(Tensor.from([1, 1])).toArray()).toEqual([1.5])
  })

  it.each([true, false])('its gradients agree with central differences to 1e-9 (bias: %s)', bias => {
    const linear = new Linear({ inFeatures: 3, outFeatures: 2, bias, seed: 1 })
    const { x, dy } = gaussians(1, { x: [2, 4, 3], dy: [2, 4, 2] })
    const loss = (input = x) => linear.forward(input).dot(dy)
    loss()
    const dx = linear.backward(dy)
    const gradients = linear.gradients()
    const numeric = numericGradients(linear.params, () => loss())
    expect(Object.keys(gradients)).toEqual(bias ? ['weight', 'bias'] : ['weight'])
    for (const name of Object.keys(gradients))
      expect(relativeError(gradients[name], numeric[name]), name).toBeLessThan(1e-9)
    expect(
      relativeError(
        dx,
        numericGradient(v => loss(v), x),
      ),
    ).toBeLessThan(1e-9)
  })

  it('with a nonlinearity between two it has no memory: permuting the steps permutes the result, exactly', () => {
    const hidden = new Linear({ inFeatures: 3, outFeatures: 5, seed: 1 })
    const readOut = new Linear({ inFeatures: 5, outFeatures: 2, seed: 2 })
    const feedForward = (x: Tensor) => readOut.forward(hidden.forward(x).map(Math.tanh))
    const { x } = gaussians(2, { x: [6, 3] })
    const reversed = (t: Tensor) => Tensor.concat([5, 4, 3, 2, 1, 0].map(t0 => t.slice(t0, t0 + 1)))
    expect(feedForward(reversed(x)).equals(reversed(feedForward(x)))).toBe(true)
  })

  it('draws U(-1/√I, 1/√I) and counts O(I + 1)', () => {
    const linear = new Linear({ inFeatures: 25, outFeatures: 40, seed: 3 })
    expect(linear.parameterCount).toBe(40 * 26)
    const largest = Math.max(...linear.params.values.map(Math.abs))
    expect(largest).toBeLessThanOrEqual(0.2)
    expect(largest).toBeGreaterThan(0.199)
  })

  it.each<[string, (linear: Linear) => unknown]>([
    ['RangeError: x has shape [4, 2], expected [..., I = 3]', linear => linear.forward(Tensor.zeros([4, 2]))],
    ['TypeError: x is float32, expected float64', linear => linear.forward(Tensor.zeros([3], 'float32'))],
    ['Error: forward has not run yet', linear => linear.backward(Tensor.zeros([2]))],
    [
      'RangeError: dy has shape [2], expected [4, 2]',
      linear => {
        linear.forward(Tensor.zeros([4, 3]))
        linear.backward(Tensor.zeros([2]))
      },
    ],
    ['TypeError: missing option outFeatures', () => new Linear({ inFeatures: 1 } as never)],
  ])('refuses misuse: %s', (complaint, misuse) => {
    expect(complaintOf(() => misuse(new Linear({ inFeatures: 3, outFeatures: 2 })))).toBe(complaint)
  })
})
