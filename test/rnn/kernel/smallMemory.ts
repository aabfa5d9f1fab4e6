/** A system with less memory than this one. */
import { vi } from 'vitest'

/** Calls it where a WebAssembly memory of more than so many 64 kB pages is refused, or cut to them if `isCut`. */
export function withMemoryUpTo<Made>(pages: number, make: () => Made, { isCut = false } = {}): Made {
  class Memory extends WebAssembly.Memory {
    constructor({ maximum = 65536, ...limits }: WebAssembly.MemoryDescriptor) {
      if (maximum > pages && !isCut) throw new RangeError('could not allocate memory')
      super({ ...limits, maximum: Math.min(maximum, pages) })
    }
  }
  vi.stubGlobal('WebAssembly', Object.create(WebAssembly, { Memory: { value: Memory } }))
  try {
    return make()
  } finally {
    vi.unstubAllGlobals()
  }
}
