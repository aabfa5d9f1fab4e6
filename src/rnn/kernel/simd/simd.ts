/**
 * The kernel in WebAssembly SIMD. The module works in a memory of its own (`arena.ts`): blocks of workspaces lie there,
 * plain arrays are copied in and out. An operation's arguments are written to a fixed place, then one call runs it, on
 * all threads of the team if there is one. (`wasm/operations.ts` has the numbers, each operation the order of its
 * arguments.)
 */
import { type DType, dtypeOf, type Numbers } from '../../array/numbers.ts'
import type {
  AdamStep,
  Columns,
  ElmanBlocks,
  ElmanGradients,
  FirstBadStep,
  GruBlocks,
  GruGradients,
  Kernel,
  LayerBlocks,
  LstmBlocks,
  LstmGradients,
  Sequence,
} from '../interface.ts'
import type { Block, Operand, Sizes, Workspace } from '../workspace.ts'
import { Arena, alignment, roundUp } from './arena.ts'
import { instantiate, type KernelModule } from './module.ts'
import { startTeam } from './team.ts'
import { type ArenaBlock, ArenaWorkspace } from './workspace.ts'

/** Numbers of the operations in `wasm/operations.ts`. */
const operations = {
  product: 0,
  productWithTransposed: 1,
  transposedProducts: 2,
  columnSums: 3,
  swapAxes: 4,
  elmanForward: 5,
  elmanBackward: 6,
  lstmForward: 7,
  lstmBackward: 8,
  gruForward: 9,
  gruBackward: 10,
  adam: 11,
  copyRows: 12,
  tanh: 13,
  sigmoid: 14,
  areFinite: 15,
} as const

/** What workspaces may take together before those that have not been used for longest are moved out. */
const budget = 256 * 2 ** 20

/** Views of staged arrays that are kept: those of an optimiser's step, twice. */
const keptViews = 10

/** In front of every thread's packed panels: a tile at a matrix's edge. */
const tileBytes = 128

/** What `addTransposedProducts` needs in `wasm/product.ts`: a block of B in panels, and a tile of A. */
const transposedScratchBytes = 256 * 256 * 8 + 256 * 32 + tileBytes

export class SimdKernel implements Kernel {
  /**
   * Below so many multiplications, some microseconds, an operation is not shared: it is done before another thread has
   * noticed it. Tests set it to 0.
   */
  static worthSharing = 50_000

  readonly name: string
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

  constructor(name: string, module: KernelModule) {
    this.name = name
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

  workspace<Name extends string>(sizes: Sizes<Name>, dtype: DType): Workspace<Name> {
    return new ArenaWorkspace(this.arena, sizes, dtype)
  }

  addAB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#stageFor(C, n * m + n * k + k * m)
    const c = this.#in(C)
    this.#product(operations.product, dtypeOfOperand(C), c, c, 0, this.#in(A), this.#in(B), n, k, m)
    this.#out(C, c)
  }

  addABt(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#stageFor(C, n * m + n * k + k * m)
    const c = this.#in(C)
    const operation = operations.productWithTransposed
    this.#product(operation, dtypeOfOperand(C), c, c, 0, this.#in(A), this.#in(B), n, k, m)
    this.#out(C, c)
  }

  affine(C: Operand, b: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#stageFor(C, n * m + m + n * k + k * m)
    const c = this.#in(C)
    const operation = operations.productWithTransposed
    this.#product(operation, dtypeOfOperand(C), c, this.#in(b), 1, this.#in(A), this.#in(B), n, k, m)
    this.#out(C, c)
  }

  addAtB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#stageFor(C, n * m + n * k + k * m)
    const c = this.#in(C)
    const a = this.#in(A)
    const b = this.#in(B)
    const args = this.#args()
    args[0] = c
    args[3] = a
    args[4] = b
    args[5] = n
    args[6] = k
    args[7] = m
    args[8] = 0
    args[9] = n
    this.#call(operations.transposedProducts, dtypeOfOperand(C), transposedScratchBytes, n * k * m)
    this.#out(C, c)
  }

  addProduct(C: Block, A: Columns, B: Block, n: number, k: number, m: number): void {
    const c = addressOf(C)
    const a = addressOf(A.block)
    this.#product(operations.product, C.dtype, c, c, 0, a, addressOf(B), n, k, m, A.stride)
  }

  addAtBoth(
    C: Block,
    B: Block,
    m: number,
    C2: Block,
    B2: Block,
    m2: number,
    A: Columns,
    n: number,
    k: number,
  ): void {
    const args = this.#args()
    args[0] = addressOf(C)
    args[1] = addressOf(C2)
    args[2] = addressOf(B2)
    args[3] = addressOf(A.block)
    args[4] = addressOf(B)
    args[5] = n
    args[6] = k
    args[7] = m
    args[8] = m2
    args[9] = A.stride
    this.#call(operations.transposedProducts, C.dtype, transposedScratchBytes, n * k * (m + m2))
  }

  addRowSums(b: Operand, A: Operand, n: number, m: number): void {
    this.#stageFor(b, m + n * m)
    const sums = this.#in(b)
    const a = this.#in(A)
    const args = this.#args()
    args[0] = sums
    args[3] = a
    args[5] = n
    args[7] = m
    this.#call(operations.columnSums, dtypeOfOperand(b), 0, n * m)
    this.#out(b, sums)
  }

  tanh(to: Operand, from: Operand, n: number): void {
    this.#elementwise(operations.tanh, to, from, n)
  }

  sigmoid(to: Operand, from: Operand, n: number): void {
    this.#elementwise(operations.sigmoid, to, from, n)
  }

  areFinite(x: Block): boolean {
    const args = this.#args()
    args[3] = addressOf(x)
    args[5] = x.length
    return this.#call(operations.areFinite, x.dtype, 0, 0) === 1
  }

  swapAxes(to: Operand, from: Operand, m: number, n: number, width: number): void {
    this.#stageFor(to, 2 * m * n * width)
    const target = this.#in(to)
    const source = this.#in(from)
    const args = this.#args()
    args[0] = target
    args[3] = source
    args[5] = m
    args[6] = n
    args[7] = width
    this.#call(operations.swapAxes, dtypeOfOperand(to), 0, m * n * width)
    this.#out(to, target)
  }

  copyRows(to: Columns, from: Columns, rows: number, width: number, adds = false): void {
    const target = addressOf(to.block)
    const source = addressOf(from.block)
    const args = this.#args()
    args[0] = target
    args[1] = to.stride
    args[2] = adds ? 1 : 0
    args[3] = source
    args[4] = from.stride
    args[5] = rows
    args[7] = width
    this.#call(operations.copyRows, to.block.dtype, 0, rows * width)
  }

  elmanForward(sequence: Sequence, blocks: ElmanBlocks, x: Block): FirstBadStep {
    const { H, I } = sequence
    const args = this.#forward(sequence, blocks, x)
    args[12] = blocks.nonlinearity === 'relu' ? 1 : 0
    const { dtype } = blocks.h
    const scratch = panelBytes(dtype, I, H) + panelBytes(dtype, H, H)
    return stepAt(sequence, this.#call(operations.elmanForward, dtype, scratch, workOf(sequence, 1)))
  }

  elmanBackward(
    sequence: Sequence,
    { h, W_hh, nonlinearity }: ElmanBlocks,
    { dh, da }: ElmanGradients,
    truncate: number,
  ): FirstBadStep {
    const { H } = sequence
    const args = this.#sequence(sequence, truncate)
    args[10] = addressOf(h)
    args[11] = addressOf(W_hh)
    args[12] = nonlinearity === 'relu' ? 1 : 0
    args[13] = addressOf(dh)
    args[14] = addressOf(da)
    const scratch = panelBytes(h.dtype, H, H)
    return stepBackAt(sequence, this.#call(operations.elmanBackward, h.dtype, scratch, workOf(sequence, 1)))
  }

  lstmForward(sequence: Sequence, blocks: LstmBlocks, x: Block): FirstBadStep {
    const { H, I } = sequence
    const args = this.#forward(sequence, blocks, x)
    args[12] = addressOf(blocks.gates)
    args[13] = addressOf(blocks.c)
    args[14] = addressOf(blocks.tanhC)
    const { dtype } = blocks.h
    const scratch = panelBytes(dtype, I, 4 * H) + panelBytes(dtype, H, 4 * H)
    return stepAt(sequence, this.#call(operations.lstmForward, dtype, scratch, workOf(sequence, 4)))
  }

  lstmBackward(
    sequence: Sequence,
    { gates, c, tanhC, W_hh }: LstmBlocks,
    { dh, dc, da }: LstmGradients,
    truncate: number,
  ): FirstBadStep {
    const { H } = sequence
    const args = this.#sequence(sequence, truncate)
    args[11] = addressOf(W_hh)
    args[12] = addressOf(gates)
    args[13] = addressOf(c)
    args[14] = addressOf(tanhC)
    args[15] = addressOf(dh)
    args[16] = addressOf(dc)
    args[17] = addressOf(da)
    const scratch = panelBytes(dh.dtype, 4 * H, H)
    return stepBackAt(sequence, this.#call(operations.lstmBackward, dh.dtype, scratch, workOf(sequence, 4)))
  }

  gruForward(sequence: Sequence, blocks: GruBlocks, x: Block): FirstBadStep {
    const { H, I } = sequence
    const args = this.#forward(sequence, blocks, x)
    args[12] = addressOf(blocks.gates)
    args[13] = addressOf(blocks.u)
    args[14] = addressOf(blocks.b_hn)
    const { dtype } = blocks.h
    const gates = panelBytes(dtype, I, 2 * H) + panelBytes(dtype, H, 2 * H)
    const scratch = gates + panelBytes(dtype, I, H) + panelBytes(dtype, H, H)
    return stepAt(sequence, this.#call(operations.gruForward, dtype, scratch, workOf(sequence, 3)))
  }

  gruBackward(
    sequence: Sequence,
    { h, gates, u, W_hh }: GruBlocks,
    { dh, da }: GruGradients,
    truncate: number,
  ): FirstBadStep {
    const { H } = sequence
    const args = this.#sequence(sequence, truncate)
    args[10] = addressOf(h)
    args[11] = addressOf(W_hh)
    args[12] = addressOf(gates)
    args[13] = addressOf(u)
    args[15] = addressOf(dh)
    args[16] = addressOf(da)
    const scratch = panelBytes(dh.dtype, 2 * H, H) + panelBytes(dh.dtype, H, H)
    return stepBackAt(sequence, this.#call(operations.gruBackward, dh.dtype, scratch, workOf(sequence, 3)))
  }

  adam(values: Numbers, grads: Numbers, m: Numbers, v: Numbers, step: AdamStep): void {
    const n = values.length
    const dtype = dtypeOf(values)
    this.#stageFor(values, 4 * n + coefficients.float64.length)
    const at = this.#in(values)
    const g = this.#in(grads)
    const mean = this.#in(m)
    const square = this.#in(v)
    const c = coefficients[dtype]
    c[0] = step.beta1
    c[1] = 1 - step.beta1
    c[2] = step.beta2
    c[3] = 1 - step.beta2
    c[4] = step.rate
    c[5] = step.root
    c[6] = step.eps
    c[7] = step.shrink
    c[8] = step.pull
    const given = this.#in(c)
    const args = this.#args()
    args[0] = at
    args[1] = g
    args[2] = mean
    args[3] = square
    args[4] = n
    args[5] = given
    this.#call(operations.adam, dtype, 0, 8 * n)
    this.#out(values, at)
    this.#out(m, mean)
    this.#out(v, square)
  }

  #elementwise(operation: number, to: Operand, from: Operand, n: number): void {
    this.#stageFor(to, 2 * n)
    const target = this.#in(to)
    const source = this.#in(from)
    const args = this.#args()
    args[0] = target
    args[3] = source
    args[5] = n
    this.#call(operation, dtypeOfOperand(to), 0, 16 * n)
    this.#out(to, target)
  }

  #product(
    operation: number,
    dtype: DType,
    C: number,
    start: number,
    isRow: 0 | 1,
    A: number,
    B: number,
    n: number,
    k: number,
    m: number,
    aStride = k,
  ): void {
    const args = this.#args()
    args[0] = C
    args[1] = start
    args[2] = isRow
    args[3] = A
    args[4] = B
    args[5] = n
    args[6] = k
    args[7] = m
    args[8] = aStride
    this.#call(operation, dtype, panelBytes(dtype, k, m), n * k * m)
  }

  #sequence({ T, B, H, I, reverse, lengths }: Sequence, truncate: number): Int32Array {
    const args = this.#args()
    args[0] = T
    args[1] = B
    args[2] = H
    args[3] = reverse ? -1 : 1
    args[4] = lengths ? addressOf(lengths) : 0
    args[5] = truncate
    args[6] = I
    return args
  }

  /** The arguments that all cells' forward have. */
  #forward(sequence: Sequence, { h, W_ih, W_hh, bias }: LayerBlocks, x: Block): Int32Array {
    const args = this.#sequence(sequence, 0)
    args[7] = addressOf(x)
    args[8] = addressOf(W_ih)
    args[9] = addressOf(bias)
    args[10] = addressOf(h)
    args[11] = addressOf(W_hh)
    return args
  }

  #args(): Int32Array {
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
   * @param scratch bytes that each thread needs beside its tile
   * @param work about how many multiplications it is
   */
  #call(operation: number, dtype: DType, scratch: number, work: number): number {
    const threads = work < SimdKernel.worthSharing ? 1 : this.threads
    const bytes = roundUp(tileBytes + scratch, alignment)
    this.#enlarge(this.#scratch, bytes * threads)
    const typed = 2 * operation + (dtype === 'float32' ? 1 : 0)
    return this.#module.call(typed, threads, this.#scratch.at, bytes)
  }

  /** Room for n numbers of plain arrays, if C is one. */
  #stageFor(C: Operand, n: number): void {
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
  #in(x: Operand): number {
    if (isBlock(x)) return addressOf(x)
    const at = this.#stage.at + this.#stage.used
    this.#stage.used += roundUp(x.byteLength, 16)
    this.#viewOf(x, at).set(x)
    return at
  }

  /** Copies a plain array's result back. */
  #out(x: Operand, at: number): void {
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

/** Written before each call of Adam. */
const coefficients = { float64: new Float64Array(9), float32: new Float32Array(9) } as const

function isBlock(x: Operand): x is Block {
  return 'numbers' in x
}

/** This kernel's blocks are all of its own making. */
function addressOf(x: Block): number {
  return (x as ArenaBlock).address
}

function dtypeOfOperand(x: Operand): DType {
  return isBlock(x) ? x.dtype : dtypeOf(x)
}

/** The step that was taken after so many others, -1 for none. */
function stepAt({ T, reverse }: Sequence, taken: number): FirstBadStep {
  return taken >= 0 && reverse ? T - 1 - taken : taken
}

/** The same on the way back, which takes the last step first. */
function stepBackAt({ T, reverse }: Sequence, taken: number): FirstBadStep {
  return taken >= 0 && !reverse ? T - 1 - taken : taken
}

/** Multiplications of a cell with so many gates; none to share where the batch is one tile of four rows. */
function workOf({ T, B, H, I }: Sequence, gates: number): number {
  return B > 4 ? T * B * gates * H * (H + I) : 0
}

/** Bytes of a packed factor (k, n): whole panels of two vectors. */
function panelBytes(dtype: DType, k: number, n: number): number {
  const width = dtype === 'float32' ? 8 : 4
  return Math.ceil(n / width) * k * 32
}

/** A kernel on the module's plain build, or with fused multiply-add. */
export function createSimdKernel({ fma = false, shared = false } = {}): SimdKernel {
  return new SimdKernel(fma ? 'simd-fma' : 'simd', instantiate({ fma, shared }))
}
