/** The kernel in use: WebAssembly SIMD where there is any, which is everywhere by now, otherwise the plain loops. */
import type { Kernel } from './interface.ts'
import { reference } from './reference/reference.ts'
import { hasFma } from './simd/module.ts'
import { createSimdKernel } from './simd/simd.ts'

export type { Kernel } from './interface.ts'

/**
 * `simd`: the same bits on every machine. `simd-fma`: faster, with fused multiply-add (relaxed SIMD), whose last digits
 * depend on the processor. `reference`: plain loops.
 */
export type KernelName = 'simd' | 'simd-fma' | 'reference'

const factories: Readonly<Record<KernelName, () => Kernel>> = {
  simd: () => createSimdKernel(),
  'simd-fma': () => createSimdKernel({ fma: true }),
  reference: () => reference,
}

function defaultKernel(): Kernel {
  try {
    return createSimdKernel()
  } catch {
    return reference
  }
}

/** The one in use. Networks ask for it at each forward. */
export let kernel: Kernel = defaultKernel()

/** Whether `simd-fma` can be used here. Node 20 needs `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')` first. */
export function hasFusedMultiplyAdd(): boolean {
  return hasFma()
}

/**
 * Chooses the kernel for all that follows; a network moves to it with its next forward.
 *
 * @throws TypeError for an unknown name; Error if this engine has no relaxed SIMD
 */
export function useKernel(name: KernelName): void {
  if (!Object.hasOwn(factories, name))
    throw new TypeError(`unknown kernel: ${name}, expected ${Object.keys(factories).join(', ')}`)
  if (name === kernel.name) return
  if (name === 'simd-fma' && !hasFma())
    throw new Error(
      "expected an engine with relaxed SIMD; in Node 20 call v8.setFlagsFromString('--experimental-wasm-relaxed-simd') first",
    )
  kernel = factories[name]()
}
