/** The kernel in use: WebAssembly SIMD where there is any, which is everywhere by now, otherwise the plain loops. */
import { expectWhole } from '../array/options.ts'
import type { Kernel, KernelName } from './interface.ts'
import { reference } from './reference/reference.ts'
import { hasFma } from './simd/module.ts'
import { createSimdKernel, SimdKernel } from './simd/simd.ts'

export type { Kernel, KernelName } from './interface.ts'

const names: readonly KernelName[] = ['simd', 'simd-fma', 'reference']

function create(name: KernelName, shared = false): Kernel {
  return name === 'reference' ? reference : createSimdKernel({ fma: name === 'simd-fma', shared })
}

function defaultKernel(): Kernel {
  try {
    return create('simd')
  } catch {
    return reference
  }
}

/** The one in use. Networks ask for it at each forward. */
export let kernel: Kernel = defaultKernel()

/**
 * Which kernel is in use, and on how many threads.
 *
 * @example
 * ```ts
 * currentKernel() // → { name: 'simd', threads: 1 }
 * ```
 */
export function currentKernel(): { readonly name: KernelName; readonly threads: number } {
  return { name: kernel.name, threads: kernel.threads }
}

/** Whether `simd-fma` can be used here. Node 20 needs `v8.setFlagsFromString('--experimental-wasm-relaxed-simd')` first. */
export function hasFusedMultiplyAdd(): boolean {
  return hasFma()
}

/**
 * Chooses the kernel for all that follows, on one thread; a network moves to it with its next forward. In a chapter of a
 * book call it in the cell that it is meant for: a cell does not run again because an earlier one chose another kernel.
 *
 * @throws TypeError for an unknown name; Error if this engine has no relaxed SIMD
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 4, seed: 1 })
 * const x = Tensor.from([[1], [0], [-1]])
 * const fast = net.forward(x).output
 * useKernel('reference')
 * net.forward(x).output.equals(fast) // → true
 * useKernel('simd')
 * ```
 */
export function useKernel(name: KernelName): void {
  expectName(name)
  if (name === kernel.name && kernel.threads === 1) return
  switchTo(create(name))
}

/**
 * Lets n threads share every operation: of a batch each runs some sequences through time, and of a weight's gradient
 * each makes some rows. Sums are in the same order as on one thread, so the numbers are the same to the last bit. It
 * needs memory that threads can share: Node has it, a page only if it is isolated from others.
 *
 * Small batches gain nothing: a thread takes four sequences at least.
 *
 * @throws RangeError unless n is a whole number from 1 to 64; TypeError for the `reference` kernel; Error if threads
 *   cannot be had here
 * @example
 * ```ts
 * const net = new LSTM({ inputSize: 1, hiddenSize: 4, seed: 1 })
 * const x = Tensor.full([8, 5, 1], 0.5)
 * const alone = net.forward(x).output
 * await useThreads(2)
 * net.forward(x).output.equals(alone) // → true
 * await useThreads(1)
 * ```
 */
export async function useThreads(n: number): Promise<void> {
  expectWhole('n', n, 1)
  if (n > 64) throw new RangeError(`expected n to be a whole number from 1 to 64, got ${n}`)
  if (kernel.name === 'reference')
    throw new TypeError("the kernel is 'reference', expected 'simd' or 'simd-fma'")
  if (n === kernel.threads) return
  const { name } = kernel
  if (n === 1) return switchTo(create(name))
  const shared = createSimdKernel({ fma: name === 'simd-fma', shared: true })
  await shared.startThreads(n)
  switchTo(shared)
}

function switchTo(next: Kernel): void {
  if (kernel instanceof SimdKernel) kernel.stopThreads()
  kernel = next
}

function expectName(name: KernelName): void {
  if (!names.includes(name)) throw new TypeError(`unknown kernel: ${name}, expected ${names.join(', ')}`)
  if (name === 'simd-fma' && !hasFma())
    throw new Error(
      "expected an engine with relaxed SIMD; in Node 20 call v8.setFlagsFromString('--experimental-wasm-relaxed-simd') first",
    )
}
