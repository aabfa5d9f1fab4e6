/** The networks against the readable steps of their cells, and what they show of every step. */
import { describe, expect, it } from 'vitest'
import {
  type CellParams,
  elmanBackward,
  elmanForward,
  GRU,
  gruBackward,
  gruForward,
  LSTM,
  lstmBackward,
  lstmForward,
  relativeError,
  Tensor,
  type Which,
  zerosLike,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'
import { givenFor, type Kind, kinds, type Network, networkOf, runOf } from './networks.ts'

/** What a step carries to the next one. */
interface Carried {
  readonly h: Tensor
  readonly c?: Tensor
}

type Step = Carried & {
  readonly back: (dh: Tensor, dc: Tensor, grad: CellParams) => { dx: Tensor; dh: Tensor; dc?: Tensor }
  /** All that the cell keeps, by name */
  readonly tape: Readonly<Record<string, Tensor>>
}

const steps: Record<Kind, (p: CellParams, x: Tensor, before: Carried) => Step> = {
  tanh: elman('tanh'),
  relu: elman('relu'),
  LSTM: (p, x, { h, c }) => {
    const tape = lstmForward(p, x, h, c!)
    return {
      ...{ h: tape.h, c: tape.c, tape: { ...tape } },
      back: (dh, dc, grad) => {
        const { dx, dhPrev, dcPrev } = lstmBackward(p, tape, dh, dc, grad)
        return { dx, dh: dhPrev, dc: dcPrev }
      },
    }
  },
  GRU: (p, x, { h }) => {
    const tape = gruForward(p, x, h)
    return {
      ...{ h: tape.h, tape: { ...tape } },
      back: (dh, _, grad) => {
        const { dx, dhPrev } = gruBackward(p, tape, dh, grad)
        return { dx, dh: dhPrev }
      },
    }
  },
}

function elman(nonlinearity: 'tanh' | 'relu'): (typeof steps)[Kind] {
  return (p, x, { h }) => {
    const tape = elmanForward(p, x, h, nonlinearity)
    return {
      ...{ h: tape.h, tape: { ...tape } },
      back: (dh, _, grad) => {
        const { dx, dhPrev } = elmanBackward(p, tape, dh, grad, nonlinearity)
        return { dx, dh: dhPrev }
      },
    }
  }
}

const tapeOf = (net: Network, t: number, b?: number) => ({ ...net.tape(t, b) }) as Record<string, Tensor>

const [B, T, H] = [2, 6, 4]

describe.each(kinds)('%s and the steps of its cell agree:', kind => {
  describe.each([true, false])('bias %s:', bias => {
    const net = networkOf(kind, { inputSize: 3, hiddenSize: H, bias, seed: 3 })
    const given = givenFor(net, { B, T, seed: 4 })
    const run = runOf(net, given)
    const chains = Array.from({ length: B }, (_, b) => {
      const chain: Step[] = []
      let state: Carried = { h: given.h0.row(0).row(b), c: given.c0?.row(0).row(b) }
      for (let t = 0; t < T; t++) {
        chain.push(steps[kind](net.weights, given.x.row(b).row(t), state))
        state = chain[t]
      }
      return chain
    })

    it('tape(t, b) has all that the cell keeps of its step, to 1e-14', () => {
      for (const [b, chain] of chains.entries())
        for (const [t, { tape }] of chain.entries()) {
          const shown = tapeOf(net, t + 1, b)
          expect(Object.keys(shown).toSorted()).toEqual(Object.keys(tape).toSorted())
          for (const [name, value] of Object.entries(shown))
            expect(value.maxAbsDifference(tape[name]), `${name} at ${t + 1}, ${b}`).toBeLessThan(1e-14)
        }
    })

    it("the cells' steps, chained by hand on the way back, give dx, dh0, dc0 and all gradients to 1e-12", () => {
      const grad = zerosLike(net.weights)
      for (const [b, chain] of chains.entries()) {
        let dh = given.dHN.row(0).row(b)
        let dc = given.dCN?.row(0).row(b) ?? Tensor.zeros([H])
        for (let t = T - 1; t >= 0; t--) {
          const back = chain[t].back(dh.add(given.dOutput.row(b).row(t)), dc, grad)
          expect(relativeError(back.dx, run.dx.row(b).row(t))).toBeLessThan(1e-12)
          dh = back.dh
          dc = back.dc ?? dc
        }
        expect(relativeError(dh, run.dh0.row(0).row(b))).toBeLessThan(1e-12)
        if (run.dc0) expect(relativeError(dc, run.dc0.row(0).row(b))).toBeLessThan(1e-12)
      }
      const names = { W_ih: 'weight_ih_l0', W_hh: 'weight_hh_l0', b_ih: 'bias_ih_l0', b_hh: 'bias_hh_l0' }
      for (const [symbol, name] of Object.entries(names))
        if (bias || symbol.startsWith('W'))
          expect(relativeError(grad[symbol as keyof CellParams], run[name]), name).toBeLessThan(1e-12)
    })

    it("the tape's own step back is the cell's: a reader can go on from it by hand, to 1e-12", () => {
      const whole = runOf(net, given)
      const last = steps[kind](net.weights, tapeOf(net, T).x, {
        h: tapeOf(net, T).hPrev,
        c: tapeOf(net, T).cPrev,
      })
      const dh = given.dHN.row(0).row(0).add(given.dOutput.row(0).row(-1))
      const back = last.back(dh, given.dCN?.row(0).row(0) ?? Tensor.zeros([H]), zerosLike(net.weights))
      expect(relativeError(back.dx, whole.dx.row(0).row(-1))).toBeLessThan(1e-12)
      const before = back.dh.add(given.dOutput.row(0).row(-2))
      expect(
        relativeError(
          before,
          net
            .stateGradients()
            .row(T - 1)
            .row(0),
        ),
      ).toBeLessThan(1e-12)
    })
  })
})

describe.each(kinds)('%s shows every step:', kind => {
  const lengths = [T, 3]
  const net = networkOf(kind, { inputSize: 3, hiddenSize: H, numLayers: 2, bidirectional: true, seed: 5 })
  const given = givenFor(net, { B, T, seed: 6 })
  const everywhere: Required<Which>[] = [0, 1].flatMap(layer =>
    (['forward', 'reverse'] as const).map(direction => ({ layer, direction })),
  )
  const slotsOf = (direction: string, n: number) => (direction === 'forward' ? [0, n] : [T, 0])

  it.each([undefined, lengths])('stepGradients(t) add up to gradients() to 1e-13, lengths %s', steps => {
    runOf(net, given, { lengths: steps })
    const shares = Array.from({ length: T }, (_, t) => net.stepGradients(t + 1))
    for (const [name, whole] of Object.entries(net.gradients())) {
      const sum = shares.map(share => share[name]).reduce((a, b) => a.add(b))
      expect(relativeError(sum, whole), name).toBeLessThan(1e-13)
      expect(shares[0][name].maxAbs(), name).toBeGreaterThan(0)
    }
  })

  it('stepGradients without biases have none', () => {
    const plain = networkOf(kind, { inputSize: 3, hiddenSize: H, bias: false })
    runOf(plain, givenFor(plain, { B, T, seed: 6 }))
    expect(Object.keys(plain.stepGradients(1))).toEqual(['weight_ih_l0', 'weight_hh_l0'])
  })

  it('states() of each layer and direction begin with h0 and end with hN, exactly', () => {
    const { hN } = runOf(net, given, { lengths })
    for (const [i, which] of everywhere.entries()) {
      const states = net.states(which)
      expect(states.shape).toEqual([T + 1, B, H])
      for (const [b, n] of lengths.entries()) {
        const [first, last] = slotsOf(which.direction, n)
        expect(states.row(first).row(b).equals(given.h0.row(i).row(b)), `${i}`).toBe(true)
        expect(states.row(last).row(b).equals(hN.row(i).row(b)), `${i}`).toBe(true)
      }
    }
  })

  it('the states of the last layer are the output: forwards beside reverse, exactly', () => {
    const { output } = runOf(net, given)
    const forward = net.states({ layer: 1 }).slice(1)
    const reverse = net.states({ layer: 1, direction: 'reverse' }).slice(0, T)
    expect(Tensor.concat([forward, reverse], 2).equals(output.permute([1, 0, 2]))).toBe(true)
  })

  it('stateGradients() of each layer and direction end in dh0, exactly', () => {
    const { dh0 } = runOf(net, given, { lengths })
    for (const [i, which] of everywhere.entries()) {
      const [first] = slotsOf(which.direction, T)
      expect(net.stateGradients(which).shape).toEqual([T + 1, B, H])
      expect(net.stateGradients(which).row(first).equals(dh0.row(i)), `${i}`).toBe(true)
    }
  })

  it('the state gradient of the last step is what the loss alone gives it, exactly', () => {
    const { dOutput, dHN } = given
    const dCN = given.dCN?.mul(0)
    runOf(net, { ...given, dCN })
    const last = net.stateGradients({ layer: 1 }).row(T)
    for (let b = 0; b < B; b++) {
      const own = new Tensor(dOutput.row(b).row(-1).data.slice(0, H), [H])
      expect(last.row(b).equals(own.add(dHN.row(2).row(b)))).toBe(true)
    }
  })

  it('a single sequence has no batch axis in them', () => {
    net.forward(given.x.row(0))
    expect(net.states({ layer: 1, direction: 'reverse' }).shape).toEqual([T + 1, H])
  })

  it('refuses steps, sequences, layers and directions that there are not', () => {
    runOf(net, given, { lengths })
    const messages: [() => unknown, string][] = [
      [() => net.stepGradients(0), 'RangeError: t is 0, expected a whole number from 1 to T = 6'],
      [() => net.stepGradients(1.5), 'RangeError: t is 1.5, expected a whole number from 1 to T = 6'],
      [() => tapeOf(net, 7), 'RangeError: t is 7, expected a whole number from 1 to T = 6'],
      [() => tapeOf(net, 4, 1), 'RangeError: t is 4, expected at most 3, the length of sequence 1'],
      [() => tapeOf(net, 1, 2), 'RangeError: b is 2, expected a whole number from 0 to 1'],
      [() => tapeOf(net, 1, -1), 'RangeError: b is -1, expected a whole number from 0 to 1'],
      [() => net.states({ layer: 2 }), 'RangeError: layer is 2, expected a whole number from 0 to 1'],
      [
        () => net.states({ direction: 'backward' as 'reverse' }),
        'TypeError: unknown direction: backward, expected forward or reverse',
      ],
      [
        () => net.stateGradients({ layers: 1 } as Which),
        'TypeError: unknown option: layers, expected layer, direction',
      ],
    ]
    for (const [misuse, message] of messages) expect(complaintOf(misuse)).toBe(message)
    const single = networkOf(kind, { inputSize: 1, hiddenSize: 1 })
    single.forward(Tensor.zeros([1, 1]))
    expect(complaintOf(() => single.states({ direction: 'reverse' }))).toBe(
      'TypeError: unknown direction: reverse, expected forward',
    )
  })
})

describe('LSTM and GRU show what is behind their states:', () => {
  const lengths = [T, 3]

  it('memories() and memoryGradients() of each layer go from c0 and dc0 to cN, exactly', () => {
    const net = new LSTM({ inputSize: 3, hiddenSize: H, numLayers: 2, bidirectional: true, seed: 5 })
    const given = givenFor(net, { B, T, seed: 6 })
    const { cN, dc0 } = runOf(net, given, { lengths })
    for (let i = 0; i < 4; i++) {
      const which = { layer: i >> 1, direction: i % 2 ? 'reverse' : 'forward' } as const
      for (const [b, n] of lengths.entries()) {
        const [first, last] = i % 2 ? [T, 0] : [0, n]
        expect(net.memories(which).row(first).row(b).equals(given.c0!.row(i).row(b))).toBe(true)
        expect(net.memories(which).row(last).row(b).equals(cN.row(i).row(b))).toBe(true)
        expect(net.memoryGradients(which).row(first).row(b).equals(dc0.row(i).row(b))).toBe(true)
      }
    }
  })

  it.each<[string, LSTM | GRU, readonly string[]]>([
    ['LSTM', new LSTM({ inputSize: 3, hiddenSize: H, seed: 5 }), ['i', 'f', 'g', 'o']],
    ['GRU', new GRU({ inputSize: 3, hiddenSize: H, seed: 5 }), ['r', 'z', 'n']],
  ])("gates() of %s are those of the steps' tapes, and NaN past a sequence's end", (_, net, names) => {
    const { x } = givenFor(net as unknown as Network, { B, T, seed: 7 })
    net.forward(x, { lengths })
    const gates = net.gates() as Record<string, Tensor>
    expect(Object.keys(gates)).toEqual(names)
    for (const name of names)
      for (const [b, n] of lengths.entries())
        for (let t = 1; t <= T; t++) {
          const shown = gates[name].row(t - 1).row(b)
          if (t > n) expect([...shown.data].every(Number.isNaN)).toBe(true)
          else expect(shown.equals(tapeOf(net as unknown as Network, t, b)[name]), name).toBe(true)
        }
    net.forward(x.row(0))
    expect((net.gates() as Record<string, Tensor>)[names[0]].shape).toEqual([T, H])
  })

  it('c_t = f ⊙ c_{t-1} + i ⊙ g and h_t = o ⊙ tanh c_t from gates() and memories(), in every layer, to 1e-15', () => {
    const net = new LSTM({ inputSize: 3, hiddenSize: H, numLayers: 2, bidirectional: true, seed: 5 })
    net.forward(givenFor(net, { B, T, seed: 6 }).x)
    for (const which of [{ layer: 1 }, { layer: 1, direction: 'reverse' }] as const) {
      const { i, f, g, o } = net.gates(which)
      const [c, h] = [net.memories(which), net.states(which)]
      const [before, after] =
        which.direction === 'reverse' ? [c.slice(1), c.slice(0, T)] : [c.slice(0, T), c.slice(1)]
      expect(after.maxAbsDifference(f.mul(before).add(i.mul(g)))).toBeLessThan(1e-15)
      const shown = which.direction === 'reverse' ? h.slice(0, T) : h.slice(1)
      expect(shown.maxAbsDifference(o.mul(after.map(Math.tanh)))).toBeLessThan(1e-15)
    }
  })
})
