/**
 * What any implementation of the arithmetic must offer. All arrays are row-major and of one dtype; the first argument
 * is written, the others are only read and do not overlap it. Sizes are not checked here: the callers in `net` did.
 */
import type { Numbers } from '../array/numbers.ts'
import { reference } from './reference.ts'

/** C (n, m) += a product whose inner size is k. */
type AddProduct = (C: Numbers, A: Numbers, B: Numbers, n: number, k: number, m: number) => void

export interface Kernel {
  /** C += A B. A (n, k), B (k, m) */
  readonly addAB: AddProduct
  /** C += A Bᵀ. A (n, k), B (m, k) */
  readonly addABt: AddProduct
  /** C += Aᵀ B. A (k, n), B (k, m) */
  readonly addAtB: AddProduct
  /** Every row of A += b. A (n, m), b (m) */
  readonly addToRows: (A: Numbers, b: Numbers) => void
  /** b += the sum of A's rows. A (n, m), b (m) */
  readonly addRowSums: (b: Numbers, A: Numbers) => void
  /** h = f(a), element by element. `tanh` is Math.tanh, which engines may round differently in the last digit. */
  readonly tanh: (h: Numbers, a: Numbers) => void
  readonly relu: (h: Numbers, a: Numbers) => void
  /** da = dh ⊙ f'(a), from h = f(a). */
  readonly tanhBackward: (da: Numbers, dh: Numbers, h: Numbers) => void
  readonly reluBackward: (da: Numbers, dh: Numbers, h: Numbers) => void
}

/** The one in use. */
export const kernel: Kernel = reference
