/** The core against PyTorch's numbers: those in test/golden always, the larger shared set where it is present. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RNN, relativeError, Tensor } from '../../../src/rnn/index.ts'

interface Numbers {
  readonly shape: number[]
  readonly data: number[]
}

interface Case {
  readonly name: string
  readonly kind: string
  readonly num_layers: number
  readonly bidirectional: boolean
  readonly bias: boolean
  readonly input_size: number
  readonly hidden_size: number
  readonly lengths: number[] | null
  readonly weights: Record<string, Numbers>
  readonly x: Numbers
  readonly h0: Numbers
  readonly y: Numbers
  readonly hn: Numbers
  readonly wy: Numbers
  readonly wh: Numbers
  readonly grad: { weights: Record<string, Numbers>; x: Numbers; h0: Numbers }
}

const golden = new URL('../../golden/rnn.json', import.meta.url)
const shared = new URL('../../../../shared/rnn/parity.json', import.meta.url)

function readCases(file: URL): Case[] {
  const { rnn } = JSON.parse(readFileSync(file, 'utf8')) as { rnn: Case[] }
  return rnn.filter(c => c.kind.startsWith('rnn_') && c.num_layers === 1 && !c.bidirectional)
}

const tensor = ({ data, shape }: Numbers) => new Tensor(data, shape)
const tensors = (named: Record<string, Numbers>) =>
  Object.fromEntries(Object.entries(named).map(([name, numbers]) => [name, tensor(numbers)]))

function run(c: Case) {
  const net = new RNN({
    inputSize: c.input_size,
    hiddenSize: c.hidden_size,
    nonlinearity: c.kind === 'rnn_relu' ? 'relu' : 'tanh',
    bias: c.bias,
    batchFirst: true,
    dtype: 'float64',
  })
  net.loadStateDict(tensors(c.weights))
  const { output, hN } = net.forward(tensor(c.x), { h0: tensor(c.h0), lengths: c.lengths ?? undefined })
  const { dx, dh0 } = net.backward({ dOutput: tensor(c.wy).add(output), dHN: tensor(c.wh) })
  return { output, hN, dx, dh0, gradients: net.gradients() }
}

function holdTo(c: Case) {
  const { output, hN, dx, dh0, gradients } = run(c)
  expect(output.maxAbsDifference(tensor(c.y))).toBeLessThan(1e-12)
  expect(hN.maxAbsDifference(tensor(c.hn))).toBeLessThan(1e-12)
  expect(relativeError(dx, tensor(c.grad.x))).toBeLessThan(1e-10)
  expect(relativeError(dh0, tensor(c.grad.h0))).toBeLessThan(1e-10)
  expect(Object.keys(gradients)).toEqual(Object.keys(c.grad.weights))
  for (const [name, gradient] of Object.entries(gradients))
    expect(relativeError(gradient, tensor(c.grad.weights[name])), name).toBeLessThan(1e-10)
}

describe("RNN gives PyTorch's values to 1e-12 and its gradients to 1e-10", () => {
  const cases = readCases(golden)
  it('of which at least three are in reach', () => expect(cases.length).toBeGreaterThanOrEqual(3))
  it.each(cases)('golden $name', holdTo)
})

describe.skipIf(!existsSync(shared))('RNN agrees with PyTorch on the shared cases as well', () => {
  const cases = existsSync(shared) ? readCases(shared) : []
  it('of which at least ten are in reach', () => expect(cases.length).toBeGreaterThanOrEqual(10))
  it.each(cases)('shared $name', holdTo)
})
