/**
 * What any implementation of the arithmetic must offer. Arrays are row-major and of one dtype; operands of one call
 * are all blocks of one workspace, or all plain arrays. Sizes are not checked here: the callers in `net` did.
 *
 * Two implementations: `reference`, plain loops that say what is right, and `simd`, WebAssembly for speed. Both sum in
 * the same order, so in float64 they agree to the last bit, and so do their products in float32.
 */
import type { DType, Numbers } from '../array/numbers.ts'
import type { Block, Operand, Sizes, Workspace } from './workspace.ts'

/** A recurrence over T steps of B sequences with H numbers in a state. */
export interface Sequence {
  readonly T: number
  readonly B: number
  readonly H: number
  /** Numbers in an input */
  readonly I: number
  /** From the last step to the first */
  readonly reverse: boolean
  /** (B) the steps of each sequence; without it all have T */
  readonly lengths?: Block
}

/** A layer's weights, or their gradients. */
export interface LayerWeights {
  readonly W_ih: Block
  readonly W_hh: Block
  /** (G·H) and b_hh; neither if there are no biases */
  readonly b_ih?: Block
  readonly b_hh?: Block
}

/**
 * A layer's weights and states. States (T+1, B, H) have a slot more than there are steps: forwards, step s = 0 … T-1
 * reads slot s and writes slot s + 1; in reverse it reads slot s + 1 and writes slot s.
 */
export interface LayerBlocks extends LayerWeights {
  readonly h: Block
}

export interface ElmanBlocks extends LayerBlocks {
  readonly nonlinearity: 'tanh' | 'relu'
}

/** Of the way back: `dh` (T+1, B, H) has the loss's own gradients and gets all others added. */
export interface ElmanGradients {
  readonly dh: Block
  /** (T, B, H) written */
  readonly da: Columns
}

export interface LstmBlocks extends LayerBlocks {
  /** (T, B, 4H) written: i, f, g, o */
  readonly gates: Block
  /** (T+1, B, H) */
  readonly c: Block
  /** (T, B, H) */
  readonly tanhC: Block
}

export interface LstmGradients {
  readonly dh: Block
  /** (T+1, B, H) as dh */
  readonly dc: Block
  /** (T, B, 4H) written */
  readonly da: Columns
}

export interface GruBlocks extends LayerBlocks {
  /** (T, B, 3H) written: r, z, n */
  readonly gates: Block
  /** (T, B, H) written: W_hn h_{t-1} + b_hn */
  readonly u: Block
}

export interface GruGradients {
  readonly dh: Block
  /** (T, B, 4H) written: of r, z and n, and r ⊙ that of n, which is what the recurrent side gets */
  readonly da: Columns
}

/** What the gradients of a layer's weights are made of, and where they go; G·H is the number of rows of the weights. */
export interface WeightGradients {
  /**
   * (k, G·H + own) ∂L/∂ the pre-activations of all steps. Of the last `own` rows of the weights the recurrent side has
   * columns of its own, behind all others: where they are the same for both sides own is 0.
   */
  readonly da: Columns
  /** (k, H) the states before each step */
  readonly hPrev: Block
  /** (G·H, I) written */
  readonly dW_ih: Block
  /** (G·H, H) written */
  readonly dW_hh: Block
  /** (G·H) written, and db_hh; neither if there are no biases */
  readonly db_ih?: Block
  readonly db_hh?: Block
  readonly k: number
  /** G·H */
  readonly n: number
  readonly own: number
  readonly I: number
  readonly H: number
}

/** θ ← shrink θ - rate m / (root √v + ε), with g = grads + pull θ in the means m and v. */
export interface AdamStep {
  readonly beta1: number
  readonly beta2: number
  readonly rate: number
  readonly root: number
  readonly eps: number
  readonly shrink: number
  readonly pull: number
}

/** Some columns of a matrix: they begin at the first number of a block, and again after every `stride` numbers. */
export interface Columns {
  readonly block: Block
  readonly stride: number
}

/** The first step, 0 … T-1 in the order in which they are taken, at which a number is not finite; -1 if all are. */
export type FirstBadStep = number

/**
 * `simd`: the same bits on every machine. `simd-fma`: faster, with fused multiply-add (relaxed SIMD), whose last digits
 * depend on the processor. `reference`: plain loops.
 */
export type KernelName = 'simd' | 'simd-fma' | 'reference'

export interface Kernel {
  readonly name: KernelName
  /** Threads that work together */
  readonly threads: number
  workspace<Name extends string>(sizes: Sizes<Name>, dtype: DType): Workspace<Name>
  /** How far apart rows of n numbers are to begin, in numbers, where they are read by columns later: n or a few more. */
  rowStride(n: number, dtype: DType): number

  /** C += A B. C (n, m), A (n, k), B (k, m) */
  addAB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void
  /** C += A Bᵀ. A (n, k), B (m, k) */
  addABt(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void
  /** C += Aᵀ B. A (k, n), B (k, m) */
  addAtB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void
  /** C += A B, where A (n, k) is some columns of a matrix */
  addProduct(C: Block, A: Columns, B: Block, n: number, k: number, m: number): void
  /**
   * dW_ih = daᵀ x, dW_hh = daᵀ hPrev, db_ih and db_hh the sums of da's rows, over what is there. x (k, I)
   *
   * @returns whether all are finite
   */
  weightGradients(gradients: WeightGradients, x: Block): boolean
  /** Every row of C = b + that row of A Bᵀ. b (m), A (n, k), B (m, k) */
  affine(C: Operand, b: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void
  /** b += the sum of A's rows. A (n, m), b (m) */
  addRowSums(b: Operand, A: Operand, n: number, m: number): void
  /** to = tanh(from), n numbers, one by one */
  tanh(to: Operand, from: Operand, n: number): void
  sigmoid(to: Operand, from: Operand, n: number): void
  /** (m, n, width) → (n, m, width) */
  swapAxes(to: Operand, from: Operand, m: number, n: number, width: number): void

  /** Columns of rows, of another matrix or of the same memory, into columns of others; or added to what is there. */
  copyRows(to: Columns, from: Columns, rows: number, width: number, adds?: boolean): void

  /**
   * Recurrences over inputs x (T, B, I), and back to the pre-activations. Backward takes `truncate`, k: no gradient goes from step nk
   * to the one before it, n = 1, 2 …; 0 for never.
   */
  elmanForward(sequence: Sequence, blocks: ElmanBlocks, x: Block): FirstBadStep
  elmanBackward(
    sequence: Sequence,
    blocks: ElmanBlocks,
    gradients: ElmanGradients,
    truncate: number,
  ): FirstBadStep
  lstmForward(sequence: Sequence, blocks: LstmBlocks, x: Block): FirstBadStep
  lstmBackward(
    sequence: Sequence,
    blocks: LstmBlocks,
    gradients: LstmGradients,
    truncate: number,
  ): FirstBadStep
  gruForward(sequence: Sequence, blocks: GruBlocks, x: Block): FirstBadStep
  gruBackward(sequence: Sequence, blocks: GruBlocks, gradients: GruGradients, truncate: number): FirstBadStep

  /** values, m and v in place. */
  adam(values: Numbers, grads: Numbers, m: Numbers, v: Numbers, step: AdamStep): void
}
