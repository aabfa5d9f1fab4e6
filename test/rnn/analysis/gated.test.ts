/** The analysis of gated and of deep networks, against central differences: nothing in it is the Elman network's alone. */
import { describe, expect, it } from 'vitest'
import {
  GRU,
  gradientFlow,
  influenceMap,
  inputJacobian,
  Linear,
  LSTM,
  lyapunovExponents,
  memoryCapacity,
  networkJacobians,
  numericJacobian,
  Random,
  RNN,
  relativeError,
  saturation,
  Tensor,
} from '../../../src/rnn/index.ts'
import { givenFor, kinds, type Network, networkOf } from '../net/networks.ts'
import { complaintOf, gaussians } from '../support.ts'

const [T, I, H] = [5, 2, 3]

/** All that a network carries from step to step as one vector: h of every layer, then c of every layer. */
function oneStep(net: Network, x: Tensor, layers: number): (s: Tensor) => Tensor {
  return s => {
    const [h0, c0] = s.reshape([s.data.length / (layers * H), layers, H]).rows()
    const { hN, cN } = net.forward(x, { h0, c0 })
    const flat = (t: Tensor) => t.reshape([layers * H])
    return cN ? Tensor.concat([flat(hN), flat(cN)]) : flat(hN)
  }
}

describe.each(kinds)('%s', kind => {
  describe.each([1, 2])('of %i layers:', numLayers => {
    const net = networkOf(kind, { inputSize: I, hiddenSize: H, numLayers, seed: 4 })
    net.params.values.set(net.params.values.map(v => 2 * v))
    const { x, h0, c0 } = givenFor(net, { B: 1, T, seed: 7 })
    const sequence = x.row(0)
    const start = { h0: h0.reshape([numLayers, H]), c0: c0?.reshape([numLayers, H]) }

    it('networkJacobians are ∂s_t/∂s_{t-1}, s the states of all layers and their memories, to 1e-8', () => {
      const jacobians = networkJacobians(net, sequence, start)
      expect(jacobians).toHaveLength(T)
      const flat = (t: Tensor) => t.reshape([numLayers * H])
      let s = start.c0 ? Tensor.concat([flat(start.h0), flat(start.c0)]) : flat(start.h0)
      for (const [t, J] of jacobians.entries()) {
        const step = oneStep(net, sequence.slice(t, t + 1), numLayers)
        expect(relativeError(J, numericJacobian(step, s)), `step ${t + 1}`).toBeLessThan(1e-8)
        s = step(s)
      }
    })

    it('their product is the Jacobian of the whole, to 1e-8: the chain of all layers', () => {
      const S = (kind === 'LSTM' ? 2 : 1) * numLayers * H
      const product = networkJacobians(net, sequence).reduce((before, J) => J.matmul(before))
      const numeric = numericJacobian(oneStep(net, sequence, numLayers), Tensor.zeros([S]))
      expect(relativeError(product, numeric)).toBeLessThan(1e-8)
    })

    it('inputJacobian and influenceMap are those of finite differences, through a read-out, to 1e-8', () => {
      const readOut = new Linear({ inFeatures: H, outFeatures: 2, seed: 2 })
      const numeric = numericJacobian(v => readOut.forward(net.forward(v).output), sequence)
      const blocks = numeric.reshape([T, 2, T, I]).permute([0, 2, 1, 3])
      const J = inputJacobian(net, sequence, 4, { readOut })
      expect(relativeError(J, blocks.row(3))).toBeLessThan(1e-8)
      const map = influenceMap(net, sequence, { readOut })
      for (let t = 0; t < T; t++)
        for (let s = 0; s < T; s++)
          expect(Math.abs(map.at(t, s) - blocks.row(t).row(s).norm())).toBeLessThan(1e-8)
    })

    it('gradientFlow of any layer has ‖∂L/∂h_t‖, L the last state of the top: to 1e-7 of finite differences', () => {
      const only = Tensor.generate([numLayers, H], k => (k >= (numLayers - 1) * H ? 1 : 0))
      const loss = () => net.forward(sequence, start).hN.dot(only)
      loss()
      net.backward({ dHN: only })
      const flows = Array.from({ length: numLayers }, (_, layer) =>
        gradientFlow(net.stateGradients({ layer })),
      )
      for (const [layer, flow] of flows.entries()) {
        expect(flow.map(({ lag }) => lag)).toEqual(Array.from({ length: T + 1 }, (_, lag) => lag))
        const fromStart = numericJacobian(v => {
          const moved = start.h0.clone()
          moved.row(layer).data.set(v.data)
          const { hN } = net.forward(sequence, { ...start, h0: moved })
          return Tensor.from([hN.dot(only)])
        }, start.h0.row(layer))
        expect(Math.abs(flow[T].norm / fromStart.norm() - 1)).toBeLessThan(1e-7)
      }
    })
  })

  it('influenceMap of both directions has both sides of the diagonal, to 1e-8', () => {
    const net = networkOf(kind, { inputSize: I, hiddenSize: H, numLayers: 2, bidirectional: true, seed: 4 })
    const x = givenFor(net, { B: 1, T, seed: 7 }).x.row(0)
    const numeric = numericJacobian(v => net.forward(v).output, x)
    const blocks = numeric.reshape([T, 2 * H, T, I]).permute([0, 2, 1, 3])
    const map = influenceMap(net, x)
    for (let t = 0; t < T; t++)
      for (let s = 0; s < T; s++)
        expect(Math.abs(map.at(t, s) - blocks.row(t).row(s).norm())).toBeLessThan(1e-8)
    expect(map.at(0, T - 1)).toBeGreaterThan(0)
    expect(complaintOf(() => networkJacobians(net, x))).toBe(
      'RangeError: output has shape [1, 6] and hN [4, 3], expected one direction',
    )
  })

  it('memoryCapacity of its states is above 1 and at most H, 5 % more for a finite sequence', () => {
    const net = networkOf(kind, { inputSize: 1, hiddenSize: 6, seed: 2 })
    const random = new Random(3)
    const u = Tensor.generate([2000, 1], () => random.uniform(-1, 1))
    const { capacity } = memoryCapacity(net.forward(u).output, u)
    expect(capacity).toBeGreaterThan(1)
    expect(capacity).toBeLessThan(6 * 1.05)
  })
})

// Not relu: where its units are off, neighbours become one.
describe.each(['tanh', 'LSTM', 'GRU'] as const)('%s', kind => {
  it.each([1, 2])(
    'of %i layers: the largest Lyapunov exponent is the rate at which two neighbours part or meet, to 0.05 in 400 steps',
    numLayers => {
      const net = networkOf(kind, { inputSize: I, hiddenSize: H, numLayers, seed: 4 })
      net.params.values.set(net.params.values.map(v => 2 * v))
      const long = gaussians(9, { x: [400, I] }).x
      const [first] = lyapunovExponents(networkJacobians(net, long), { count: 1, discard: 100 })
      const S = (kind === 'LSTM' ? 2 : 1) * numLayers * H
      let s = Tensor.full([S], 0.1)
      let far = Tensor.full([S], 0.1 + 1e-7)
      let sum = 0
      for (let t = 0; t < 400; t++) {
        const step = oneStep(net, long.slice(t, t + 1), numLayers)
        s = step(s)
        const away = step(far).sub(s)
        const rate = away.norm() / (1e-7 * Math.sqrt(S))
        if (t >= 100) sum += Math.log(rate)
        // Back to the distance at the start, or the numbers run out of digits.
        far = s.add(away.div(rate))
      }
      expect(Math.abs(first - sum / 300)).toBeLessThan(0.05)
    },
  )
})

describe('gates tell what a gradient does:', () => {
  const x = gaussians(5, { x: [40, 1] }).x

  it('LSTM with open forget gates keeps a thousand times more of ∂L/∂c after 40 steps than one as it is drawn', () => {
    const left = (bias: number) => {
      const net = new LSTM({ inputSize: 1, hiddenSize: 8, seed: 1 })
      net.params.value('bias_ih_l0').data.fill(bias, 8, 16)
      net.forward(x)
      net.backward({ dCN: Tensor.full([1, 8], 1) })
      const flow = gradientFlow(net.memoryGradients())
      return { kept: flow[40].norm / flow[0].norm, ...saturation(net.gates().f, { low: 0.1, high: 0.9 }) }
    }
    const [open, drawn] = [left(6), left(0)]
    expect(open.share).toBe(1)
    expect(drawn.share).toBe(0)
    expect(open.kept).toBeGreaterThan(0.5)
    expect(drawn.kept).toBeLessThan(open.kept / 1000)
  })

  it('saturation of gates counts only the steps that there are: a padded batch has the shares of its parts', () => {
    const net = new GRU({ inputSize: 2, hiddenSize: 4, seed: 1 })
    const batch = gaussians(6, { batch: [2, 9, 2] }).batch.mul(8)
    const limits = { low: 0.1, high: 0.9 }
    const alone = [9, 4].map((n, b) => {
      net.forward(batch.row(b).slice(0, n))
      return saturation(net.gates().z, limits)
    })
    net.forward(batch, { lengths: [9, 4] })
    const { low, high, share } = saturation(net.gates().z, limits)
    const joined = (key: 'low' | 'high') => alone[0][key].mul(9 / 13).add(alone[1][key].mul(4 / 13))
    expect(low.maxAbsDifference(joined('low'))).toBeLessThan(1e-15)
    expect(high.maxAbsDifference(joined('high'))).toBeLessThan(1e-15)
    expect(Math.abs(share - (alone[0].share * 9 + alone[1].share * 4) / 13)).toBeLessThan(1e-15)
    expect(share).toBeGreaterThan(0.1)
  })
})

it('RNN has no gates to show, and says so to the compiler', () => {
  // @ts-expect-error
  expect(new RNN({ inputSize: 1, hiddenSize: 1 }).gates).toBe(undefined)
})
