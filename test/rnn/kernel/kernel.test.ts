/** Which kernel is in use, and how it is chosen. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hasFusedMultiplyAdd, LSTM, Tensor, useKernel } from '../../../src/rnn/index.ts'
import { type KernelName, kernel } from '../../../src/rnn/kernel/kernel.ts'
import { complaintOf, gaussians } from '../support.ts'

afterEach(() => {
  vi.restoreAllMocks()
  useKernel('simd')
})

describe('useKernel', () => {
  it('begins with simd, on one thread', () => {
    expect([kernel.name, kernel.threads]).toEqual(['simd', 1])
  })

  it('changes the kernel for all that follows, and keeps it if it is in use already', () => {
    const before = kernel
    useKernel('simd')
    expect(kernel).toBe(before)
    useKernel('reference')
    expect([kernel.name, kernel.threads]).toEqual(['reference', 1])
    useKernel('simd')
    expect(kernel.name).toBe('simd')
    expect(kernel).not.toBe(before)
  })

  it('takes a network along with its next forward; backward runs where forward ran', () => {
    const net = new LSTM({ inputSize: 2, hiddenSize: 3, numLayers: 2, seed: 1 })
    const { x, dOutput } = gaussians(1, { x: [4, 5, 2], dOutput: [4, 5, 3] })
    const run = (between: () => void) => {
      const { output } = net.forward(x)
      between()
      const { dx } = net.backward({ dOutput })
      return Tensor.concat([
        output.reshape([60]),
        dx.reshape([40]),
        net.gradients().weight_hh_l1.reshape([36]),
      ])
    }
    const all = run(() => {})
    expect(run(() => useKernel('reference')).equals(all)).toBe(true)
    expect(run(() => useKernel('simd')).equals(all)).toBe(true)
    expect(run(() => useKernel('reference')).equals(all)).toBe(true)
  })

  it('refuses a name that it does not know, and keeps the kernel', () => {
    const before = kernel
    expect(complaintOf(() => useKernel('gpu' as KernelName))).toBe(
      'TypeError: unknown kernel: gpu, expected simd, simd-fma, reference',
    )
    expect(kernel).toBe(before)
  })

  it('refuses simd-fma where there is no relaxed SIMD, and keeps the kernel', () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    const before = kernel
    expect(hasFusedMultiplyAdd()).toBe(false)
    expect(complaintOf(() => useKernel('simd-fma'))).toBe(
      "Error: expected an engine with relaxed SIMD; in Node 20 call v8.setFlagsFromString('--experimental-wasm-relaxed-simd') first",
    )
    expect(kernel).toBe(before)
  })
})
