/** Dropout inside of RNN, LSTM and GRU: what is dropped, when, and that backward knows it. (The masks: dropout.test.ts) */
import { describe, expect, it } from 'vitest'
import {
  gradientErrors,
  numericGradient,
  type RandomState,
  relativeError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { givenFor, kinds, type Network, networkOf, runOf } from './networks.ts'

const options = { inputSize: 2, hiddenSize: 4, numLayers: 3, dropout: 0.5, seed: 3 }
const [B, T] = [2, 5]

/** Runs with the masks that the generator draws from this state. */
function withMasks<Result>(net: Network, state: RandomState, run: () => Result): Result {
  net.random.state = state
  return run()
}

describe.each(kinds)('%s with dropout', kind => {
  it('and without it has the same weights for one seed, and the same results once it is eval(), exactly', () => {
    const net = networkOf(kind, options)
    const plain = networkOf(kind, { ...options, dropout: 0 })
    expect(net.params.values).toEqual(plain.params.values)
    const given = givenFor(net, { B, T, seed: 1 })
    const dropped = runOf(net, given)
    expect(net.training).toBe(true)
    expect(net.eval()).toBe(net)
    const [first, second] = [runOf(net, given), runOf(net, given)]
    const expected = runOf(plain, given)
    for (const [name, t] of Object.entries(expected)) {
      expect(first[name].equals(t), name).toBe(true)
      expect(second[name].equals(t), name).toBe(true)
    }
    expect(dropped.output.maxAbsDifference(expected.output)).toBeGreaterThan(1e-3)
    expect(net.train().training).toBe(true)
    expect(net.forward(given.x).output.equals(expected.output)).toBe(false)
  })

  it('draws new masks at each forward, none in eval(), and the same for the same seed or state', () => {
    const [net, twin] = [networkOf(kind, options), networkOf(kind, options)]
    const { x } = givenFor(net, { B, T, seed: 1 })
    const start = net.random.state
    const [first, second] = [net.forward(x).output, net.forward(x).output]
    expect(first.equals(second)).toBe(false)
    expect(twin.forward(x).output.equals(first)).toBe(true)
    expect(twin.forward(x).output.equals(second)).toBe(true)
    expect(withMasks(net, start, () => net.forward(x).output).equals(first)).toBe(true)
    const before = net.random.state
    net.eval().forward(x)
    expect(net.random.state).toEqual(before)
  })

  it('neither the first layer nor its input is under a mask: its states are those without dropout, exactly', () => {
    const net = networkOf(kind, options)
    const { x } = givenFor(net, { B, T, seed: 1 })
    net.forward(x)
    const dropped = [0, 1].map(layer => net.states({ layer }))
    net.eval().forward(x)
    expect(dropped[0].equals(net.states({ layer: 0 }))).toBe(true)
    expect(dropped[1].equals(net.states({ layer: 1 }))).toBe(false)
  })

  it('nor is the output: it is the last layer’s states, exactly, and a single layer drops nothing', () => {
    const net = networkOf(kind, options)
    const given = givenFor(net, { B, T, seed: 1 })
    const { output } = net.forward(given.x)
    expect(output.permute([1, 0, 2]).equals(net.states({ layer: 2 }).slice(1))).toBe(true)
    const single = networkOf(kind, { ...options, numLayers: 1 })
    const { x } = givenFor(single, { B, T, seed: 1 })
    const start = single.random.state
    expect(single.forward(x).output.equals(single.eval().forward(x).output)).toBe(true)
    expect(single.random.state).toEqual(start)
  })

  it.each([false, true])(
    'backward is under the masks of forward: central differences to 1e-8, both directions %s',
    bidirectional => {
      const net = networkOf(kind, { ...options, hiddenSize: 3, bidirectional })
      const { x, dOutput, dHN } = givenFor(net, { B, T, seed: 2 })
      const lengths = [5, 3]
      const state = net.random.state
      const loss = (input = x) => {
        const { output, hN } = withMasks(net, state, () => net.forward(input, { lengths }))
        return output.dot(dOutput) + hN.dot(dHN)
      }
      loss()
      // Whatever is set in between: the masks are those that forward drew.
      const { dx } = net.eval().backward({ dOutput, dHN })
      net.train()
      expect(relativeError(dx, numericGradient(loss, x))).toBeLessThan(1e-8)
      loss()
      net.backward({ dOutput, dHN })
      for (const [name, error] of Object.entries(gradientErrors(net, loss)))
        expect(error, name).toBeLessThan(1e-8)
    },
  )

  it('a second backward of one forward gives the same, exactly', () => {
    const net = networkOf(kind, options)
    const { x, dOutput } = givenFor(net, { B, T, seed: 2 })
    net.forward(x)
    const first = net.backward({ dOutput })
    expect(net.backward({ dOutput }).dx.equals(first.dx)).toBe(true)
  })
})

describe('dropout between two layers', () => {
  /** The second layer's relu shows its one input unchanged: its states are what came through the mask. */
  const through = (dropout: number, T: number) => {
    const net = networkOf('relu', {
      inputSize: 1,
      hiddenSize: 1,
      numLayers: 2,
      bias: false,
      dropout,
      seed: 1,
    })
    net.params.values.set([1, 0, 1, 0])
    return net.forward(Tensor.full([T, 1], 1)).output
  }

  it.each([0.1, 0.5, 0.9])(
    'drops p = %d of the numbers and scales the rest by 1/(1 - p): mean 1, to 5 %',
    p => {
      const output = through(p, 20_000)
      const kept = output.data.filter(v => v !== 0)
      expect(new Set(kept)).toEqual(new Set([1 / (1 - p)]))
      expect(Math.abs(output.mean() - 1)).toBeLessThan(0.05)
      expect(Math.abs(kept.length / 20_000 - (1 - p))).toBeLessThan(0.01)
    },
  )

  it('with p = 0 drops nothing, exactly', () => {
    expect(through(0, 100).equals(Tensor.full([100, 1], 1))).toBe(true)
  })
})
