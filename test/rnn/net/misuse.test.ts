/** Each misuse is one clear error, and nothing is half done. */
import { describe, expect, it } from 'vitest'
import {
  type BackwardOptions,
  type ForwardOptions,
  type NetworkOptions,
  RNN,
  type RNNOptions,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'
import { givenFor, kinds, networkOf, runOf } from './networks.ts'

const sizes = { inputSize: 3, hiddenSize: 4 }

describe.each(kinds)('%s refuses, naming what it got and what it expected:', kind => {
  const deep = networkOf(kind, { ...sizes, numLayers: 2, bidirectional: true })
  const net = networkOf(kind, sizes)
  const timeFirst = networkOf(kind, { ...sizes, batchFirst: false })
  const isLSTM = kind === 'LSTM'
  const x = Tensor.zeros([2, 5, 3])
  const zeros = (...shape: number[]) => Tensor.zeros(shape)

  const forwards: [string, () => unknown, string][] = [
    [
      'input size',
      () => net.forward(zeros(2, 5, 2)),
      'RangeError: x has shape [2, 5, 2], expected [B, T, I = 3]',
    ],
    [
      'input size, time first',
      () => timeFirst.forward(zeros(5, 2, 2)),
      'RangeError: x has shape [5, 2, 2], expected [T, B, I = 3]',
    ],
    [
      'input size of one sequence',
      () => net.forward(zeros(5, 2)),
      'RangeError: x has shape [5, 2], expected [T, I = 3]',
    ],
    [
      'input axes',
      () => net.forward(zeros(3)),
      'RangeError: x has shape [3], expected [batch, time, input] or [time, input]',
    ],
    [
      'input axes, time first',
      () => timeFirst.forward(zeros(1, 2, 5, 3)),
      'RangeError: x has shape [1, 2, 5, 3], expected [time, batch, input] or [time, input]',
    ],
    [
      'no steps',
      () => net.forward(zeros(2, 0, 3)),
      'RangeError: x has T = 0 steps of B = 2 sequences, expected at least one of each',
    ],
    [
      'no step of one sequence',
      () => net.forward(zeros(0, 3)),
      'RangeError: x has T = 0 steps of B = 1 sequences, expected at least one of each',
    ],
    [
      'no batch',
      () => net.forward(zeros(0, 5, 3)),
      'RangeError: x has T = 5 steps of B = 0 sequences, expected at least one of each',
    ],
    ['dtype', () => net.forward(x.astype('float32')), 'TypeError: x is float32, expected float64'],
    [
      'dtype the other way',
      () => networkOf(kind, { ...sizes, dtype: 'float32' }).forward(x),
      'TypeError: x is float64, expected float32',
    ],
    [
      'h0 without a batch axis',
      () => net.forward(x, { h0: zeros(1, 4) }),
      'RangeError: h0 has shape [1, 4], expected [layers = 1, B = 2, H = 4]',
    ],
    [
      'h0 for one layer of four',
      () => deep.forward(x, { h0: zeros(1, 2, 4) }),
      'RangeError: h0 has shape [1, 2, 4], expected [layers = 4, B = 2, H = 4]',
    ],
    [
      'h0 with a batch axis for one sequence',
      () => deep.forward(zeros(5, 3), { h0: zeros(4, 1, 4) }),
      'RangeError: h0 has shape [4, 1, 4], expected [layers = 4, H = 4]',
    ],
    [
      'dtype of h0',
      () => net.forward(x, { h0: zeros(1, 2, 4).astype('float32') }),
      'TypeError: h0 is float32, expected float64',
    ],
    [
      'count of lengths',
      () => net.forward(x, { lengths: [5] }),
      'RangeError: lengths has length 1, expected B = 2',
    ],
    ...[6, 0, 2.5, Number.NaN].map((n): [string, () => unknown, string] => [
      `length ${n}`,
      () => net.forward(x, { lengths: [5, n] }),
      `RangeError: lengths[1] is ${n}, expected a whole number from 1 to T = 5`,
    ]),
    [
      'unknown option',
      () => net.forward(x, { legths: [5, 5] } as ForwardOptions),
      `TypeError: unknown option: legths, expected ${isLSTM ? 'h0, c0' : 'h0'}, lengths, reuse`,
    ],
    [
      'c0',
      () => net.forward(x, { c0: zeros(2, 4) }),
      isLSTM
        ? 'RangeError: c0 has shape [2, 4], expected [layers = 1, B = 2, H = 4]'
        : 'TypeError: unknown option: c0, expected h0, lengths, reuse',
    ],
  ]
  it.each(forwards)('forward, %s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))

  const backOf = (options: BackwardOptions) => {
    deep.forward(x)
    return deep.backward(options)
  }
  const backwards: [string, () => unknown, string][] = [
    [
      'dOutput, time first',
      () => backOf({ dOutput: zeros(5, 2, 8) }),
      'RangeError: dOutput has shape [5, 2, 8], expected [B = 2, T = 5, 2H = 8]',
    ],
    [
      'dOutput of one direction',
      () => backOf({ dOutput: zeros(2, 5, 4) }),
      'RangeError: dOutput has shape [2, 5, 4], expected [B = 2, T = 5, 2H = 8]',
    ],
    [
      'dOutput of one direction where there is one',
      () => {
        net.forward(zeros(5, 3))
        net.backward({ dOutput: zeros(5, 3) })
      },
      'RangeError: dOutput has shape [5, 3], expected [T = 5, H = 4]',
    ],
    [
      'dtype of dOutput',
      () => backOf({ dOutput: zeros(2, 5, 8).astype('float32') }),
      'TypeError: dOutput is float32, expected float64',
    ],
    [
      'dHN',
      () => backOf({ dHN: zeros(2, 4) }),
      'RangeError: dHN has shape [2, 4], expected [layers = 4, B = 2, H = 4]',
    ],
    [
      'dtype of dHN',
      () => backOf({ dHN: zeros(4, 2, 4).astype('float32') }),
      'TypeError: dHN is float32, expected float64',
    ],
    [
      'dCN',
      () => backOf({ dCN: zeros(4, 4) } as BackwardOptions),
      isLSTM
        ? 'RangeError: dCN has shape [4, 4], expected [layers = 4, B = 2, H = 4]'
        : 'TypeError: unknown option: dCN, expected dOutput, dHN, truncate, inputGradient, reuse',
    ],
    ...[0, -1, 1.5, Number.NaN].map((k): [string, () => unknown, string] => [
      `truncate ${k}`,
      () => backOf({ truncate: k }),
      `RangeError: expected truncate to be a whole number from 1, got ${k}`,
    ]),
    [
      'unknown option',
      () => backOf({ dH: zeros(4, 2, 4) } as BackwardOptions),
      `TypeError: unknown option: dH, expected dOutput, dHN, ${isLSTM ? 'dCN, ' : ''}truncate, inputGradient, reuse`,
    ],
    ['before forward', () => networkOf(kind, sizes).backward(), 'Error: forward has not run yet'],
    ['states before forward', () => networkOf(kind, sizes).states(), 'Error: forward has not run yet'],
    [
      'gradients of states before backward',
      () => {
        backOf({})
        deep.forward(x)
        deep.stateGradients()
      },
      'Error: backward has not run since the last forward',
    ],
  ]
  it.each(backwards)('backward, %s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))

  const expectedOptions =
    'inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, dtype, seed' +
    (kind === 'tanh' || kind === 'relu' ? ', nonlinearity' : '')
  const whole = (name: string, value: number): [NetworkOptions, string] => [
    { ...sizes, [name]: value },
    `RangeError: expected ${name} to be a whole number from 1, got ${value}`,
  ]
  const dropouts = [1, -0.1, 2, Number.NaN].map((dropout): [NetworkOptions, string] => [
    { ...sizes, dropout },
    `RangeError: expected dropout to be from 0 to 0.9999999999999998, got ${dropout}`,
  ])
  it.each<[NetworkOptions, string]>([
    [{ hiddenSize: 2 } as NetworkOptions, 'TypeError: missing option inputSize'],
    [{ inputSize: 2 } as NetworkOptions, 'TypeError: missing option hiddenSize'],
    whole('inputSize', 1.5),
    whole('hiddenSize', 0),
    whole('hiddenSize', Number.NaN),
    whole('numLayers', 0),
    whole('numLayers', -1),
    ...dropouts,
    [
      { ...sizes, dtype: 'float16' as 'float32' },
      "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
    ],
    [{ ...sizes, seed: 0.5 }, 'RangeError: expected a seed that is a whole number, got 0.5'],
    [
      { ...sizes, hiddensize: 3 } as NetworkOptions,
      `TypeError: unknown option: hiddensize, expected ${expectedOptions}`,
    ],
  ])('constructor, %j', (options, message) => {
    expect(complaintOf(() => networkOf(kind, options))).toBe(message)
  })

  it('an unknown name or a wrong shape in a state dict, and leaves every parameter as it was', () => {
    const before = deep.stateDict()
    const doubled = Object.fromEntries(Object.entries(before).map(([name, t]) => [name, t.mul(2)]))
    const { weight_hh_l1_reverse: taken, ...rest } = doubled
    const names = Object.keys(before).join(', ')
    const G = kind === 'LSTM' ? 4 : kind === 'GRU' ? 3 : 1
    const messages: [Record<string, Tensor>, string][] = [
      [rest, `RangeError: missing parameter weight_hh_l1_reverse; expected ${names}`],
      [
        { ...rest, weight_hh_l2: taken },
        `RangeError: missing parameter weight_hh_l1_reverse, unknown parameter: weight_hh_l2; expected ${names}`,
      ],
      [{ ...doubled, bias: taken }, `RangeError: unknown parameter: bias; expected ${names}`],
      [
        { ...doubled, bias_hh_l1_reverse: zeros(3) },
        `RangeError: bias_hh_l1_reverse has shape [3], expected [${G * 4}]`,
      ],
    ]
    for (const [state, message] of messages) {
      expect(complaintOf(() => deep.loadStateDict(state))).toBe(message)
      for (const [name, t] of Object.entries(deep.stateDict()))
        expect(t.equals(before[name]), name).toBe(true)
    }
  })

  it('a forward, and then has no last one; a backward, and then the next goes well, exactly as before', () => {
    const given = givenFor(deep, { B: 2, T: 5, seed: 1 })
    const { output: _, hN, cN, ...expected } = runOf(deep, given)
    complaintOf(() => deep.backward({ dHN: zeros(2, 4) }))
    expect(complaintOf(() => deep.stateGradients())).toBe(
      'Error: backward has not run since the last forward',
    )
    for (const [name, t] of Object.entries(deep.gradients()))
      expect(t.equals(expected[name]), name).toBe(true)
    const { dOutput, dHN, dCN } = given
    const again: Record<string, Tensor> = { ...deep.backward({ dOutput, dHN, dCN }), ...deep.gradients() }
    for (const [name, t] of Object.entries(again)) expect(t.equals(expected[name]), name).toBe(true)
    complaintOf(() => deep.forward(zeros(2, 5, 2)))
    expect(complaintOf(() => deep.backward())).toBe('Error: forward has not run yet')
    expect(complaintOf(() => deep.states())).toBe('Error: forward has not run yet')
    for (const [name, t] of Object.entries(deep.gradients()))
      expect(t.equals(expected[name]), name).toBe(true)
  })

  it('nothing of what it should take: options that are undefined, and a config that it filled in itself', () => {
    const twin = networkOf(kind, { ...deep.config, seed: undefined })
    expect(twin.config).toEqual({ ...deep.config, seed: 0 })
    expect(twin.params.values).toEqual(deep.params.values)
    const none = { h0: undefined, c0: undefined, lengths: undefined, reuse: undefined }
    expect(twin.forward(x, none).output.equals(deep.forward(x).output)).toBe(true)
  })
})

it('RNN refuses an unknown nonlinearity', () => {
  expect(complaintOf(() => new RNN({ ...sizes, nonlinearity: 'gelu' } as unknown as RNNOptions))).toBe(
    "TypeError: unknown nonlinearity: gelu, expected 'tanh' or 'relu'",
  )
})
