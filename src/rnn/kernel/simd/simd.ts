/**
 * The kernel in WebAssembly SIMD. The module works in a memory of its own (`arena.ts`): blocks of workspaces lie there,
 * plain arrays are copied in and out. An operation's arguments are written to a fixed place, then one call runs it, on
 * all threads of the team if there is one. (`wasm/operations.ts` has the numbers, each operation the order of its
 * arguments.)
 */
import { bytesOf, type DType, dtypeOf, type Numbers } from '../../array/numbers.ts'
import type {
  AdamStep,
  Columns,
  ElmanBlocks,
  ElmanGradients,
  FirstBadStep,
  GruBlocks,
  GruGradients,
  Kernel,
  KernelName,
  LayerBlocks,
  LstmBlocks,
  LstmGradients,
  Sequence,
  WeightGradients,
} from '../interface.ts'
import type { Block, Operand, Sizes, Workspace } from '../workspace.ts'
import { type Arena, alignment } from './arena.ts'
import { addressIfAny, addressOf, dtypeOfOperand, Machine, tileBytes } from './machine.ts'
import { instantiate } from './module.ts'
import { ArenaWorkspace } from './workspace.ts'

/** Numbers of the operations in `wasm/operations.ts`. */
const operations = {
  product: 0,
  productWithTransposed: 1,
  transposedProduct: 2,
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
  weightGradients: 15,
} as const

/** What `addTransposedProducts` needs in `wasm/transposed.ts`: a block of B in panels, and four tiles of A. */
const transposedScratchBytes = 128 * 256 * 8 + 4 * 128 * 32 + tileBytes

export class SimdKernel implements Kernel {
  readonly name: KernelName
  readonly #machine: Machine

  constructor(name: KernelName, machine: Machine) {
    this.name = name
    this.#machine = machine
  }

  get threads(): number {
    return this.#machine.threads
  }

  get arena(): Arena {
    return this.#machine.arena
  }

  /** Lets so many threads work together from now on; the memory must be shared. */
  startThreads(threads: number): Promise<void> {
    return this.#machine.startThreads(threads)
  }

  /** Ends all threads but the caller's. */
  stopThreads(): void {
    this.#machine.stopThreads()
  }

  workspace<Name extends string>(sizes: Sizes<Name>, dtype: DType): Workspace<Name> {
    return new ArenaWorkspace(this.arena, sizes, dtype)
  }

  /**
   * Rows an even number of cache lines apart would all be in the same few sets of the cache. (`packGroup` in
   * `wasm/transposed.ts` says which rows that concerns.)
   */
  rowStride(n: number, dtype: DType): number {
    const line = alignment / bytesOf(dtype)
    return n >= 4 * line && n <= 16 * line && n % (2 * line) === 0 ? n + line : n
  }

  addAB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#machine.stageFor(C, n * m + n * k + k * m)
    const c = this.#machine.in(C)
    this.#product(
      operations.product,
      dtypeOfOperand(C),
      c,
      c,
      0,
      this.#machine.in(A),
      this.#machine.in(B),
      n,
      k,
      m,
    )
    this.#machine.out(C, c)
  }

  addABt(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#machine.stageFor(C, n * m + n * k + k * m)
    const c = this.#machine.in(C)
    const operation = operations.productWithTransposed
    this.#product(operation, dtypeOfOperand(C), c, c, 0, this.#machine.in(A), this.#machine.in(B), n, k, m)
    this.#machine.out(C, c)
  }

  affine(C: Operand, b: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#machine.stageFor(C, n * m + m + n * k + k * m)
    const c = this.#machine.in(C)
    const operation = operations.productWithTransposed
    this.#product(
      operation,
      dtypeOfOperand(C),
      c,
      this.#machine.in(b),
      1,
      this.#machine.in(A),
      this.#machine.in(B),
      n,
      k,
      m,
    )
    this.#machine.out(C, c)
  }

  addAtB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
    this.#machine.stageFor(C, n * m + n * k + k * m)
    const c = this.#machine.in(C)
    const a = this.#machine.in(A)
    const b = this.#machine.in(B)
    const args = this.#machine.args()
    args[0] = c
    args[3] = a
    args[4] = b
    args[5] = n
    args[6] = k
    args[7] = m
    this.#machine.call(operations.transposedProduct, dtypeOfOperand(C), transposedScratchBytes, n * k * m)
    this.#machine.out(C, c)
  }

  addProduct(C: Block, A: Columns, B: Block, n: number, k: number, m: number): void {
    const c = addressOf(C)
    const a = addressOf(A.block)
    this.#product(operations.product, C.dtype, c, c, 0, a, addressOf(B), n, k, m, A.stride)
  }

  weightGradients(gradients: WeightGradients, x: Block): boolean {
    const { da, hPrev, dW_ih, dW_hh, db_ih, db_hh, k, n, own, I, H } = gradients
    const args = this.#machine.args()
    args[0] = addressOf(dW_ih)
    args[1] = addressOf(dW_hh)
    args[2] = addressOf(hPrev)
    args[3] = addressOf(da.block)
    args[4] = addressOf(x)
    args[5] = n
    args[6] = k
    args[7] = I
    args[8] = H
    args[9] = own
    args[10] = addressIfAny(db_ih)
    args[11] = addressIfAny(db_hh)
    args[12] = da.stride
    const work = n * k * (I + H)
    return this.#machine.call(operations.weightGradients, x.dtype, transposedScratchBytes, work) < 0
  }

  addRowSums(b: Operand, A: Operand, n: number, m: number): void {
    this.#machine.stageFor(b, m + n * m)
    const sums = this.#machine.in(b)
    const a = this.#machine.in(A)
    const args = this.#machine.args()
    args[0] = sums
    args[3] = a
    args[5] = n
    args[7] = m
    this.#machine.call(operations.columnSums, dtypeOfOperand(b), 0, n * m)
    this.#machine.out(b, sums)
  }

  tanh(to: Operand, from: Operand, n: number): void {
    this.#elementwise(operations.tanh, to, from, n)
  }

  sigmoid(to: Operand, from: Operand, n: number): void {
    this.#elementwise(operations.sigmoid, to, from, n)
  }

  swapAxes(to: Operand, from: Operand, m: number, n: number, width: number): void {
    this.#machine.stageFor(to, 2 * m * n * width)
    const target = this.#machine.in(to)
    const source = this.#machine.in(from)
    const args = this.#machine.args()
    args[0] = target
    args[3] = source
    args[5] = m
    args[6] = n
    args[7] = width
    this.#machine.call(operations.swapAxes, dtypeOfOperand(to), 0, m * n * width)
    this.#machine.out(to, target)
  }

  copyRows(to: Columns, from: Columns, rows: number, width: number, adds = false): void {
    const target = addressOf(to.block)
    const source = addressOf(from.block)
    const args = this.#machine.args()
    args[0] = target
    args[1] = to.stride
    args[2] = adds ? 1 : 0
    args[3] = source
    args[4] = from.stride
    args[5] = rows
    args[7] = width
    this.#machine.call(operations.copyRows, to.block.dtype, 0, rows * width)
  }

  elmanForward(sequence: Sequence, blocks: ElmanBlocks, x: Block): FirstBadStep {
    const { H, I } = sequence
    const args = this.#forward(sequence, blocks, x)
    args[12] = blocks.nonlinearity === 'relu' ? 1 : 0
    const { dtype } = blocks.h
    const scratch = biasBytes(dtype, H) + panelBytes(dtype, I, H) + panelBytes(dtype, H, H)
    return stepAt(sequence, this.#machine.call(operations.elmanForward, dtype, scratch, workOf(sequence, 1)))
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
    args[14] = addressOf(da.block)
    args[15] = da.stride
    const scratch = panelBytes(h.dtype, H, H)
    return stepBackAt(
      sequence,
      this.#machine.call(operations.elmanBackward, h.dtype, scratch, workOf(sequence, 1)),
    )
  }

  lstmForward(sequence: Sequence, blocks: LstmBlocks, x: Block): FirstBadStep {
    const { H, I } = sequence
    const args = this.#forward(sequence, blocks, x)
    args[12] = addressOf(blocks.gates)
    args[13] = addressOf(blocks.c)
    args[14] = addressOf(blocks.tanhC)
    const { dtype } = blocks.h
    const scratch = biasBytes(dtype, 4 * H) + panelBytes(dtype, I, 4 * H) + panelBytes(dtype, H, 4 * H)
    return stepAt(sequence, this.#machine.call(operations.lstmForward, dtype, scratch, workOf(sequence, 4)))
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
    args[17] = addressOf(da.block)
    args[18] = da.stride
    const scratch = panelBytes(dh.dtype, 4 * H, H)
    return stepBackAt(
      sequence,
      this.#machine.call(operations.lstmBackward, dh.dtype, scratch, workOf(sequence, 4)),
    )
  }

  gruForward(sequence: Sequence, blocks: GruBlocks, x: Block): FirstBadStep {
    const { H, I } = sequence
    const args = this.#forward(sequence, blocks, x)
    args[12] = addressOf(blocks.gates)
    args[13] = addressOf(blocks.u)
    const { dtype } = blocks.h
    const gates = panelBytes(dtype, I, 2 * H) + panelBytes(dtype, H, 2 * H)
    const scratch = biasBytes(dtype, 4 * H) + gates + panelBytes(dtype, I, H) + panelBytes(dtype, H, H)
    return stepAt(sequence, this.#machine.call(operations.gruForward, dtype, scratch, workOf(sequence, 3)))
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
    args[16] = addressOf(da.block)
    args[17] = da.stride
    const scratch = panelBytes(dh.dtype, 2 * H, H) + panelBytes(dh.dtype, H, H)
    return stepBackAt(
      sequence,
      this.#machine.call(operations.gruBackward, dh.dtype, scratch, workOf(sequence, 3)),
    )
  }

  adam(values: Numbers, grads: Numbers, m: Numbers, v: Numbers, step: AdamStep): void {
    const n = values.length
    const dtype = dtypeOf(values)
    this.#machine.stageFor(values, 4 * n)
    const at = this.#machine.in(values)
    const g = this.#machine.in(grads)
    const mean = this.#machine.in(m)
    const square = this.#machine.in(v)
    const c = this.#machine.coefficients(dtype)
    c[0] = step.beta1
    c[1] = 1 - step.beta1
    c[2] = step.beta2
    c[3] = 1 - step.beta2
    c[4] = step.rate
    c[5] = step.root
    c[6] = step.eps
    c[7] = step.shrink
    c[8] = step.pull
    const args = this.#machine.args()
    args[0] = at
    args[1] = g
    args[2] = mean
    args[3] = square
    args[4] = n
    this.#machine.call(operations.adam, dtype, 0, 8 * n)
    this.#machine.out(values, at)
    this.#machine.out(m, mean)
    this.#machine.out(v, square)
  }

  #elementwise(operation: number, to: Operand, from: Operand, n: number): void {
    this.#machine.stageFor(to, 2 * n)
    const target = this.#machine.in(to)
    const source = this.#machine.in(from)
    const args = this.#machine.args()
    args[0] = target
    args[3] = source
    args[5] = n
    this.#machine.call(operation, dtypeOfOperand(to), 0, 16 * n)
    this.#machine.out(to, target)
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
    const args = this.#machine.args()
    args[0] = C
    args[1] = start
    args[2] = isRow
    args[3] = A
    args[4] = B
    args[5] = n
    args[6] = k
    args[7] = m
    args[8] = aStride
    this.#machine.call(operation, dtype, panelBytes(dtype, k, m), n * k * m)
  }

  #sequence({ T, B, H, I, reverse, lengths }: Sequence, truncate: number): Int32Array {
    const args = this.#machine.args()
    args[0] = T
    args[1] = B
    args[2] = H
    args[3] = reverse ? -1 : 1
    args[4] = addressIfAny(lengths)
    args[5] = truncate
    args[6] = I
    return args
  }

  /** The arguments that all cells' forward have. */
  #forward(sequence: Sequence, { h, W_ih, W_hh, b_ih, b_hh }: LayerBlocks, x: Block): Int32Array {
    const args = this.#sequence(sequence, 0)
    args[7] = addressOf(x)
    args[8] = addressOf(W_ih)
    args[9] = addressIfAny(b_ih)
    args[10] = addressOf(h)
    args[11] = addressOf(W_hh)
    args[15] = addressIfAny(b_hh)
    return args
  }
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

/** Bytes of n joined biases, whole panels. */
function biasBytes(dtype: DType, n: number): number {
  return panelBytes(dtype, 1, n)
}

/** Bytes of a packed factor (k, n): whole panels of two vectors. */
function panelBytes(dtype: DType, k: number, n: number): number {
  const width = dtype === 'float32' ? 8 : 4
  return Math.ceil(n / width) * k * 32
}

/** A kernel on the module's plain build, or with fused multiply-add. */
export function createSimdKernel({ fma = false, shared = false } = {}): SimdKernel {
  return new SimdKernel(fma ? 'simd-fma' : 'simd', new Machine(instantiate({ fma, shared })))
}
