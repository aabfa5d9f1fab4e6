/** A workspace in the arena: its blocks, one after another in one piece of memory. */
import type { DType, Numbers } from '../../array/numbers.ts'
import type { Block, Sizes, Workspace } from '../workspace.ts'
import { type Arena, alignment, roundUp, type Tenant } from './arena.ts'

const bytesOf = { float64: 8, float32: 4 } as const

/**
 * Room between two blocks. Without it blocks whose size is a multiple of 4096 bytes would begin at the same place of a
 * page, where a processor takes a load for one of what was just stored, and all of them would share a few cache sets.
 */
const stagger = 7 * alignment

export class ArenaWorkspace<Name extends string> implements Workspace<Name>, Tenant {
  readonly bytes: number
  readonly blocks: Readonly<Record<Name, ArenaBlock>>
  readonly arena: Arena
  at = -1
  lastUse = 0
  kept?: Uint8Array

  constructor(arena: Arena, sizes: Sizes<Name>, dtype: DType) {
    this.arena = arena
    let offset = 0
    const blocks: Record<string, ArenaBlock> = {}
    for (const [name, n] of Object.entries<number>(sizes)) {
      blocks[name] = new ArenaBlock(this, offset, n, dtype)
      offset += roundUp(n * bytesOf[dtype], alignment) + stagger
    }
    this.blocks = blocks as Readonly<Record<Name, ArenaBlock>>
    this.bytes = Math.max(offset, alignment)
  }

  use(): void {
    this.arena.use(this)
  }

  release(): void {
    this.arena.release(this)
  }
}

export class ArenaBlock implements Block {
  readonly length: number
  readonly dtype: DType
  readonly #home: Tenant & { readonly arena: Arena }
  readonly #offset: number
  #view?: Numbers
  #viewAt = -1
  #buffer?: ArrayBuffer

  constructor(home: Tenant & { readonly arena: Arena }, offset: number, length: number, dtype: DType) {
    this.#home = home
    this.#offset = offset
    this.length = length
    this.dtype = dtype
  }

  /** In bytes, while the workspace is in memory. */
  get address(): number {
    if (this.#home.at < 0) this.#home.arena.use(this.#home)
    return this.#home.at + this.#offset
  }

  get numbers(): Numbers {
    const at = this.address
    const { buffer } = this.#home.arena
    if (!this.#view || this.#viewAt !== at || this.#buffer !== buffer) {
      const Type = this.dtype === 'float32' ? Float32Array : Float64Array
      this.#view = new Type(buffer, at, this.length)
      this.#viewAt = at
      this.#buffer = buffer
    }
    return this.#view
  }

  part(start: number, length: number): ArenaBlock {
    return new ArenaBlock(this.#home, this.#offset + start * bytesOf[this.dtype], length, this.dtype)
  }
}
