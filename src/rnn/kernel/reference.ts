/** The kernel as readable loops: the definition of right, to which any faster one is held. */
import type { Numbers } from '../array/numbers.ts'

/** C += A B. A (n, k), B (k, m), C (n, m) */
function addAB(C: Numbers, A: Numbers, B: Numbers, n: number, k: number, m: number): void {
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++) {
      const a = A[i * k + l]
      for (let j = 0; j < m; j++) C[i * m + j] += a * B[l * m + j]
    }
}

/** C += A Bᵀ. A (n, k), B (m, k), C (n, m) */
function addABt(C: Numbers, A: Numbers, B: Numbers, n: number, k: number, m: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) {
      let sum = 0
      for (let l = 0; l < k; l++) sum += A[i * k + l] * B[j * k + l]
      C[i * m + j] += sum
    }
}

/** C += Aᵀ B. A (k, n), B (k, m), C (n, m) */
function addAtB(C: Numbers, A: Numbers, B: Numbers, n: number, k: number, m: number): void {
  for (let l = 0; l < k; l++)
    for (let i = 0; i < n; i++) {
      const a = A[l * n + i]
      for (let j = 0; j < m; j++) C[i * m + j] += a * B[l * m + j]
    }
}

/** Every row of A += b. A (n, m), b (m) */
function addToRows(A: Numbers, b: Numbers): void {
  const m = b.length
  for (let i = 0; i < A.length; i += m) for (let j = 0; j < m; j++) A[i + j] += b[j]
}

/** b += the sum of A's rows. A (n, m), b (m) */
function addRowSums(b: Numbers, A: Numbers): void {
  const m = b.length
  for (let i = 0; i < A.length; i += m) for (let j = 0; j < m; j++) b[j] += A[i + j]
}

/** h = tanh(a) */
function tanh(h: Numbers, a: Numbers): void {
  for (let i = 0; i < h.length; i++) h[i] = Math.tanh(a[i])
}

/** da = dh ⊙ (1 - h²), where h = tanh(a) */
function tanhBackward(da: Numbers, dh: Numbers, h: Numbers): void {
  for (let i = 0; i < da.length; i++) da[i] = dh[i] * (1 - h[i] * h[i])
}

/** h = max(0, a) */
function relu(h: Numbers, a: Numbers): void {
  for (let i = 0; i < h.length; i++) h[i] = Math.max(0, a[i])
}

/** da = dh where h > 0, otherwise 0, where h = relu(a) */
function reluBackward(da: Numbers, dh: Numbers, h: Numbers): void {
  for (let i = 0; i < da.length; i++) da[i] = h[i] > 0 ? dh[i] : 0
}

export const reference = {
  addAB,
  addABt,
  addAtB,
  addToRows,
  addRowSums,
  tanh,
  tanhBackward,
  relu,
  reluBackward,
}
