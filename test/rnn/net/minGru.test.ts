import { describe, expect, it } from 'vitest'
import {
  adam,
  Linear,
  MinGRU,
  networkJacobians,
  Random,
  relativeError,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf, gaussians } from '../support.ts'

const modes = ['loop', 'scan'] as const
const sigmoid = (v: number) => 1 / (1 + Math.exp(-v))

describe.each(modes)('MinGRU in the %s', mode => {
  const [I, H, T] = [2, 3, 9]
  const build = (gateBias?: number) => {
    const net = new MinGRU({ inputSize: I, hiddenSize: H, seed: 1, mode })
    if (gateBias !== undefined) {
      net.params.value('weight_ih_l0').slice(0, H).data.fill(0)
      net.params.value('bias_ih_l0').slice(0, H).data.fill(gateBias)
    }
    return net
  }
  const { x, h0, dOutput } = gaussians(1, { x: [T, I], h0: [1, H], dOutput: [T, H] })
  const parts = (net: MinGRU) => {
    const { weight_ih_l0: W, bias_ih_l0: b } = net.stateDict()
    const map = (from: number, to: number) =>
      Tensor.stack(x.rows().map(row => W.slice(from, to).matmul(row).add(b.slice(from, to))))
    return { z: map(0, H).map(sigmoid), candidates: map(H, 2 * H) }
  }

  it('is h_t = (1 - z_t) h_{t-1} + z_t h̃_t, written out with the rows of z before those of h̃, to 1e-14', () => {
    const net = build()
    const { z, candidates } = parts(net)
    const { output } = net.forward(x, { h0 })
    let h = h0.row(0)
    for (let t = 0; t < T; t++) {
      h = h.map((v, i) => (1 - z.at(t, i)) * v + z.at(t, i) * candidates.at(t, i))
      expect(output.row(t).maxAbsDifference(h)).toBeLessThan(1e-14)
    }
  })

  it('has the Jacobian diag(1 - z_t), to 1e-15', () => {
    const net = build()
    const { z } = parts(net)
    networkJacobians(net, x, { h0 }).forEach((J, t) => {
      expect(J.maxAbsDifference(Tensor.diagonal(z.row(t).map(v => 1 - v)))).toBeLessThan(1e-15)
    })
  })

  it('with z = 0 keeps h0 over all steps, and hands its gradient back unchanged, exactly', () => {
    const net = build(-1000)
    const { output, hN } = net.forward(x, { h0 })
    for (const row of output.rows()) expect(row.equals(h0.row(0))).toBe(true)
    expect(hN.equals(h0)).toBe(true)
    const { dx, dh0 } = net.backward({ dHN: h0 })
    expect(dh0.equals(h0)).toBe(true)
    expect(dx.maxAbs()).toBe(0)
  })

  it('with z = 1 forgets: each state is its own candidate, and no gradient crosses a step, exactly', () => {
    const net = build(1000)
    const { candidates } = parts(net)
    const { output } = net.forward(x, { h0 })
    expect(output.equals(net.forward(x).output)).toBe(true)
    expect(output.maxAbsDifference(candidates)).toBeLessThan(1e-15)
    const { dh0 } = net.backward({ dOutput })
    expect(dh0.maxAbs()).toBe(0)
    expect(net.stateGradients().slice(1).equals(dOutput)).toBe(true)
  })

  it('a state is a mean: never above the largest of h0 and all candidates so far, nor below the least', () => {
    const net = build()
    const { candidates } = parts(net)
    const { output } = net.forward(x, { h0 })
    for (let i = 0; i < H; i++) {
      const seen = [h0.at(0, i)]
      for (let t = 0; t < T; t++) {
        seen.push(candidates.at(t, i))
        expect(output.at(t, i)).toBeLessThanOrEqual(Math.max(...seen) + 1e-15)
        expect(output.at(t, i)).toBeGreaterThanOrEqual(Math.min(...seen) - 1e-15)
      }
    }
  })

  it('its gate keeps digits where z is near 1: 1 - z = e^-40 moves h by e^-40 h0, to 1e-12 of that', () => {
    const net = build(40)
    net.forward(x.slice(0, 1), { h0 })
    const { dh0 } = net.backward({ dHN: Tensor.full([1, H], 1) })
    expect(relativeError(dh0, Tensor.full([1, H], Math.exp(-40)))).toBeLessThan(1e-12)
  })
})

it('MinGRU counts 2H(I + 1) parameters, 2H·I without biases, and loads all of them or none', () => {
  const net = new MinGRU({ inputSize: 28, hiddenSize: 50 })
  expect(net.parameterCount).toBe(100 * 29)
  const plain = new MinGRU({ inputSize: 28, hiddenSize: 50, bias: false })
  expect(plain.parameterCount).toBe(100 * 28)
  expect(Object.keys(plain.stateDict())).toEqual(['weight_ih_l0'])
  expect(complaintOf(() => net.loadStateDict({ ...net.stateDict(), bias_ih_l0: Tensor.zeros([50]) }))).toBe(
    'RangeError: bias_ih_l0 has shape [50], expected [100]',
  )
  const other = new MinGRU({ inputSize: 28, hiddenSize: 50, seed: 1 })
  net.loadStateDict(other.stateDict())
  expect(net.params.values).toEqual(other.params.values)
})

it('MinGRU with a linear read-out learns to keep the marked number over 12 steps: 300 of Adam leave 1 %', () => {
  const random = new Random(1)
  const [B, T] = [24, 12]
  const marked = Array.from({ length: B }, () => random.integer(T))
  const x = Tensor.generate([B, T, 2], k => {
    const isMark = Math.floor(k / 2) % T === marked[Math.floor(k / (2 * T))]
    return k % 2 === 0 ? random.uniform(-1, 1) : Number(isMark)
  })
  const target = Tensor.generate([B, 1], b => x.at(b, marked[b], 0))
  const net = new MinGRU({ inputSize: 2, hiddenSize: 6, seed: 3, mode: 'scan' })
  const readOut = new Linear({ inFeatures: 6, outFeatures: 1, seed: 4 })
  const { init, update } = adam({ lr: 0.03 })
  const learners = [net.params, readOut.params].map(params => ({
    params,
    state: init(params.count, 'float64'),
  }))
  const losses = Array.from({ length: 300 }, () => {
    const { hN } = net.forward(x)
    const { loss, dy } = squaredError(readOut.forward(hN.row(0)), target)
    net.backward({ dHN: readOut.backward(dy).reshape([1, B, 6]) })
    for (const { params, state } of learners) update(params.values, params.grads, state)
    return loss
  })
  expect(losses[299]).toBeLessThan(losses[0] / 100)
})
