/**
 * A limit on what a chapter holds, typed arrays included. V8's own limits see only its heap, and say nothing of
 * where; so constructors of buffers are wrapped: each looks, now and then, at what the thread holds in all.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { limitError } from './trace.ts'

const megabyte = 1024 * 1024
/** Bytes that may be asked for between two looks. */
const stride = 4 * megabyte

/** From now on, asking for a buffer that would take the thread past `megabytes` throws, where it is asked for. */
export function guardMemory(megabytes: number): void {
  const limit = megabytes * megabyte
  setFlagsFromString('--expose-gc')
  const held = () => {
    const { used_heap_size, external_memory } = getHeapStatistics()
    return used_heap_size + external_memory
  }
  let unseen = 0
  const charge = (bytes: number) => {
    unseen += bytes
    if (!(unseen > stride)) return
    unseen = 0
    if (held() + bytes <= limit) return
    ;(runInNewContext('gc') as () => void)()
    if (held() + bytes <= limit) return
    throw limitError(
      'memory',
      `${amount(bytes)} more would take this chapter past its limit of ${megabytes} MB`,
    )
  }
  wrapConstructors(charge)
  wrapBuffer(charge)
  wrapWebAssembly(charge)
}

/** Of what is asked for: unlike what is held in all, it is the same in every run. */
function amount(bytes: number): string {
  return bytes < megabyte ? `${bytes} bytes` : `${Math.round(bytes / megabyte)} MB`
}

function wrapConstructors(charge: (bytes: number) => void): void {
  const world = globalThis as unknown as Record<string, new (...args: unknown[]) => object>
  const sizes: Record<string, number> = {
    ArrayBuffer: 1,
    SharedArrayBuffer: 1,
    Int8Array: 1,
    Uint8Array: 1,
    Uint8ClampedArray: 1,
    Int16Array: 2,
    Uint16Array: 2,
    Int32Array: 4,
    Uint32Array: 4,
    Float32Array: 4,
    Float64Array: 8,
    BigInt64Array: 8,
    BigUint64Array: 8,
  }
  for (const [name, size] of Object.entries(sizes)) {
    const original = world[name]
    const wrapped: new (...args: unknown[]) => object = new Proxy(original, {
      construct(target, args, newTarget) {
        charge(elements(args[0]) * size)
        return Reflect.construct(target, args, newTarget === wrapped ? target : newTarget)
      },
    })
    world[name] = wrapped
    // So that `x.constructor === Float64Array` holds, and slices and copies are counted too.
    Object.defineProperty(original.prototype, 'constructor', {
      value: wrapped,
      writable: true,
      configurable: true,
    })
  }
}

/** How many elements a buffer constructor's first argument asks for; a view on a buffer asks for none. */
function elements(argument: unknown): number {
  if (typeof argument === 'number') return argument
  if (Array.isArray(argument) || ArrayBuffer.isView(argument)) return (argument as ArrayLike<unknown>).length
  return 0
}

/** A module's memory grows in pages; V8 counts them, but only once they are there. */
function wrapWebAssembly(charge: (bytes: number) => void): void {
  const page = 65536
  const { prototype } = WebAssembly.Memory
  const { grow } = prototype
  prototype.grow = function (this: WebAssembly.Memory, pages: number) {
    charge(pages * page)
    return grow.call(this, pages)
  }
}

/** Node's own buffers do not come through the constructors above. */
function wrapBuffer(charge: (bytes: number) => void): void {
  for (const name of ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const) {
    const original = Buffer[name] as (size: number, ...rest: unknown[]) => Buffer
    const wrapped = (size: number, ...rest: unknown[]) => {
      charge(size)
      return original.call(Buffer, size, ...rest)
    }
    Object.defineProperty(Buffer, name, { value: wrapped, writable: true, configurable: true })
  }
}
