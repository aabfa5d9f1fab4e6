/** Results that are lent or given for good, and networks that take turns: nobody's numbers are anybody else's. */
import { describe, expect, it } from 'vitest'
import { relativeError, Tensor, useKernel } from '../../../src/rnn/index.ts'
import { type Given, givenFor, kinds, type Network, networkOf, runOf } from './networks.ts'

const copies = (tensors: Record<string, Tensor | undefined>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, t?.clone()]))

function expectSame(a: Record<string, Tensor | undefined>, b: Record<string, Tensor | undefined>): void {
  expect(Object.keys(a)).toEqual(Object.keys(b))
  for (const [name, t] of Object.entries(a)) if (t) expect(t.equals(b[name]!), name).toBe(true)
}

const backOf = (net: Network, { dOutput, dHN, dCN }: Given) => ({
  ...net.backward({ dOutput, dHN, dCN }),
  ...net.gradients(),
})

describe.each(kinds)('%s', kind => {
  const options = { inputSize: 2, hiddenSize: 3, numLayers: 2, bidirectional: true, seed: 1 }
  const build = (B: number, T: number) => {
    const net = networkOf(kind, options)
    return { net, given: givenFor(net, { B, T, seed: 2 }), other: givenFor(net, { B, T, seed: 3 }) }
  }

  describe('with reuse: true', () => {
    it('gives the same numbers, in the very same tensors for the same sizes', () => {
      const { net, given, other } = build(3, 4)
      const expected = runOf(networkOf(kind, options), other)
      const { x, h0, c0, dOutput, dHN, dCN } = given
      const first = net.forward(x, { h0, c0, reuse: true })
      const firstBack = net.backward({ dOutput, dHN, dCN, reuse: true })
      const again = net.forward(other.x, { h0: other.h0, c0: other.c0, reuse: true })
      const back = { dOutput: other.dOutput, dHN: other.dHN, dCN: other.dCN, reuse: true }
      const againBack = net.backward(back)
      for (const [name, t] of Object.entries(first)) expect(again[name as 'hN'], name).toBe(t)
      for (const [name, t] of Object.entries(firstBack)) expect(againBack[name as 'dh0'], name).toBe(t)
      expectSame({ ...again, ...againBack, ...net.gradients() }, expected)
    })

    it.each<[string, number[]]>([
      ['T', [3, 5, 2]],
      ['B', [2, 4, 2]],
      ['no batch axis', [4, 2]],
      ['B and T for one another', [4, 3, 2]],
    ])('gives new ones, of the right shapes, for another %s', (_, shape) => {
      const { net, given } = build(3, 4)
      const first = net.forward(given.x, { reuse: true })
      const firstBack = net.backward({ reuse: true })
      const x = Tensor.zeros(shape)
      const again = net.forward(x, { reuse: true })
      const againBack = net.backward({ reuse: true })
      const fresh = { ...net.forward(x), ...net.backward() }
      for (const [name, t] of Object.entries({ ...first, ...firstBack }))
        expect({ ...again, ...againBack }[name as 'hN'], name).not.toBe(t)
      expectSame({ ...again, ...againBack }, fresh)
      for (const [name, t] of Object.entries({ ...again, ...againBack }))
        expect(t.shape, name).toEqual(fresh[name as 'hN'].shape)
    })

    it('without dx tells one sequence from a batch of one, too', () => {
      const { net, given } = build(1, 4)
      const shapes = [given.x, given.x.row(0), given.x].map(x => {
        const { hN } = net.forward(x, { reuse: true })
        const { dh0 } = net.backward({ inputGradient: false, reuse: true })
        return [hN.shape, dh0.shape]
      })
      expect(shapes).toEqual([
        [
          [4, 1, 3],
          [4, 1, 3],
        ],
        [
          [4, 3],
          [4, 3],
        ],
        [
          [4, 1, 3],
          [4, 1, 3],
        ],
      ])
    })

    it('is for one call: the next one without it leaves the lent tensors as they are', () => {
      const { net, given, other } = build(3, 4)
      const lent = net.forward(given.x, { reuse: true })
      const before = copies({ ...lent })
      const own = net.forward(other.x)
      for (const [name, t] of Object.entries(own)) expect(t, name).not.toBe(lent[name as 'hN'])
      expectSame({ ...lent }, before)
    })
  })

  it('without reuse, results stay what they are whatever runs later', () => {
    const { net, given, other } = build(3, 4)
    const results = runOf(net, given)
    const shown = { states: net.states({ layer: 1 }), dStates: net.stateGradients({ layer: 1 }) }
    const before = copies({ ...results, ...shown })
    runOf(net, other)
    net.forward(other.x, { reuse: true })
    net.backward({ dOutput: other.dOutput, reuse: true })
    runOf(net, givenFor(net, { B: 1, T: 9, seed: 4 }))
    expectSame({ ...results, ...shown }, before)
  })

  it('does not change when the caller changes what it gave or got', () => {
    const { net, given } = build(3, 4)
    const mine = copies({ ...given }) as unknown as Given
    const results = net.forward(mine.x, { h0: mine.h0, c0: mine.c0 })
    const expected = backOf(net, given)
    for (const t of [mine.x, mine.h0, mine.c0, ...Object.values(results), net.states()]) t?.data.fill(9)
    for (const t of [...Object.values(net.stateDict()), ...Object.values(net.gradients())]) t.data.fill(9)
    expectSame(backOf(net, given), expected)
  })

  it('with inputGradient: false gives no dx, and the same for all else, exactly', () => {
    const { net, given } = build(3, 4)
    const { output: _, hN, cN, dx, ...expected } = runOf(net, given)
    const { dOutput, dHN, dCN } = given
    for (const reuse of [false, true]) {
      const back = net.backward({ dOutput, dHN, dCN, inputGradient: false, reuse })
      expect('dx' in back).toBe(false)
      expectSame({ ...back, ...net.gradients() } as Record<string, Tensor>, expected)
    }
    expect(net.backward({ dOutput, dHN, dCN, reuse: true }).dx.equals(dx)).toBe(true)
  })

  it('runs backward with the weights that forward had, even if an optimizer has changed them', () => {
    const { net, given } = build(3, 4)
    const expected = runOf(net, given)
    net.forward(given.x, { h0: given.h0, c0: given.c0 })
    net.params.values.fill(9)
    const { dx } = backOf(net, given)
    expect(dx.equals(expected.dx)).toBe(true)
  })

  it('forwards and backwards of two networks may be in any order', () => {
    const nets = [1, 2].map(seed => networkOf(kind, { ...options, seed }))
    const givens = nets.map((net, i) => givenFor(net, { B: 2, T: 3 + i, seed: i }))
    const expected = nets.map((net, i) => {
      const { output: _, hN, cN, ...back } = runOf(net, givens[i])
      return back
    })
    const ahead = (i: number) => nets[i].forward(givens[i].x, { h0: givens[i].h0, c0: givens[i].c0 })
    ahead(0)
    ahead(1)
    for (const i of [1, 0, 0, 1]) expectSame(backOf(nets[i], givens[i]), expected[i])
    ahead(1)
    ahead(0)
    for (const i of [1, 0]) expectSame(backOf(nets[i], givens[i]), expected[i])
  })

  it('sizes may change from call to call: all is as in a network of one’s own, exactly', () => {
    const { net } = build(3, 4)
    for (const [B, T] of [
      [1, 1],
      [5, 2],
      [2, 5],
      [1, 30],
      [8, 1],
      [5, 2],
    ]) {
      const given = givenFor(net, { B, T, seed: B + T })
      expectSame(runOf(net, given), runOf(networkOf(kind, options), given))
    }
  })

  it('lengths are for one forward: the next one without them reads all steps', () => {
    const { net, given } = build(3, 4)
    const expected = runOf(net, given)
    runOf(net, given, { lengths: [1, 2, 3] })
    expectSame(runOf(net, given), expected)
  })

  it('an encoder hands its state to a decoder, and the gradient comes back: as one network over both, to 1e-12', () => {
    const one = networkOf(kind, { inputSize: 2, hiddenSize: 4, seed: 5 })
    const [encoder, decoder] = [0, 1].map(() => networkOf(kind, one.config))
    const { x, h0, c0, dOutput, dHN, dCN } = givenFor(one, { B: 1, T: 7, seed: 6 })
    const part = (t: Tensor, from: number, to?: number) =>
      t.permute([1, 0, 2]).slice(from, to).permute([1, 0, 2])
    const whole = runOf(one, { x, h0, c0, dOutput, dHN, dCN })
    const { hN, cN } = encoder.forward(part(x, 0, 3), { h0, c0 })
    decoder.forward(part(x, 3), { h0: hN, c0: cN })
    const back = decoder.backward({ dOutput: part(dOutput, 3), dHN, dCN })
    const rest = encoder.backward({ dOutput: part(dOutput, 0, 3), dHN: back.dh0, dCN: back.dc0 })
    expect(relativeError(Tensor.concat([rest.dx, back.dx], 1), whole.dx)).toBeLessThan(1e-12)
    expect(relativeError(rest.dh0, whole.dh0)).toBeLessThan(1e-12)
    for (const [name, t] of Object.entries(encoder.gradients()))
      expect(relativeError(t.add(decoder.gradients()[name]), whole[name]), name).toBeLessThan(1e-12)
  })

  it('a change of kernel between forwards changes nothing to 1e-12, and a tape outlives it, exactly', () => {
    const { net, given } = build(3, 4)
    const expected = runOf(net, given)
    const { output: _, hN, cN, ...back } = expected
    try {
      net.forward(given.x, { h0: given.h0, c0: given.c0 })
      useKernel('reference')
      expectSame(backOf(net, given), back)
      const shares = [1, 2, 3, 4].map(t => net.stepGradients(t).weight_hh_l0)
      const sum = shares.reduce((a, b) => a.add(b))
      expect(relativeError(sum, expected.weight_hh_l0)).toBeLessThan(1e-13)
      const plain = runOf(net, given)
      for (const [name, t] of Object.entries(plain))
        expect(relativeError(t, expected[name]), name).toBeLessThan(1e-12)
      net.forward(given.x, { h0: given.h0, c0: given.c0, reuse: true })
      useKernel('simd')
      expect(backOf(net, given).dx.equals(plain.dx)).toBe(true)
      expectSame(runOf(net, given), expected)
    } finally {
      useKernel('simd')
    }
  })
})
