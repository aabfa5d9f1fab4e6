/** What must hold of any recurrence, whatever its weights. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LSTM, Random, relativeError, Tensor } from '../../../src/rnn/index.ts'
import { always } from '../support.ts'
import {
  type Given,
  givenFor,
  type Kind,
  kinds,
  type Network,
  networkOf,
  reorder,
  runOf,
} from './networks.ts'

interface Drawn {
  readonly B: number
  readonly T: number
  readonly I: number
  readonly H: number
  readonly numLayers: number
  readonly bidirectional: boolean
  readonly seed: number
}

const small = (min: number, max: number) => fc.integer({ min, max })

const anySizes = fc.record<Drawn>({
  B: small(1, 5),
  T: small(2, 7),
  I: small(1, 4),
  H: small(1, 6),
  numLayers: small(1, 2),
  bidirectional: fc.boolean(),
  seed: fc.nat(),
})

function build(kind: Kind, { B, T, I, H, numLayers, bidirectional, seed }: Drawn) {
  const net = networkOf(kind, { inputSize: I, hiddenSize: H, numLayers, bidirectional, seed })
  const random = new Random(seed)
  const lengths = Array.from({ length: B }, () => 1 + random.integer(T))
  return { net, given: givenFor(net, { B, T, seed }), lengths }
}

function expectEqual(a: Record<string, Tensor>, b: Record<string, Tensor>): void {
  expect(Object.keys(a)).toEqual(Object.keys(b))
  for (const [name, t] of Object.entries(a)) expect(t.equals(b[name]), name).toBe(true)
}

function expectNear(a: Record<string, Tensor>, b: Record<string, Tensor>, bound: number): void {
  for (const [name, t] of Object.entries(a)) expect(relativeError(t, b[name]), name).toBeLessThan(bound)
}

/** f of every tensor, given the axis on which its batch is: 0 over time, 1 in states. */
function mapBatches(given: Given, f: (t: Tensor, axis: 0 | 1) => Tensor): Given {
  const { x, h0, c0, dOutput, dHN, dCN } = given
  return {
    ...{ x: f(x, 0), dOutput: f(dOutput, 0), h0: f(h0, 1), dHN: f(dHN, 1) },
    ...(c0 && dCN ? { c0: f(c0, 1), dCN: f(dCN, 1) } : {}),
  }
}

/** Steps `from` up to, not with, `to` of (B, T, …). */
function stepsOf(t: Tensor, from: number, to?: number): Tensor {
  return t.permute([1, 0, 2]).slice(from, to).permute([1, 0, 2])
}

function addGradients(sum: Record<string, Tensor>, net: Network): Record<string, Tensor> {
  const next = net.gradients()
  return Object.fromEntries(Object.entries(next).map(([name, t]) => [name, sum[name]?.add(t) ?? t]))
}

describe.each(kinds)('%s obeys the laws of a recurrence:', kind => {
  const law = (check: (built: ReturnType<typeof build>, drawn: Drawn) => void, fixed: Partial<Drawn> = {}) =>
    always(
      fc.property(anySizes, drawn => check(build(kind, { ...drawn, ...fixed }), { ...drawn, ...fixed })),
      20,
    )

  it('permuting the batch permutes all results, exactly, and moves the gradients by 1e-13 at most', () =>
    law(({ net, given, lengths }, { B, seed }) => {
      const order = new Random(seed).permutation(B)
      const { output, hN, cN, dx, dh0, dc0, ...gradients } = runOf(net, given, { lengths })
      const mixed = runOf(
        net,
        mapBatches(given, (t, axis) => reorder(t, axis, order)),
        { lengths: [...order].map(b => lengths[b]) },
      )
      for (const [name, t] of Object.entries({ output, dx }))
        expect(mixed[name].equals(reorder(t, 0, order)), name).toBe(true)
      for (const [name, t] of Object.entries({ hN, cN, dh0, dc0 }))
        if (t) expect(mixed[name].equals(reorder(t, 1, order)), name).toBe(true)
      expectNear(gradients, mixed, 1e-13)
    }))

  it('whatever stands past the end of a sequence changes nothing, exactly, and gets 0', () => {
    const padding = fc.constantFrom(Number.NaN, Infinity, 1e308, -1)
    always(
      fc.property(anySizes, padding, (drawn, value) => {
        const { net, given, lengths } = build(kind, drawn)
        const padded = (t: Tensor) => {
          const other = t.clone()
          for (const [b, n] of lengths.entries()) other.row(b).slice(n).data.fill(value)
          return other
        }
        const plain = runOf(net, given, { lengths })
        expectEqual(
          runOf(net, { ...given, x: padded(given.x), dOutput: padded(given.dOutput) }, { lengths }),
          plain,
        )
        for (const [b, n] of lengths.entries())
          for (const t of [plain.output, plain.dx]) expect(t.row(b).slice(n).maxAbs()).toBe(0)
      }),
      30,
    )
  })

  it('steps of padding for all change nothing but the sizes, to 1e-13', () =>
    law(({ net, given, lengths }, { B, T, I, H, bidirectional }) => {
      const { output, dx, ...rest } = runOf(net, given, { lengths })
      const more = (t: Tensor, width: number) => Tensor.concat([t, Tensor.full([B, 3, width], 9)], 1)
      const longer = runOf(
        net,
        { ...given, x: more(given.x, I), dOutput: more(given.dOutput, bidirectional ? 2 * H : H) },
        { lengths },
      )
      expect(stepsOf(longer.output, 0, T).equals(output)).toBe(true)
      expect(stepsOf(longer.dx, 0, T).equals(dx)).toBe(true)
      expect(stepsOf(longer.output, T).maxAbs() + stepsOf(longer.dx, T).maxAbs()).toBe(0)
      expectNear(rest, longer, 1e-13)
    }))

  it('a packed sequence is what it is alone, exactly; the gradients of all are the sums, to 1e-12', () =>
    law(({ net, given, lengths }) => {
      const { output, hN, cN, dx, dh0, dc0, ...gradients } = runOf(net, given, { lengths })
      let sum: Record<string, Tensor> = {}
      for (const [b, n] of lengths.entries()) {
        const own = mapBatches(given, (t, axis) =>
          axis === 0 ? t.row(b).slice(0, n) : reorder(t, 1, [b]).reshape([t.shape[0], t.shape[2]]),
        )
        const alone = runOf(net, own)
        for (const [name, t] of Object.entries({ output, dx }))
          expect(alone[name].equals(t.row(b).slice(0, n)), name).toBe(true)
        for (const [name, t] of Object.entries({ hN, cN, dh0, dc0 }))
          if (t) expect(alone[name].equals(reorder(t, 1, [b]).reshape(alone[name].shape)), name).toBe(true)
        sum = addGradients(sum, net)
      }
      expectNear(sum, gradients, 1e-12)
    }))

  it('splitting a sequence and carrying states and their gradients gives the whole, to 1e-12', () =>
    law(
      ({ net, given }, { T, seed }) => {
        const cut = 1 + (seed % (T - 1))
        const { x, h0, c0, dOutput, dHN, dCN } = given
        const { output, hN, dx, dh0, ...whole } = runOf(net, given)
        const first = net.forward(stepsOf(x, 0, cut), { h0, c0 })
        const second = net.forward(stepsOf(x, cut), { h0: first.hN, c0: first.cN })
        expect(Tensor.concat([first.output, second.output], 1).equals(output)).toBe(true)
        expect(second.hN.equals(hN)).toBe(true)
        const back = net.backward({ dOutput: stepsOf(dOutput, cut), dHN, dCN })
        let sum = addGradients({}, net)
        net.forward(stepsOf(x, 0, cut), { h0, c0 })
        const rest = net.backward({ dOutput: stepsOf(dOutput, 0, cut), dHN: back.dh0, dCN: back.dc0 })
        sum = addGradients(sum, net)
        const joined = { dx: Tensor.concat([rest.dx, back.dx], 1), dh0: rest.dh0, ...sum }
        expectNear(joined, { dx, dh0, ...whole }, 1e-12)
        if (rest.dc0) expectNear({ dc0: rest.dc0 }, whole, 1e-12)
      },
      { bidirectional: false },
    ))

  it('the reverse direction is the forward one on sequences turned round, exactly', () =>
    law(
      ({ net, given, lengths }, { B, I, H }) => {
        const one = networkOf(kind, { inputSize: I, hiddenSize: H })
        const weights = net.stateDict()
        const reverse = one.params.names.map(name => [name, weights[`${name}_reverse`]] as const)
        one.loadStateDict(Object.fromEntries(reverse))
        const turn = (t: Tensor) =>
          Tensor.stack(
            Array.from({ length: B }, (_, b) => {
              const rows = t.row(b).rows()
              return Tensor.stack([...rows.slice(0, lengths[b]).toReversed(), ...rows.slice(lengths[b])])
            }),
          )
        const half = (t: Tensor) => t.permute([2, 0, 1]).slice(H).permute([1, 2, 0])
        const last = (t: Tensor | undefined) => t?.slice(1)
        const none = Tensor.zeros([B, given.x.shape[1], H])
        const onlyReverse = Tensor.concat([none, half(given.dOutput)], 2)
        const zeroFirst = (t: Tensor | undefined) => t && Tensor.concat([t.slice(0, 1).mul(0), t.slice(1)])
        const { dHN, dCN } = given
        const both = runOf(
          net,
          { ...given, dOutput: onlyReverse, dHN: zeroFirst(dHN)!, dCN: zeroFirst(dCN) },
          { lengths },
        )
        const turned = runOf(
          one,
          {
            ...{ x: turn(given.x), h0: last(given.h0)!, c0: last(given.c0) },
            ...{ dOutput: turn(half(given.dOutput)), dHN: last(dHN)!, dCN: last(dCN) },
          },
          { lengths },
        )
        expect(turn(turned.output).equals(half(both.output))).toBe(true)
        expect(turn(turned.dx).equals(both.dx)).toBe(true)
        for (const name of kind === 'LSTM' ? ['hN', 'cN', 'dh0', 'dc0'] : ['hN', 'dh0'])
          expect(turned[name].equals(both[name].slice(1)), name).toBe(true)
        for (const name of one.params.names)
          expect(relativeError(turned[name], both[`${name}_reverse`]), name).toBeLessThan(1e-13)
      },
      { bidirectional: true, numLayers: 1 },
    ))

  it('batch first, time first and without a batch are the same numbers, exactly', () =>
    law(({ net, given, lengths }, { B }) => {
      const swap = (t: Tensor) => t.permute([1, 0, 2])
      const timeFirst = networkOf(kind, { ...net.config, batchFirst: false })
      const plain = runOf(net, given, { lengths })
      const { output, dx, ...rest } = runOf(
        timeFirst,
        mapBatches(given, (t, axis) => (axis === 0 ? swap(t) : t)),
        { lengths },
      )
      expectEqual(
        { output: swap(output), dx: swap(dx), ...rest },
        { ...pick(plain, ['output', 'dx']), ...plain },
      )
      if (B > 1) return
      const dropped = mapBatches(given, (t, axis) => t.reshape(t.shape.toSpliced(axis, 1)))
      const shapes = Object.entries(plain).map(([name, { shape }]) => {
        const axis = name === 'output' || name === 'dx' ? 0 : 1
        return [name, name in net.params.shapes ? shape : shape.toSpliced(axis, 1)]
      })
      const alone = runOf(net, dropped, { lengths })
      expect(Object.fromEntries(Object.entries(alone).map(([name, { shape }]) => [name, shape]))).toEqual(
        Object.fromEntries(shapes),
      )
      for (const [name, t] of Object.entries(alone))
        expect(t.reshape(plain[name].shape).equals(plain[name]), name).toBe(true)
    }))

  it('float32 is near float64: 1e-5 of the states, 1e-4 of the gradients, relative', () =>
    law(({ net, given, lengths }) => {
      const single = networkOf(kind, { ...net.config, dtype: 'float32' })
      single.loadStateDict(net.stateDict())
      const rounded = mapBatches(given, t => t.astype('float32'))
      const near = runOf(single, rounded, { lengths })
      const { output, hN, ...rest } = runOf(net, given, { lengths })
      for (const t of Object.values(near)) expect(t.dtype).toBe('float32')
      const double = Object.fromEntries(Object.entries(near).map(([name, t]) => [name, t.astype('float64')]))
      expectNear({ output, hN }, double, 1e-5)
      expectNear(rest, double, 1e-4)
    }))

  it('truncate from T on changes nothing, exactly', () =>
    law(({ net, given }, { T }) => {
      const plain = runOf(net, given)
      expectEqual(runOf(net, given, { truncate: T }), plain)
      expectEqual(runOf(net, given, { truncate: T + 5 }), plain)
    }))

  it('truncating at k is running pieces of k with the state as a constant, to 1e-12', () =>
    law(
      ({ net, given }, { T, seed }) => {
        const k = 1 + (seed % T)
        const { x, h0, c0, dOutput } = given
        net.forward(x, { h0, c0 })
        const { dx, dh0 } = net.backward({ dOutput, truncate: k })
        const truncated = net.gradients()
        let start: { h0: Tensor; c0?: Tensor } = { h0, c0 }
        let sum: Record<string, Tensor> = {}
        for (let from = 0; from < T; from += k) {
          const { hN, cN } = net.forward(stepsOf(x, from, from + k), start)
          const piece = net.backward({ dOutput: stepsOf(dOutput, from, from + k) })
          expect(relativeError(piece.dx, stepsOf(dx, from, from + k))).toBeLessThan(1e-12)
          if (from === 0) expect(relativeError(piece.dh0, dh0)).toBeLessThan(1e-12)
          sum = addGradients(sum, net)
          start = { h0: hN, c0: cN }
        }
        expectNear(sum, truncated, 1e-12)
      },
      { bidirectional: false },
    ))

  it.each(['forward', 'reverse'] as const)('%s, nothing goes across a cut, exactly', direction => {
    const net = networkOf(kind, { inputSize: 1, hiddenSize: 3, bidirectional: true, seed: 1 })
    const { x, dHN } = givenFor(net, { B: 2, T: 9, seed: 2 })
    // All of one sign, so that no unit of relu is off.
    net.params.values.set(net.params.values.map(Math.abs))
    net.forward(x.map(Math.abs))
    net.backward({ dHN: dHN.map(Math.abs), truncate: 3 })
    const reached = Array.from(
      { length: 10 },
      (_, slot) => net.stateGradients({ direction }).row(slot).norm() > 0,
    )
    const taken = (slot: number) => (direction === 'forward' ? slot : 9 - slot)
    expect(reached).toEqual(Array.from({ length: 10 }, (_, slot) => taken(slot) > 6))
  })
})

function pick(all: Record<string, Tensor>, names: readonly string[]): Record<string, Tensor> {
  return Object.fromEntries(names.map(name => [name, all[name]]))
}

describe('what a network remembers is up to its weights:', () => {
  const sizes = { inputSize: 2, hiddenSize: 4, seed: 3 }
  const seeds = (check: (seed: number) => void) => always(fc.property(fc.nat(), check), 30)
  /** The same last step after other ones. */
  const otherPast = (x: Tensor) => x.map((v, k) => (k % 14 < 12 ? v + 1 : v))

  it.each(['tanh', 'relu'] as const)('%s with weight_hh = 0 forgets all but the last input, exactly', kind =>
    seeds(seed => {
      const net = networkOf(kind, { ...sizes, seed })
      net.params.value('weight_hh_l0').data.fill(0)
      const { x, h0, dHN } = givenFor(net, { B: 3, T: 7, seed })
      const { hN } = net.forward(x, { h0 })
      const { dx, dh0 } = net.backward({ dHN })
      expect(net.forward(otherPast(x)).hN.equals(hN)).toBe(true)
      expect(stepsOf(dx, 0, 6).maxAbs() + dh0.maxAbs()).toBe(0)
    }),
  )

  it.each(kinds)('%s with the weights that are drawn does not forget: 1e-9 is left of six steps', kind => {
    const net = networkOf(kind, sizes)
    const { x } = givenFor(net, { B: 3, T: 7, seed: 4 })
    const { hN } = net.forward(x)
    expect(net.forward(otherPast(x)).hN.maxAbsDifference(hN)).toBeGreaterThan(1e-9)
  })

  it('LSTM with its forget gate open and its input gate shut keeps c0 and hands dCN back, to 1e-14', () =>
    seeds(seed => {
      const net = new LSTM({ ...sizes, seed })
      net.params.value('bias_ih_l0').data.fill(-60, 0, 4).fill(60, 4, 8)
      const { x, h0, c0, dCN } = givenFor(net, { B: 3, T: 50, seed })
      const { cN } = net.forward(x, { h0, c0 })
      expect(relativeError(cN, c0!)).toBeLessThan(1e-14)
      expect(relativeError(net.backward({ dCN }).dc0, dCN!)).toBeLessThan(1e-14)
    }))

  it('LSTM with its forget gate shut keeps nothing of c0: 1e-20', () =>
    seeds(seed => {
      const net = new LSTM({ ...sizes, seed })
      net.params.value('bias_ih_l0').data.fill(-60, 4, 8)
      const { x, dCN, c0 } = givenFor(net, { B: 3, T: 1, seed })
      const { cN } = net.forward(x, { c0 })
      expect(net.backward({ dCN }).dc0.maxAbs()).toBeLessThan(1e-20)
      expect(cN.maxAbsDifference(net.forward(x).cN)).toBeLessThan(1e-20)
    }))

  it('GRU with its update gate at 1 keeps h0 and hands dHN back, to 1e-14', () =>
    seeds(seed => {
      const net = networkOf('GRU', { ...sizes, seed })
      net.params.value('bias_ih_l0').data.fill(60, 4, 8)
      const { x, h0, dHN } = givenFor(net, { B: 3, T: 50, seed })
      expect(relativeError(net.forward(x, { h0 }).hN, h0)).toBeLessThan(1e-14)
      expect(relativeError(net.backward({ dHN }).dh0, dHN)).toBeLessThan(1e-14)
    }))
})
