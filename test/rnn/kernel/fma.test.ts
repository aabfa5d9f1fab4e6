/** The build with fused multiply-add, where this engine has relaxed SIMD: near the plain one, and really another. */
import { setFlagsFromString } from 'node:v8'
import { describe, expect, it } from 'vitest'
import {
  GRU,
  hasFusedMultiplyAdd,
  LSTM,
  RNN,
  relativeError,
  useKernel,
  useThreads,
} from '../../../src/rnn/index.ts'
import { kernel } from '../../../src/rnn/kernel/kernel.ts'
import { Machine } from '../../../src/rnn/kernel/simd/machine.ts'
import { createSimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { gaussians } from '../support.ts'
import { expectNear } from './blocks.ts'
import { allOperations, matrixOperations, performMatrix } from './operations.ts'

// In this file alone: vitest gives each a process of its own.
if (!hasFusedMultiplyAdd()) setFlagsFromString('--experimental-wasm-relaxed-simd')

describe.skipIf(!hasFusedMultiplyAdd())('simd-fma', () => {
  const [fma, plain] = [true, false].map(fma => createSimdKernel({ fma }))

  for (const { name, forAll } of allOperations)
    it(`${name} is within 1e-12 of the plain build in float64, 1e-6 in float32`, () =>
      forAll(perform => {
        expectNear(perform(fma, 'float64'), perform(plain, 'float64'), 1e-12)
        expectNear(perform(fma, 'float32'), perform(plain, 'float32'), 1e-6)
      }, 40))

  it('has threads like the plain build: the same bits on two as on one', async () => {
    const net = new LSTM({ inputSize: 3, hiddenSize: 9, seed: 1 })
    const { x } = gaussians(1, { x: [9, 5, 3] })
    useKernel('simd-fma')
    const { output } = net.forward(x)
    await useThreads(2)
    expect([kernel.name, kernel.threads]).toEqual(['simd-fma', 2])
    const { worthSharing } = Machine
    Machine.worthSharing = 0
    expect(net.forward(x).output.equals(output)).toBe(true)
    Machine.worthSharing = worthSharing
    useKernel('simd-fma')
    expect([kernel.name, kernel.threads]).toEqual(['simd-fma', 1])
    useKernel('simd')
  })

  it('rounds once where the plain build rounds twice', () => {
    const [C, A, B] = [[-1], [1 + 2 ** -30], [1 - 2 ** -30]].map(x => Float64Array.from(x))
    const product = (k: typeof fma) => {
      const c = C.slice()
      k.addAB(c, A, B, 1, 1, 1)
      return c[0]
    }
    expect(product(plain)).toBe(0)
    expect(product(fma)).toBe(-(2 ** -60))
    const perform = performMatrix(matrixOperations.addAB, 'blocks', { n: 5, k: 40, m: 9, seed: 1 })
    expect(perform(fma, 'float64')).not.toEqual(perform(plain, 'float64'))
  })

  it.each(Object.entries({ RNN, LSTM, GRU }))(
    '%s gives the same to 1e-12, forward and backward',
    (_, Network) => {
      // All three take the same options.
      const net = new (Network as typeof RNN)({
        inputSize: 3,
        hiddenSize: 9,
        numLayers: 2,
        bidirectional: true,
        seed: 1,
      })
      const { x, dOutput } = gaussians(1, { x: [5, 7, 3], dOutput: [5, 7, 18] })
      const run = () => [
        net.forward(x).output,
        net.backward({ dOutput }).dx,
        ...Object.values(net.gradients()),
      ]
      const expected = run()
      useKernel('simd-fma')
      expect([kernel.name, kernel.threads]).toEqual(['simd-fma', 1])
      const actual = run()
      useKernel('simd')
      for (const [i, tensor] of actual.entries())
        expect(relativeError(tensor, expected[i])).toBeLessThan(1e-12)
      expect(actual.every((tensor, i) => tensor.equals(expected[i]))).toBe(false)
    },
  )
})
