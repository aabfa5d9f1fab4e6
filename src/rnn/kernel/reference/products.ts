/** Products and sums as plain loops. Each number is summed in the order of k, and rounded to its dtype after each step. */
import { allocate, dtypeOf, type Numbers } from '../../array/numbers.ts'
import type { Columns, LayerWeights, WeightGradients } from '../interface.ts'
import { type Block, numbersOf, type Operand } from '../workspace.ts'

/** What the dtype makes of a number: float32 arithmetic is that of float64, rounded after each operation. */
function roundingOf(C: Numbers): (x: number) => number {
  return dtypeOf(C) === 'float32' ? Math.fround : x => x
}

/** C += A B. A (n, k), B (k, m), C (n, m) */
export function addAB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
  const [c, a, b] = [numbersOf(C), numbersOf(A), numbersOf(B)]
  const round = roundingOf(c)
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++)
      for (let j = 0; j < m; j++) c[i * m + j] = round(c[i * m + j] + round(a[i * k + l] * b[l * m + j]))
}

/** C += A Bᵀ. A (n, k), B (m, k), C (n, m) */
export function addABt(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
  const [c, a, b] = [numbersOf(C), numbersOf(A), numbersOf(B)]
  const round = roundingOf(c)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let sum = c[i * m + j]
      for (let l = 0; l < k; l++) sum = round(sum + round(a[i * k + l] * b[j * k + l]))
      c[i * m + j] = sum
    }
}

/** C += Aᵀ B. A (k, n), B (k, m), C (n, m) */
export function addAtB(C: Operand, A: Operand, B: Operand, n: number, k: number, m: number): void {
  const [c, a, b] = [numbersOf(C), numbersOf(A), numbersOf(B)]
  const round = roundingOf(c)
  for (let l = 0; l < k; l++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) c[i * m + j] = round(c[i * m + j] + round(a[l * n + i] * b[l * m + j]))
}

/** C += A B. A (n, k), some columns of a matrix, B (k, m) */
export function addProduct(C: Block, A: Columns, B: Block, n: number, k: number, m: number): void {
  addAB(C, columnsOf(A, n, k), B, n, k, m)
}

/** dW_ih = daᵀ x, dW_hh = daᵀ hPrev, db_ih and db_hh the sums of da's rows. @returns whether all are finite */
export function weightGradients(gradients: WeightGradients, x: Block): boolean {
  const { da, hPrev, dW_ih, dW_hh, db_ih, db_hh, k, n, own, I, H } = gradients
  const sides = [
    { W: dW_ih, b: db_ih, input: x, width: I, shift: 0 },
    { W: dW_hh, b: db_hh, input: hPrev, width: H, shift: own },
  ]
  for (const { W, b, input, width, shift } of sides) {
    const a = allocate(k * n, x.dtype)
    for (let i = 0; i < k; i++)
      for (let j = 0; j < n; j++)
        a[i * n + j] = da.block.numbers[i * da.stride + j + (j < n - own ? 0 : shift)]
    W.numbers.fill(0)
    addAtB(W, a, input, n, k, width)
    b?.numbers.fill(0)
    if (b) addRowSums(b, a, k, n)
  }
  return [dW_ih, dW_hh, db_ih, db_hh].every(block => !block || block.numbers.every(Number.isFinite))
}

/** The rows from the given one on. */
export function rowsFrom({ block, stride }: Columns, row: number): Columns {
  return { block: block.part(row * stride, block.length - row * stride), stride }
}

/** A copy of some columns on their own. */
function columnsOf({ block, stride }: Columns, rows: number, width: number): Numbers {
  const source = block.numbers
  const own = source.slice(0, rows * width)
  for (let i = 0; i < rows; i++) for (let j = 0; j < width; j++) own[i * width + j] = source[i * stride + j]
  return own
}

/** C = b in every row + A Bᵀ. b (m), A (n, k), B (m, k), C (n, m) */
export function affine(
  C: Operand,
  b: Operand,
  A: Operand,
  B: Operand,
  n: number,
  k: number,
  m: number,
): void {
  const [c, row] = [numbersOf(C), numbersOf(b)]
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) c[i * m + j] = row[j]
  addABt(C, A, B, n, k, m)
}

/** b_ih + b_hh, n numbers: the second only in the first `joined`. */
export function joinBiases({ W_ih, b_ih, b_hh }: LayerWeights, joined: number, n: number): Numbers {
  const bias = allocate(n, W_ih.dtype)
  if (!b_ih || !b_hh) return bias
  const [input, hidden] = [b_ih.numbers, b_hh.numbers]
  for (let i = 0; i < n; i++) bias[i] = i < joined ? input[i] + hidden[i] : input[i]
  return bias
}

/** b += the sum of A's rows. A (n, m), b (m) */
export function addRowSums(b: Operand, A: Operand, n: number, m: number): void {
  const [sum, a] = [numbersOf(b), numbersOf(A)]
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) sum[j] += a[i * m + j]
}

/** (m, n, width) → (n, m, width) */
export function swapAxes(to: Operand, from: Operand, m: number, n: number, width: number): void {
  const [target, source] = [numbersOf(to), numbersOf(from)]
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < width; k++) target[(j * m + i) * width + k] = source[(i * n + j) * width + k]
}

/** Columns of rows into columns of other rows, or added to what is there. */
export function copyRows(to: Columns, from: Columns, rows: number, width: number, adds = false): void {
  const [target, source] = [to.block.numbers, from.block.numbers]
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < width; j++) {
      const x = source[i * from.stride + j]
      target[i * to.stride + j] = adds ? target[i * to.stride + j] + x : x
    }
}
