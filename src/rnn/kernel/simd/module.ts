/** The WebAssembly module, from the bytes that the build made of `kernel/wasm`: no file is loaded. */
import { expectSharedMemory } from '../../array/sharedMemory.ts'
import { fused, plain } from './bytes.ts'

/** What `wasm/index.ts` exports, and its memory. */
export interface KernelModule {
  readonly memory: WebAssembly.Memory
  readonly argumentsAt: number
  readonly coefficientsAt: number
  readonly heapStart: number
  readonly module: WebAssembly.Module
  call(operation: number, threads: number, scratch: number, scratchBytes: number): number
  currentEpoch(): number
  dismiss(): void
}

/** A module's bytes as text, and the place of the byte that says whether its memory is shared. */
export interface ModuleText {
  readonly base64: string
  readonly memoryFlagAt: number
}

const initialPages = 32
const maximumPages = 65536

/** In a memory's limits: it has a maximum, and it is shared. */
const sharedFlags = 3

/** @throws if WebAssembly, or fused multiply-add, is not to be had here */
export function instantiate({ fma, shared }: { fma: boolean; shared: boolean }): KernelModule {
  if (shared) expectSharedMemory('threads')
  const module = new WebAssembly.Module(bytesOf(fma ? fused : plain, shared))
  const memory = createMemory(shared)
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const numberOf = (name: string) => (exports[name] as WebAssembly.Global).value as number
  return {
    memory,
    module,
    argumentsAt: numberOf('argumentsAt'),
    coefficientsAt: numberOf('coefficientsAt'),
    heapStart: numberOf('heapStart'),
    call: exports.call as KernelModule['call'],
    currentEpoch: exports.currentEpoch as KernelModule['currentEpoch'],
    dismiss: exports.dismiss as KernelModule['dismiss'],
  }
}

/** Whether this engine has relaxed SIMD, which fused multiply-add is a part of. Some have no WebAssembly at all. */
export function hasFma(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytesOf(fused, false))
}

/** As much as this system lets one reserve: phones give less. */
function createMemory(shared: boolean): WebAssembly.Memory {
  for (let maximum = maximumPages; maximum > 1024; maximum /= 4) {
    try {
      return new WebAssembly.Memory({ initial: initialPages, maximum, shared })
    } catch (cause) {
      if (maximum <= 4096) throw new Error('there is no memory for the kernel', { cause })
    }
  }
  throw new Error('there is no memory for the kernel')
}

function bytesOf({ base64, memoryFlagAt }: ModuleText, shared: boolean): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  // Uint8Array.from takes five times as long, and every import waits for it.
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i)
  if (shared) bytes[memoryFlagAt] = sharedFlags
  return bytes
}
