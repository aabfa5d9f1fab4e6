/** Copying whole arrays, also into and out of memory that threads share. */
import type { Numbers } from './numbers.ts'

/** The part of Node's `Buffer` that is used here. Browsers have none. */
interface Bytes {
  fill(bytes: Bytes): unknown
}
const { Buffer } = globalThis as unknown as {
  Buffer?: { from(memory: ArrayBufferLike, start: number, length: number): Bytes }
}

/** Below so many numbers looking for a faster way takes longer than it saves. */
const many = 2048

/**
 * to = from, of one dtype and length. V8 copies shared memory word by word, at half the speed of other memory; filling a
 * Node buffer with another is the C library's copy.
 */
export function copyNumbers(to: Numbers, from: Numbers): void {
  if (!Buffer || from.length < many || !(isShared(to) || isShared(from))) to.set(from)
  else bytesOf(to, Buffer).fill(bytesOf(from, Buffer))
}

function isShared({ buffer }: Numbers): boolean {
  return typeof SharedArrayBuffer === 'function' && buffer instanceof SharedArrayBuffer
}

/** Kept as long as the array: a training step makes no object. */
const kept = new WeakMap<Numbers, Bytes>()

function bytesOf(x: Numbers, { from }: NonNullable<typeof Buffer>): Bytes {
  let bytes = kept.get(x)
  if (!bytes) {
    bytes = from(x.buffer, x.byteOffset, x.byteLength)
    kept.set(x, bytes)
  }
  return bytes
}
