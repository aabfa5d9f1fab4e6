/** What RNN, LSTM and GRU are made of, and that they learn. */
import { describe, expect, it } from 'vitest'
import { adam, GRU, Linear, LSTM, Random, RNN, squaredError, Tensor } from '../../../src/rnn/index.ts'
import { kinds, networkOf } from './networks.ts'

const rowsOf = { tanh: 1, relu: 1, LSTM: 4, GRU: 3 } as const

describe.each(kinds)('%s', kind => {
  const G = rowsOf[kind]

  it('draws U(-1/√H, 1/√H): within the bound, filling it, the same for one seed, another for another', () => {
    const draw = (seed?: number) => networkOf(kind, { inputSize: 8, hiddenSize: 16, seed }).params.values
    const largest = Math.max(...draw(1).map(Math.abs))
    expect(largest).toBeLessThanOrEqual(0.25)
    expect(largest).toBeGreaterThan(0.24)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(2)).not.toEqual(draw(1))
    expect(draw()).toEqual(draw(0))
  })

  it('counts GH(I + H + 2) parameters, GH(I + H) without biases', () => {
    const [I, H] = [28, 50]
    expect(networkOf(kind, { inputSize: I, hiddenSize: H }).parameterCount).toBe(G * H * (I + H + 2))
    const plain = networkOf(kind, { inputSize: I, hiddenSize: H, bias: false })
    expect(plain.parameterCount).toBe(G * H * (I + H))
    expect(Object.keys(plain.stateDict())).toEqual(['weight_ih_l0', 'weight_hh_l0'])
  })

  it("has PyTorch's names in PyTorch's order; above the first layer both directions are read", () => {
    const net = networkOf(kind, { inputSize: 3, hiddenSize: 2, numLayers: 2, bidirectional: true })
    const shapes = Object.entries(net.stateDict()).map(([name, { shape }]) => `${name} ${shape.join(' ')}`)
    expect(shapes).toEqual(
      [
        [0, ''],
        [0, '_reverse'],
        [1, ''],
        [1, '_reverse'],
      ].flatMap(([layer, end]) => [
        `weight_ih_l${layer}${end} ${G * 2} ${layer === 0 ? 3 : 4}`,
        `weight_hh_l${layer}${end} ${G * 2} 2`,
        `bias_ih_l${layer}${end} ${G * 2}`,
        `bias_hh_l${layer}${end} ${G * 2}`,
      ]),
    )
  })

  it('its weights by the symbols of the book are views: what is written there is what runs', () => {
    const net = networkOf(kind, { inputSize: 1, hiddenSize: 2 })
    const { W_ih, W_hh, b_ih, b_hh } = net.weights
    for (const t of [W_ih, W_hh, b_ih, b_hh]) t.data.fill(0)
    expect(net.params.values.every(v => v === 0)).toBe(true)
    expect(net.forward(Tensor.full([3, 1], 1)).output.maxAbs()).toBe(0)
  })

  it('with a linear read-out learns to repeat its last input: 300 steps of Adam leave 1 % of the error', () => {
    const random = new Random(1)
    const net = networkOf(kind, { inputSize: 1, hiddenSize: 6, seed: 3 })
    const readOut = new Linear({ inFeatures: 6, outFeatures: 1, seed: 4 })
    const x = Tensor.generate([8, 10, 1], () => random.uniform(-1, 1))
    const target = x.map((_, k) => (k % 10 === 0 ? 0 : x.data[k - 1]))
    const { init, update } = adam({ lr: 0.02 })
    const learners = [net.params, readOut.params].map(params => ({
      params,
      state: init(params.count, 'float64'),
    }))
    const losses = Array.from({ length: 300 }, () => {
      const { loss, dy } = squaredError(readOut.forward(net.forward(x).output), target)
      net.backward({ dOutput: readOut.backward(dy), inputGradient: false })
      for (const { params, state } of learners) update(params.values, params.grads, state)
      return loss
    })
    expect(losses[299]).toBeLessThan(losses[0] / 100)
  })
})

it('inputGradient: false is known to the compiler: there is no dx to read', () => {
  const sizes = { inputSize: 1, hiddenSize: 1 }
  const [rnn, lstm, gru] = [new RNN(sizes), new LSTM(sizes), new GRU(sizes)]
  for (const net of [rnn, lstm, gru]) net.forward(Tensor.zeros([1, 1]))
  // @ts-expect-error
  expect(rnn.backward({ inputGradient: false }).dx).toBe(undefined)
  // @ts-expect-error
  expect(lstm.backward({ inputGradient: false }).dx).toBe(undefined)
  // @ts-expect-error
  expect(gru.backward({ inputGradient: false }).dx).toBe(undefined)
  for (const { dx } of [rnn.backward(), lstm.backward(), gru.backward()]) expect(dx.shape).toEqual([1, 1])
})
