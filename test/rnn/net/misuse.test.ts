/** Each misuse is one clear error, and nothing is half done. */
import { describe, expect, it } from 'vitest'
import { RNN, type RNNOptions, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

describe('RNN refuses misuse with the name and both values:', () => {
  const net = new RNN({ inputSize: 3, hiddenSize: 4 })
  const x = Tensor.zeros([2, 5, 3])
  const afterForward = (misuse: () => unknown) => {
    net.forward(x)
    net.backward({})
    net.forward(x)
    return misuse()
  }
  const messages: [string, () => unknown, string][] = [
    [
      'input size',
      () => net.forward(Tensor.zeros([2, 5, 2])),
      'RangeError: x has shape [2, 5, 2], expected [B, T, I = 3]',
    ],
    [
      'input axes',
      () => net.forward(Tensor.zeros([3])),
      'RangeError: x has shape [3], expected [batch, time, input] or [time, input]',
    ],
    [
      'no steps',
      () => net.forward(Tensor.zeros([2, 0, 3])),
      'RangeError: x has T = 0 steps of B = 2 sequences, expected at least one of each',
    ],
    [
      'no batch',
      () => net.forward(Tensor.zeros([0, 5, 3])),
      'RangeError: x has T = 5 steps of B = 0 sequences, expected at least one of each',
    ],
    [
      'h0',
      () => net.forward(x, { h0: Tensor.zeros([2, 4]) }),
      'RangeError: h0 has shape [2, 4], expected [layers = 1, B = 2, H = 4]',
    ],
    ['dtype', () => net.forward(x.astype('float32')), 'TypeError: x is float32, expected float64'],
    [
      'count of lengths',
      () => net.forward(x, { lengths: [5] }),
      'RangeError: lengths has length 1, expected B = 2',
    ],
    [
      'length',
      () => net.forward(x, { lengths: [5, 6] }),
      'RangeError: lengths[1] is 6, expected a whole number from 1 to T = 5',
    ],
    [
      'length zero',
      () => net.forward(x, { lengths: [0, 5] }),
      'RangeError: lengths[0] is 0, expected a whole number from 1 to T = 5',
    ],
    [
      'RangeError: dOutput',
      () => afterForward(() => net.backward({ dOutput: Tensor.zeros([5, 2, 4]) })),
      'RangeError: dOutput has shape [5, 2, 4], expected [B = 2, T = 5, H = 4]',
    ],
    [
      'RangeError: dHN',
      () => afterForward(() => net.backward({ dHN: Tensor.zeros([2, 4]) })),
      'RangeError: dHN has shape [2, 4], expected [layers = 1, B = 2, H = 4]',
    ],
    [
      'truncate',
      () => afterForward(() => net.backward({ truncate: 0 })),
      'RangeError: expected truncate to be a whole number from 1, got 0',
    ],
    [
      'step',
      () => afterForward(() => net.tape(6)),
      'RangeError: t is 6, expected a whole number from 1 to T = 5',
    ],
    [
      'backward first',
      () => new RNN({ inputSize: 1, hiddenSize: 1 }).backward({}),
      'Error: forward has not run yet',
    ],
    [
      'stale gradients',
      () => afterForward(() => net.stateGradients()),
      'Error: backward has not run since the last forward',
    ],
    [
      'no size',
      () => new RNN({ hiddenSize: 2 } as unknown as RNNOptions),
      'TypeError: missing option inputSize',
    ],
    [
      'size',
      () => new RNN({ inputSize: 1.5, hiddenSize: 2 }),
      'RangeError: expected inputSize to be a whole number from 1, got 1.5',
    ],
    [
      'layers',
      () => new RNN({ inputSize: 1, hiddenSize: 2, numLayers: 2 as 1 }),
      'RangeError: numLayers: 2 is not built yet, expected 1',
    ],
    [
      'directions',
      () => new RNN({ inputSize: 1, hiddenSize: 2, bidirectional: true as false }),
      'RangeError: bidirectional: true is not built yet, expected false',
    ],
    [
      'nonlinearity',
      () => new RNN({ inputSize: 1, hiddenSize: 2, nonlinearity: 'gelu' as 'tanh' }),
      "TypeError: unknown nonlinearity: gelu, expected 'tanh' or 'relu'",
    ],
    [
      'type',
      () => new RNN({ inputSize: 1, hiddenSize: 2, dtype: 'float16' as 'float32' }),
      "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
    ],
    [
      'option',
      () => new RNN({ inputSize: 1, hiddenSize: 2, hiddensize: 3 } as RNNOptions),
      'TypeError: unknown option: hiddensize, expected inputSize, hiddenSize, nonlinearity, bias, batchFirst, dtype, seed, numLayers, bidirectional',
    ],
  ]
  it.each(messages)('%s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))

  it('a refused state dict leaves every parameter as it was', () => {
    const before = net.stateDict()
    const { weight_hh_l0: _, ...rest } = before
    expect(complaintOf(() => net.loadStateDict({ ...rest, weight_hh_l1: before.weight_hh_l0 }))).toBe(
      'RangeError: missing parameter weight_hh_l0, unknown parameter: weight_hh_l1; expected weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0',
    )
    const doubled = Object.fromEntries(Object.entries(before).map(([name, t]) => [name, t.mul(2)]))
    expect(complaintOf(() => net.loadStateDict({ ...doubled, bias_hh_l0: Tensor.zeros([3]) }))).toBe(
      'RangeError: bias_hh_l0 has shape [3], expected [4]',
    )
    for (const [name, t] of Object.entries(net.stateDict())) expect(t.equals(before[name]), name).toBe(true)
  })
})
