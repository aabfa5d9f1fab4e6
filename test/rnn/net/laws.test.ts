/** What must hold of any recurrence, whatever its weights. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random, RNN, type RNNOptions, relativeError, Tensor } from '../../../src/rnn/index.ts'
import { gaussians } from '../support.ts'

const nonlinearities = ['tanh', 'relu'] as const

describe('RNN obeys the laws of a recurrence:', () => {
  const sizes = fc.record({
    B: fc.integer({ min: 1, max: 4 }),
    T: fc.integer({ min: 2, max: 7 }),
    I: fc.integer({ min: 1, max: 3 }),
    H: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(),
    nonlinearity: fc.constantFrom(...nonlinearities),
  })
  const build = ({
    B,
    T,
    I,
    H,
    seed,
    nonlinearity,
  }: Record<'B' | 'T' | 'I' | 'H' | 'seed', number> & Pick<RNNOptions, 'nonlinearity'>) => ({
    net: new RNN({ inputSize: I, hiddenSize: H, nonlinearity, seed }),
    ...gaussians(seed, { x: [B, T, I], h0: [1, B, H], dOutput: [B, T, H], dHN: [1, B, H] }),
  })
  const law = (check: (drawn: Parameters<typeof build>[0]) => void) =>
    fc.assert(fc.property(sizes, check), { seed: 7, numRuns: 40 })

  it('permuting the batch permutes output, hN, dx and dh0, exactly', () =>
    law(drawn => {
      const { net, x, h0, dOutput, dHN } = build(drawn)
      const order = new Random(drawn.seed).permutation(drawn.B)
      const permute = (t: Tensor, axis: number) =>
        Tensor.concat(
          order.map(b =>
            axis === 0
              ? t.slice(b, b + 1)
              : t
                  .row(0)
                  .slice(b, b + 1)
                  .reshape([1, 1, t.shape[2]]),
          ),
          axis,
        )
      const plain = { ...net.forward(x, { h0 }), ...net.backward({ dOutput, dHN }) }
      const mixed = {
        ...net.forward(permute(x, 0), { h0: permute(h0, 1) }),
        ...net.backward({ dOutput: permute(dOutput, 0), dHN: permute(dHN, 1) }),
      }
      expect(mixed.output.equals(permute(plain.output, 0))).toBe(true)
      expect(mixed.hN.equals(permute(plain.hN, 1))).toBe(true)
      expect(mixed.dx.equals(permute(plain.dx, 0))).toBe(true)
      expect(mixed.dh0.equals(permute(plain.dh0, 1))).toBe(true)
    }))

  it('splitting a sequence and carrying state and gradient gives the whole, exactly', () =>
    law(drawn => {
      const { net, x, h0, dOutput, dHN } = build({ ...drawn, B: 1 })
      const cut = 1 + (drawn.seed % (drawn.T - 1))
      const part = (t: Tensor, from: number, to?: number) => {
        const steps = t.row(0).slice(from, to)
        return steps.reshape([1, ...steps.shape])
      }
      const whole = { ...net.forward(x, { h0 }), ...net.backward({ dOutput, dHN }) }
      const first = net.forward(part(x, 0, cut), { h0 })
      const second = net.forward(part(x, cut), { h0: first.hN })
      expect(Tensor.concat([first.output, second.output], 1).equals(whole.output)).toBe(true)
      const secondBack = net.backward({ dOutput: part(dOutput, cut), dHN })
      net.forward(part(x, 0, cut), { h0 })
      const firstBack = net.backward({ dOutput: part(dOutput, 0, cut), dHN: secondBack.dh0 })
      expect(relativeError(Tensor.concat([firstBack.dx, secondBack.dx], 1), whole.dx)).toBeLessThan(1e-14)
      expect(relativeError(firstBack.dh0, whole.dh0)).toBeLessThan(1e-14)
    }))

  it('truncating at k is the same as cutting into pieces of k with the state as a constant', () =>
    law(drawn => {
      const { net, x, h0, dOutput } = build({ ...drawn, B: 1 })
      const k = 1 + (drawn.seed % drawn.T)
      net.forward(x, { h0 })
      const { dx } = net.backward({ dOutput, truncate: k })
      const truncated = net.gradients().weight_hh_l0
      let start = h0
      let sum = Tensor.zeros(truncated.shape)
      for (let from = 0; from < drawn.T; from += k) {
        const steps = (t: Tensor) => t.row(0).slice(from, from + k)
        start = net.forward(steps(x), { h0: start.reshape([1, drawn.H]) }).hN
        const piece = net.backward({ dOutput: steps(dOutput) })
        expect(relativeError(piece.dx, steps(dx))).toBeLessThan(1e-14)
        sum = sum.add(net.gradients().weight_hh_l0)
      }
      expect(relativeError(sum, truncated)).toBeLessThan(1e-13)
    }))

  it('with weight_hh = 0 it forgets: the last state does not depend on earlier inputs, exactly', () =>
    law(drawn => {
      const { net, x, dHN } = build(drawn)
      net.params.value('weight_hh_l0').data.fill(0)
      const other = x.map(v => v + 1)
      for (let b = 0; b < drawn.B; b++) other.row(b).row(-1).data.set(x.row(b).row(-1).data)
      const { hN } = net.forward(x)
      expect(net.forward(other).hN.equals(hN)).toBe(true)
      const { dx } = net.backward({ dHN })
      for (let b = 0; b < drawn.B; b++) expect(dx.row(b).slice(0, -1).maxAbs()).toBe(0)
    }))

  it('with weight_hh as it is drawn it does not forget', () => {
    const { net, x } = build({ B: 1, T: 5, I: 2, H: 4, seed: 3, nonlinearity: 'tanh' })
    const other = x.clone()
    other.set([0, 0, 0], 2)
    expect(net.forward(other).hN.maxAbsDifference(net.forward(x).hN)).toBeGreaterThan(1e-6)
  })

  it('one sequence without a batch axis, or time first, gives the same numbers, exactly', () =>
    law(drawn => {
      const { net, x, h0, dOutput, dHN } = build({ ...drawn, B: 1 })
      const { T, I, H } = drawn
      const batched = { ...net.forward(x, { h0 }), ...net.backward({ dOutput, dHN }), states: net.states() }
      const alone = {
        ...net.forward(x.row(0), { h0: h0.row(0) }),
        ...net.backward({ dOutput: dOutput.row(0), dHN: dHN.row(0) }),
        states: net.states(),
      }
      const timeFirst = new RNN({ ...net.config, batchFirst: false })
      const turned = {
        ...timeFirst.forward(x.reshape([T, 1, I]), { h0 }),
        ...timeFirst.backward({ dOutput: dOutput.reshape([T, 1, H]), dHN }),
        states: timeFirst.states(),
      }
      for (const key of ['output', 'hN', 'dx', 'dh0', 'states'] as const) {
        expect([...alone[key].data], key).toEqual([...batched[key].data])
        expect([...turned[key].data], key).toEqual([...batched[key].data])
      }
      expect(alone.output.shape).toEqual([T, H])
      expect(alone.hN.shape).toEqual([1, H])
      expect(alone.states.shape).toEqual([T + 1, H])
      expect(turned.dx.shape).toEqual([T, 1, I])
    }))
})
