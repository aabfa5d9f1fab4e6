/**
 * The memory that the WebAssembly module works in, and who has which part of it.
 *
 * A workspace that is not used may be moved out into a plain array, when more than `budget` is taken or the memory is
 * full, and comes back when it is used again. So memory that nobody needs any more is found without asking the garbage collector: a
 * network that was dropped is simply never used again.
 */

const pageBytes = 65536
/** Every block begins at a cache line. */
export const alignment = 64

/** What lives in the arena and can be moved out. */
export interface Tenant {
  readonly bytes: number
  /** Address, or -1 while moved out. */
  at: number
  /** When it was last used, by the arena's count. */
  lastUse: number
  /** The content while it is moved out; nothing before the first use. */
  kept?: Uint8Array
}

/** The blocks of one operation come from so many tenants at most; those used last are never moved out. */
const inUse = 4

interface Gap {
  at: number
  bytes: number
}

export class Arena {
  readonly memory: WebAssembly.Memory
  readonly #budget: number
  /** Free parts in the order of addresses; no two touch. */
  #gaps: Gap[] = []
  readonly #tenants = new Set<Tenant>()
  #taken = 0
  #clock = 0
  #all: Uint8Array
  /** `memory.buffer` (which may be shared, but typed arrays do not care), which takes longer to ask for than a small product takes. Only this class lets the memory grow. */
  buffer: ArrayBuffer

  /** @param start where memory is free, in bytes */
  constructor(memory: WebAssembly.Memory, start: number, budget: number) {
    this.memory = memory
    this.#budget = budget
    this.buffer = memory.buffer as ArrayBuffer
    this.#all = new Uint8Array(this.buffer)
    const at = roundUp(start, alignment)
    this.#gaps = [{ at, bytes: this.#all.length - at }]
  }

  /** Bytes that are taken. */
  get taken(): number {
    return this.#taken
  }

  /** Brings a tenant in, if it is not, and makes it the one that is moved out last. */
  use(tenant: Tenant): void {
    tenant.lastUse = ++this.#clock
    if (tenant.at >= 0) return
    for (const other of this.#leastUsed(this.#taken + tenant.bytes - this.#budget)) this.#moveOut(other)
    tenant.at = this.allocate(tenant.bytes)
    this.#tenants.add(tenant)
    const place = this.#all.subarray(tenant.at, tenant.at + tenant.bytes)
    if (tenant.kept) place.set(tenant.kept)
    else place.fill(0)
    tenant.kept = undefined
  }

  release(tenant: Tenant): void {
    if (tenant.at >= 0) this.free(tenant.at, tenant.bytes)
    this.#tenants.delete(tenant)
    tenant.at = -1
    tenant.kept = undefined
  }

  /** The address of so many bytes, of any content. @throws RangeError if there is no such memory */
  allocate(bytes: number): number {
    const size = roundUp(bytes, alignment)
    const gap = this.#gapOf(size)
    const at = gap.at
    gap.at += size
    gap.bytes -= size
    if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1)
    this.#taken += size
    return at
  }

  free(at: number, bytes: number): void {
    const size = roundUp(bytes, alignment)
    this.#taken -= size
    this.#addGap({ at, bytes: size })
  }

  /** Those to move out, so that `bytes` become free. */
  #leastUsed(bytes: number): Tenant[] {
    if (bytes <= 0) return []
    const chosen: Tenant[] = []
    for (const tenant of [...this.#tenants].sort((a, b) => a.lastUse - b.lastUse)) {
      if (bytes <= 0 || tenant.lastUse > this.#clock - inUse) break
      bytes -= tenant.bytes
      chosen.push(tenant)
    }
    return chosen
  }

  #moveOut(tenant: Tenant): void {
    tenant.kept = this.#all.slice(tenant.at, tenant.at + tenant.bytes)
    this.free(tenant.at, tenant.bytes)
    this.#tenants.delete(tenant)
    tenant.at = -1
  }

  #gapOf(size: number): Gap {
    for (;;) {
      const gap = this.#gaps.find(g => g.bytes >= size)
      if (gap) return gap
      const cause = this.#grow(size)
      if (cause === undefined) continue
      const [other] = this.#leastUsed(1)
      if (!other) throw new RangeError(this.#isFull(size), { cause })
      this.#moveOut(other)
    }
  }

  /** By half of what there is at least, so that it does not happen often. @returns why not, if it cannot be */
  #grow(bytes: number): unknown {
    const before = this.#all.length
    const last = this.#gaps.at(-1)
    const needed = last && last.at + last.bytes === before ? bytes - last.bytes : bytes
    let reason: unknown
    for (const wanted of [Math.max(needed, before / 2), needed]) {
      try {
        this.memory.grow(Math.ceil(wanted / pageBytes))
      } catch (error) {
        reason = error
        continue
      }
      this.buffer = this.memory.buffer as ArrayBuffer
      this.#all = new Uint8Array(this.buffer)
      this.#addGap({ at: before, bytes: this.#all.length - before })
      return undefined
    }
    return reason
  }

  #isFull(bytes: number): string {
    const sizes = `${megabytes(this.#taken)} MB are in use and ${megabytes(bytes)} MB more cannot be had`
    return `the kernel's memory is full: ${sizes}, expected fewer or shorter sequences, or truncation`
  }

  #addGap(gap: Gap): void {
    const i = this.#gaps.findIndex(g => g.at > gap.at)
    const at = i < 0 ? this.#gaps.length : i
    this.#gaps.splice(at, 0, gap)
    for (const k of [at, at - 1]) {
      const [left, right] = [this.#gaps[k], this.#gaps[k + 1]]
      if (!left || !right || left.at + left.bytes !== right.at) continue
      left.bytes += right.bytes
      this.#gaps.splice(k + 1, 1)
    }
  }
}

/** A part of the arena that grows with what is asked of it; its content is not kept. */
export class Region {
  /** Address */
  at = 0
  readonly #arena: Arena
  #bytes = 0

  constructor(arena: Arena) {
    this.#arena = arena
  }

  /** Makes it have at least so many bytes. @throws RangeError if there is no such memory */
  enlarge(bytes: number): void {
    if (this.#bytes >= bytes) return
    if (this.#bytes > 0) this.#arena.free(this.at, this.#bytes)
    // If there is no more memory, the old place is somebody else's all the same.
    this.#bytes = 0
    this.at = this.#arena.allocate(bytes)
    this.#bytes = bytes
  }
}

export function roundUp(n: number, unit: number): number {
  return Math.ceil(n / unit) * unit
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}
