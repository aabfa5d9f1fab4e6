/** The networks against PyTorch's numbers: those in test/golden always, the larger shared set where it is present. */
import { describe, expect, it } from 'vitest'
import { GRU, LSTM, RNN, relativeError, type Tensor } from '../../../src/rnn/index.ts'
import { type Numbers, readGolden, type SequenceCase, tensor } from '../golden.ts'

const tensors = (named: Record<string, Numbers>) =>
  Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, tensor(numbers)]))

/** The interface that all three share, as the issue of this core fixes it. */
interface Network {
  loadStateDict(state: Record<string, Tensor>): void
  forward(
    x: Tensor,
    options: { h0: Tensor; c0?: Tensor; lengths?: number[] },
  ): { output: Tensor; hN: Tensor; cN?: Tensor }
  backward(options: { dOutput: Tensor; dHN: Tensor; dCN?: Tensor; truncate?: number }): {
    dx: Tensor
    dh0: Tensor
    dc0?: Tensor
  }
  gradients(): Record<string, Tensor>
}

function networkOf(c: SequenceCase): Network {
  const options = {
    inputSize: c.input_size,
    hiddenSize: c.hidden_size,
    numLayers: c.num_layers,
    bidirectional: c.bidirectional,
    bias: c.bias,
    batchFirst: true,
    dtype: 'float64',
  } as const
  if (c.kind === 'lstm') return new LSTM(options)
  if (c.kind === 'gru') return new GRU(options)
  return new RNN({ ...options, nonlinearity: c.kind === 'rnn_relu' ? 'relu' : 'tanh' })
}

function holdTo(c: SequenceCase) {
  const net = networkOf(c)
  net.loadStateDict(tensors(c.weights))
  const { output, hN, cN } = net.forward(tensor(c.x), {
    h0: tensor(c.h0),
    c0: c.c0 && tensor(c.c0),
    lengths: c.lengths ?? undefined,
  })
  const { dx, dh0, dc0 } = net.backward({
    dOutput: tensor(c.wy).add(output),
    dHN: tensor(c.wh),
    dCN: c.wc && tensor(c.wc),
    truncate: c.truncate,
  })
  expect(output.maxAbsDifference(tensor(c.y))).toBeLessThan(1e-12)
  expect(hN.maxAbsDifference(tensor(c.hn))).toBeLessThan(1e-12)
  if (c.cn) expect(cN!.maxAbsDifference(tensor(c.cn))).toBeLessThan(1e-12)
  expect(relativeError(dx, tensor(c.grad.x))).toBeLessThan(1e-10)
  expect(relativeError(dh0, tensor(c.grad.h0))).toBeLessThan(1e-10)
  if (c.grad.c0) expect(relativeError(dc0!, tensor(c.grad.c0))).toBeLessThan(1e-10)
  const gradients = net.gradients()
  expect(Object.keys(gradients)).toEqual(Object.keys(c.grad.weights))
  for (const [name, gradient] of Object.entries(gradients))
    expect(relativeError(gradient, tensor(c.grad.weights[name])), name).toBeLessThan(1e-10)
}

describe.each(readGolden<{ rnn: SequenceCase[]; truncated?: SequenceCase[] }>('rnn.json'))(
  "RNN, LSTM and GRU give PyTorch's values to 1e-12 and its gradients to 1e-10 relative: %s",
  (source, { rnn, truncated = [] }) => {
    it('of every kind, one and two layers, one and two directions, whole and packed', () => {
      const forms = new Set(rnn.map(c => [c.kind, c.num_layers, c.bidirectional, !c.lengths].join()))
      for (const kind of ['rnn_tanh', 'rnn_relu', 'lstm', 'gru'])
        for (const layers of [1, 2])
          for (const bidirectional of [false, true])
            for (const isWhole of [false, true])
              expect(forms).toContain([kind, layers, bidirectional, isWhole].join())
      if (source === 'golden') expect(truncated.length).toBeGreaterThanOrEqual(9)
    })
    it.each(rnn)('$name', holdTo)
    it.each(truncated)('truncated: $name', holdTo)
  },
)
