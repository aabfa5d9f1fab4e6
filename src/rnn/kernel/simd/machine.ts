/**
 * How operations of the module are called: arguments go to their place in memory, plain arrays are staged beside them,
 * and threads have scratch of their own.
 */
import { type DType, dtypeOf, type Numbers } from '../../array/numbers.ts'
import type { Block, Operand } from '../workspace.ts'
import { Arena, alignment, roundUp } from './arena.ts'
import type { KernelModule } from './module.ts'
import { startTeam } from './team.ts'
import type { ArenaBlock } from './workspace.ts'

/** What workspaces may take together before those that have not been used for longest are moved out. */
const budget = 256 * 2 ** 20

/** Views of staged arrays that are kept: those of an optimiser's step, twice. */
const keptViews = 10

/** In front of every thread's packed panels: a tile at a matrix's edge. */
export const tileBytes = 128

export class Machine {
  /**
   * Below so many multiplications, some microseconds, an operation is not shared: it is done before another thread has
   * noticed it. Tests set it to 0.
   */
  static worthSharing = 50_000

  threads = 1
  readonly arena: Arena
  readonly #module: KernelModule
  #arguments: Int32Array
  /** The memory's buffer when the views were made: to ask a view for its buffer takes longer than this. */
  #buffer: ArrayBuffer
  readonly #scratch = { at: 0, bytes: 0 }
  /** Where plain arrays are copied to, and how much of it is in use. */
  readonly #stage = { at: 0, bytes: 0, used: 0 }
  #views: Numbers[] = []

  constructor(module: KernelModule) {
    this.#module = module
    this.arena = new Arena(module.memory, module.heapStart, budget)
    this.#buffer = this.arena.buffer
    this.#arguments = new Int32Array(this.#buffer, module.argumentsAt, 32)
  }

  /** Lets so many threads work together from now on; the memory must be shared. */
  async startThreads(threads: number): Promise<void> {
    await startTeam(this.#module, threads)
    this.threads = threads
  }

  /** Ends all threads but the caller's. */
  stopThreads(): void {
    if (this.threads > 1) this.#module.dismiss()
    this.threads = 1
  }

  /** Where the next operation's arguments are written. */
  args(): Int32Array {
    if (this.#buffer !== this.arena.buffer) this.#renewViews()
    return this.#arguments
  }

  /** After the memory has grown all views of it are gone. */
  #renewViews(): void {
    this.#buffer = this.arena.buffer
    this.#arguments = new Int32Array(this.#buffer, this.#module.argumentsAt, 32)
    this.#views = []
  }

  /**
   * Runs an operation on the arguments that were written.
   *
   * @param scratch bytes that each thread needs beside its tile
   * @param work about how many multiplications it is
   */
  call(operation: number, dtype: DType, scratch: number, work: number): number {
    const threads = work < Machine.worthSharing ? 1 : this.threads
    const bytes = roundUp(tileBytes + scratch, alignment)
    this.#enlarge(this.#scratch, bytes * threads)
    const typed = 2 * operation + (dtype === 'float32' ? 1 : 0)
    return this.#module.call(typed, threads, this.#scratch.at, bytes)
  }

  /** Room for n numbers of plain arrays, if C is one. */
  stageFor(C: Operand, n: number): void {
    if (isBlock(C)) return
    this.#enlarge(this.#stage, (n + 64) * C.BYTES_PER_ELEMENT)
    this.#stage.used = 0
  }

  /** Makes a region have at least so many bytes; its content is not kept. */
  #enlarge(region: { at: number; bytes: number }, bytes: number): void {
    if (region.bytes >= bytes) return
    if (region.bytes > 0) this.arena.free(region.at, region.bytes)
    // If there is no more memory, the old place is somebody else's all the same.
    region.bytes = 0
    region.at = this.arena.allocate(bytes)
    region.bytes = bytes
  }

  /** The address of a block, or of a copy of a plain array. */
  in(x: Operand): number {
    if (isBlock(x)) return addressOf(x)
    const at = this.#stage.at + this.#stage.used
    this.#stage.used += roundUp(x.byteLength, 16)
    this.#viewOf(x, at).set(x)
    return at
  }

  /** Copies a plain array's result back. */
  out(x: Operand, at: number): void {
    if (!isBlock(x)) x.set(this.#viewOf(x, at))
  }

  /** The memory where a plain array is staged. Views are kept: an optimiser's step comes again with the same sizes. */
  #viewOf(x: Numbers, at: number): Numbers {
    if (this.#buffer !== this.arena.buffer) this.#renewViews()
    for (let i = 0; i < this.#views.length; i++) {
      const kept = this.#views[i]
      if (kept.byteOffset === at && kept.length === x.length && dtypeOf(kept) === dtypeOf(x)) return kept
    }
    const Type = dtypeOf(x) === 'float32' ? Float32Array : Float64Array
    const view = new Type(this.#buffer, at, x.length)
    this.#views = [view, ...this.#views.slice(0, keptViews - 1)]
    return view
  }
}

function isBlock(x: Operand): x is Block {
  return 'numbers' in x
}

/** This kernel's blocks are all of its own making. */
export function addressOf(x: Block): number {
  return (x as ArenaBlock).address
}

export function dtypeOfOperand(x: Operand): DType {
  return isBlock(x) ? x.dtype : dtypeOf(x)
}
