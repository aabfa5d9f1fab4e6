import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryCapacity, Random, RNN, Tensor } from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussian } from '../support.ts'

const uniform = (seed: number, T: number) => {
  const random = new Random(seed)
  return Tensor.generate([T], () => random.uniform(-1, 1))
}

/** h_t = W h_{t-1} + w u_t without a nonlinearity: (T, H) */
function linearStates(W: Tensor, w: Tensor, u: Tensor): Tensor {
  let h = Tensor.zeros(w.shape)
  return Tensor.stack(
    [...u.data].map(input => {
      h = W.matmul(h).add(w.mul(input))
      return h
    }),
  )
}

describe('memoryCapacity', () => {
  it.each([1, 2, 5, 9])(
    'of a shift register of length %i is its length: R² 1 inside, below 0.02 outside',
    H => {
      const net = new RNN({ inputSize: 1, hiddenSize: H, nonlinearity: 'relu', bias: false })
      net.loadStateDict({
        weight_ih_l0: Tensor.generate([H, 1], k => (k === 0 ? 1 : 0)),
        weight_hh_l0: Tensor.generate([H, H], k => (Math.floor(k / H) === (k % H) + 1 ? 1 : 0)),
      })
      const u = uniform(1, 3000).add(1).reshape([3000, 1])
      const { capacity, r2 } = memoryCapacity(net.forward(u).output, u)
      expect(r2).toHaveLength(2 * H + 1)
      for (const r of r2.slice(0, H)) expect(r).toBeGreaterThan(1 - 1e-9)
      for (const r of r2.slice(H)) expect(r).toBeLessThan(0.02)
      expect(Math.abs(capacity - H)).toBeLessThan(0.02 * H)
    },
  )

  it('of a linear network with orthogonal W is H, to 5 %: 10 of 10', () => {
    const random = new Random(2)
    const W = random.orthogonal(10).mul(0.9)
    const u = uniform(3, 6000)
    const { capacity } = memoryCapacity(linearStates(W, gaussian(random, [10]), u), u, { maxLag: 60 })
    expect(Math.abs(capacity - 10)).toBeLessThan(0.5)
  })

  it('of a leaky integrator h_t = a h_{t-1} + u_t is 1: R²(k) = (1 - a²) a^2k, to 0.05', () => {
    const u = uniform(4, 8000)
    const { capacity, r2 } = memoryCapacity(linearStates(Tensor.from([[0.8]]), Tensor.from([1]), u), u, {
      maxLag: 20,
    })
    r2.slice(0, 10).forEach((r, k) => {
      expect(Math.abs(r - 0.36 * 0.64 ** k)).toBeLessThan(0.05)
    })
    expect(Math.abs(capacity - 1)).toBeLessThan(0.1)
  })

  it('never exceeds H by more than 5 %, for tanh networks of any size and gain', () => {
    const H = fc.integer({ min: 1, max: 8 })
    always(
      fc.property(fc.nat(), H, fc.double({ min: 0.1, max: 2, noNaN: true }), (seed, hiddenSize, gain) => {
        const net = new RNN({ inputSize: 1, hiddenSize, seed })
        const W = new Random(seed).orthogonal(hiddenSize).mul(gain)
        net.params.value('weight_hh_l0').data.set(W.data)
        const u = uniform(seed + 1, 1500).reshape([1500, 1])
        const { capacity } = memoryCapacity(net.forward(u).output, u)
        expect(capacity).toBeLessThan(hiddenSize * 1.05)
        expect(capacity).toBeGreaterThanOrEqual(0)
      }),
      20,
    )
  })

  it('is about 0 if the states have nothing to do with the input: below 0.1', () => {
    const states = gaussian(new Random(5), [2000, 10])
    expect(memoryCapacity(states, uniform(6, 2000)).capacity).toBeLessThan(0.1)
  })

  it('is not moved by a constant unit, a shift or a change of units: 1e-6', () => {
    const u = uniform(7, 1000)
    const states = linearStates(new Random(8).orthogonal(3).mul(0.7), Tensor.from([1, 2, 3]), u)
    const plain = memoryCapacity(states, u).capacity
    const constant = Tensor.concat([states.add(5), Tensor.full([1000, 1], 2)], 1)
    expect(Math.abs(memoryCapacity(constant, u, { maxLag: 6 }).capacity - plain)).toBeLessThan(1e-6)
    expect(Math.abs(memoryCapacity(states, u.mul(1000).add(3)).capacity - plain)).toBeLessThan(1e-6)
  })

  it.each<[string, () => unknown]>([
    [
      'input has shape [9], expected [T = 10]',
      () => memoryCapacity(Tensor.zeros([10, 2]), Tensor.zeros([9])),
    ],
    [
      'T = 10 leaves 3 steps to fit H = 2 numbers and 3 to test, after 4 of washout',
      () => memoryCapacity(Tensor.zeros([10, 2]), Tensor.zeros([10])),
    ],
    [
      'input does not vary, so there is nothing to remember',
      () => memoryCapacity(gaussian(new Random(1), [50, 2]), Tensor.zeros([50])),
    ],
  ])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(`RangeError: ${complaint}`))
})
