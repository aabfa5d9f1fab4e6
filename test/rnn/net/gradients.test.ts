/** Backward against central differences, which share no line with it. */
import { describe, expect, it } from 'vitest'
import { gradientErrors, numericGradient, relativeError } from '../../../src/rnn/index.ts'
import { type Given, givenFor, kinds, type Network, networkOf } from './networks.ts'

const [B, T] = [3, 4]
const lengths = [4, 1, 3]

/** L reads every number that forward gives. */
function lossOf(net: Network, { x, h0, c0, dOutput, dHN, dCN }: Given, steps?: readonly number[]): number {
  const { output, hN, cN } = net.forward(x, { h0, c0, lengths: steps })
  return output.dot(dOutput) + hN.dot(dHN) + (cN ? cN.dot(dCN!) : 0)
}

function expectRight(
  net: Network,
  given: Given,
  steps: readonly number[] | undefined,
  { dOutput, dHN, dCN }: Partial<Given> = given,
): void {
  lossOf(net, given, steps)
  const { dx, dh0, dc0 } = net.backward({ dOutput, dHN, dCN })
  const errors = gradientErrors(net, () => lossOf(net, given, steps))
  expect(Object.keys(errors)).toEqual(net.params.names)
  const numeric = (name: 'x' | 'h0' | 'c0') =>
    numericGradient(v => lossOf(net, { ...given, [name]: v }, steps), given[name]!)
  errors.x = relativeError(dx, numeric('x'))
  errors.h0 = relativeError(dh0, numeric('h0'))
  if (dc0) errors.c0 = relativeError(dc0, numeric('c0'))
  for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-8)
}

const forms = [1, 2].flatMap(numLayers =>
  [false, true].flatMap(bidirectional =>
    [true, false].flatMap(bias =>
      [undefined, lengths].map(steps => ({ numLayers, bidirectional, bias, steps })),
    ),
  ),
)

describe.each(kinds)('%s: x, h0, c0 and every parameter agree with central differences to 1e-8', kind => {
  it.each(forms)('layers $numLayers, both directions $bidirectional, bias $bias, lengths $steps', form => {
    const { steps, ...options } = form
    const net = networkOf(kind, { inputSize: 2, hiddenSize: 3, seed: 7, ...options })
    expectRight(net, givenFor(net, { B, T, seed: 5 }), steps)
  })

  const paths = kind === 'LSTM' ? (['dOutput', 'dHN', 'dCN'] as const) : (['dOutput', 'dHN'] as const)
  it.each(paths)('through %s alone, the others not given', path => {
    const net = networkOf(kind, { inputSize: 2, hiddenSize: 3, numLayers: 2, bidirectional: true, seed: 7 })
    const given = givenFor(net, { B, T, seed: 6 })
    const zeros = { dOutput: given.dOutput.mul(0), dHN: given.dHN.mul(0), dCN: given.dCN?.mul(0) }
    expectRight(net, { ...given, ...zeros, [path]: given[path] }, lengths, { [path]: given[path] })
  })
})
