/**
 * How operations of the module are called: arguments go to their place in memory, plain arrays are staged beside them,
 * and threads have scratch of their own.
 */
import { type DType, dtypeOf, type Numbers } from '../../array/numbers.ts'
import type { Block, Operand } from '../workspace.ts'
import { Arena, alignment, Region, roundUp } from './arena.ts'
import type { KernelModule } from './module.ts'
import { Stage } from './stage.ts'
import { startTeam } from './team.ts'
import type { ArenaBlock } from './workspace.ts'

/** What workspaces may take together before those that have not been used for longest are moved out. */
const budget = 256 * 2 ** 20

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
  readonly #stage: Stage
  readonly #scratch: Region
  #views: Views

  constructor(module: KernelModule) {
    this.#module = module
    this.arena = new Arena(module.memory, module.heapStart, budget)
    this.#stage = new Stage(this.arena)
    this.#scratch = new Region(this.arena)
    this.#views = viewsOf(module, this.arena.buffer)
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
    return this.#currentViews().args
  }

  /** Where the coefficients of an operation on such numbers are written. */
  coefficients(dtype: DType): Numbers {
    return this.#currentViews()[dtype]
  }

  /** After the memory has grown all views of it are gone. */
  #currentViews(): Views {
    if (this.#views.buffer !== this.arena.buffer) this.#views = viewsOf(this.#module, this.arena.buffer)
    return this.#views
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
    this.#scratch.enlarge(bytes * threads)
    const typed = 2 * operation + (dtype === 'float32' ? 1 : 0)
    return this.#module.call(typed, threads, this.#scratch.at, bytes)
  }

  /** Room for n numbers of plain arrays, if C is one. */
  stageFor(C: Operand, n: number): void {
    if (!isBlock(C)) this.#stage.clear((n + 64) * C.BYTES_PER_ELEMENT)
  }

  /** The address of a block, or of a copy of a plain array. */
  in(x: Operand): number {
    return isBlock(x) ? addressOf(x) : this.#stage.put(x)
  }

  /** Copies a plain array's result back. */
  out(x: Operand, at: number): void {
    if (!isBlock(x)) this.#stage.take(x, at)
  }
}

/** Views of where arguments and coefficients are written. */
interface Views extends Readonly<Record<DType, Numbers>> {
  readonly buffer: ArrayBuffer
  readonly args: Int32Array
}

/** How many there are at most. */
const sizes = { args: 32, coefficients: 9 } as const

function viewsOf({ argumentsAt, coefficientsAt }: KernelModule, buffer: ArrayBuffer): Views {
  return {
    buffer,
    args: new Int32Array(buffer, argumentsAt, sizes.args),
    float64: new Float64Array(buffer, coefficientsAt, sizes.coefficients),
    float32: new Float32Array(buffer, coefficientsAt, sizes.coefficients),
  }
}

function isBlock(x: Operand): x is Block {
  return !ArrayBuffer.isView(x)
}

/** This kernel's blocks are all of its own making. */
export function addressOf(x: Block): number {
  return (x as ArenaBlock).address
}

/** 0 for what is not there. */
export function addressIfAny(x: Block | undefined): number {
  return x ? addressOf(x) : 0
}

export function dtypeOfOperand(x: Operand): DType {
  return isBlock(x) ? x.dtype : dtypeOf(x)
}
