/** Stable names for content. */
import { createHash } from 'node:crypto'

/** SHA-256 of the parts, each with its length, so that ('ab','c') differs from ('a','bc'). 32 hex digits. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    hash.update(`${bytes.length}:`).update(bytes)
  }
  return hash.digest('hex').slice(0, 32)
}

/** JSON with sorted keys: the same value gives the same text whatever the order it was built in. */
export function stableJson(value: unknown, space?: number): string {
  return JSON.stringify(
    value,
    (_key, v) =>
      v && typeof v === 'object' && !Array.isArray(v)
        ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
        : v,
    space,
  )
}
