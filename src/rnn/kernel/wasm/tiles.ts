/**
 * The innermost loops of products: a tile of the result stays in registers while k runs. Two rows by a wide panel take
 * fewer addresses than four rows by one panel, which are for what is left over.
 */
import { addProduct, loadSplat, storeFour } from './vector'

/** At most as many numbers as a panel is wide. */
export function copyPart<N>(to: usize, from: usize, n: i32): void {
  for (let j = 0; j < n; j++) store<N>(to + <usize>j * sizeof<N>(), load<N>(from + <usize>j * sizeof<N>()))
}

/** Two rows by a wide panel, over k and then over the k of a second pair of factors, if there is one. */
export function tile2<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  a0: usize,
  aStride: usize,
  panel: usize,
  k: i32,
  A2: usize,
  aStride2: usize,
  panel2: usize,
  k2: i32,
): void {
  const s1 = start + startStride
  let c00 = v128.load(start)
  let c01 = v128.load(start, 16)
  let c02 = v128.load(start, 32)
  let c03 = v128.load(start, 48)
  let c10 = v128.load(s1)
  let c11 = v128.load(s1, 16)
  let c12 = v128.load(s1, 32)
  let c13 = v128.load(s1, 48)
  let a1 = a0 + aStride
  for (;;) {
    const end = panel + <usize>(k * 64)
    while (panel < end) {
      const x0 = loadSplat<N>(a0)
      const x1 = loadSplat<N>(a1)
      let b = v128.load(panel)
      c00 = addProduct<N>(c00, x0, b)
      c10 = addProduct<N>(c10, x1, b)
      b = v128.load(panel, 16)
      c01 = addProduct<N>(c01, x0, b)
      c11 = addProduct<N>(c11, x1, b)
      b = v128.load(panel, 32)
      c02 = addProduct<N>(c02, x0, b)
      c12 = addProduct<N>(c12, x1, b)
      b = v128.load(panel, 48)
      c03 = addProduct<N>(c03, x0, b)
      c13 = addProduct<N>(c13, x1, b)
      panel += 64
      a0 += sizeof<N>()
      a1 += sizeof<N>()
    }
    if (k2 == 0) break
    a0 = A2
    a1 = a0 + aStride2
    panel = panel2
    k = k2
    k2 = 0
  }
  storeFour(C, c00, c01, c02, c03)
  storeFour(C + cStride, c10, c11, c12, c13)
}

/** Four rows by one panel; otherwise as `tile2`. */
export function tile4<N>(
  C: usize,
  cStride: usize,
  start: usize,
  startStride: usize,
  a0: usize,
  aStride: usize,
  panel: usize,
  k: i32,
  A2: usize,
  aStride2: usize,
  panel2: usize,
  k2: i32,
): void {
  const s1 = start + startStride
  const s2 = s1 + startStride
  const s3 = s2 + startStride
  let c00 = v128.load(start)
  let c01 = v128.load(start, 16)
  let c10 = v128.load(s1)
  let c11 = v128.load(s1, 16)
  let c20 = v128.load(s2)
  let c21 = v128.load(s2, 16)
  let c30 = v128.load(s3)
  let c31 = v128.load(s3, 16)
  let a1 = a0 + aStride
  let a2 = a1 + aStride
  let a3 = a2 + aStride
  for (;;) {
    const end = panel + <usize>(k * 32)
    while (panel < end) {
      const b0 = v128.load(panel)
      const b1 = v128.load(panel, 16)
      let x = loadSplat<N>(a0)
      c00 = addProduct<N>(c00, x, b0)
      c01 = addProduct<N>(c01, x, b1)
      x = loadSplat<N>(a1)
      c10 = addProduct<N>(c10, x, b0)
      c11 = addProduct<N>(c11, x, b1)
      x = loadSplat<N>(a2)
      c20 = addProduct<N>(c20, x, b0)
      c21 = addProduct<N>(c21, x, b1)
      x = loadSplat<N>(a3)
      c30 = addProduct<N>(c30, x, b0)
      c31 = addProduct<N>(c31, x, b1)
      panel += 32
      a0 += sizeof<N>()
      a1 += sizeof<N>()
      a2 += sizeof<N>()
      a3 += sizeof<N>()
    }
    if (k2 == 0) break
    a0 = A2
    a1 = a0 + aStride2
    a2 = a1 + aStride2
    a3 = a2 + aStride2
    panel = panel2
    k = k2
    k2 = 0
  }
  v128.store(C, c00)
  v128.store(C, c01, 16)
  C += cStride
  v128.store(C, c10)
  v128.store(C, c11, 16)
  C += cStride
  v128.store(C, c20)
  v128.store(C, c21, 16)
  C += cStride
  v128.store(C, c30)
  v128.store(C, c31, 16)
}

/**
 * C += Aᵀ B: the two numbers of A for each k side by side, `aStride` bytes from those of the next; a row of the wide panel
 * likewise.
 */
export function tile2Transposed<N>(
  C: usize,
  cStride: usize,
  A: usize,
  aStride: usize,
  panel: usize,
  pitch: usize,
  k: i32,
): void {
  const C1 = C + cStride
  let c00 = v128.load(C)
  let c01 = v128.load(C, 16)
  let c02 = v128.load(C, 32)
  let c03 = v128.load(C, 48)
  let c10 = v128.load(C1)
  let c11 = v128.load(C1, 16)
  let c12 = v128.load(C1, 32)
  let c13 = v128.load(C1, 48)
  const end = panel + <usize>k * pitch
  while (panel < end) {
    const x0 = loadSplat<N>(A)
    const x1 = loadSplat<N>(A + sizeof<N>())
    let b = v128.load(panel)
    c00 = addProduct<N>(c00, x0, b)
    c10 = addProduct<N>(c10, x1, b)
    b = v128.load(panel, 16)
    c01 = addProduct<N>(c01, x0, b)
    c11 = addProduct<N>(c11, x1, b)
    b = v128.load(panel, 32)
    c02 = addProduct<N>(c02, x0, b)
    c12 = addProduct<N>(c12, x1, b)
    b = v128.load(panel, 48)
    c03 = addProduct<N>(c03, x0, b)
    c13 = addProduct<N>(c13, x1, b)
    panel += pitch
    A += aStride
  }
  storeFour(C, c00, c01, c02, c03)
  storeFour(C1, c10, c11, c12, c13)
}

/** The same for four rows by one panel. */
export function tile4Transposed<N>(C: usize, cStride: usize, A: usize, aStride: usize, panel: usize, pitch: usize, k: i32): void {
  const C1 = C + cStride
  const C2 = C1 + cStride
  const C3 = C2 + cStride
  let c00 = v128.load(C)
  let c01 = v128.load(C, 16)
  let c10 = v128.load(C1)
  let c11 = v128.load(C1, 16)
  let c20 = v128.load(C2)
  let c21 = v128.load(C2, 16)
  let c30 = v128.load(C3)
  let c31 = v128.load(C3, 16)
  const end = panel + <usize>k * pitch
  while (panel < end) {
    const b0 = v128.load(panel)
    const b1 = v128.load(panel, 16)
    let x = loadSplat<N>(A)
    c00 = addProduct<N>(c00, x, b0)
    c01 = addProduct<N>(c01, x, b1)
    x = loadSplat<N>(A + sizeof<N>())
    c10 = addProduct<N>(c10, x, b0)
    c11 = addProduct<N>(c11, x, b1)
    x = loadSplat<N>(A + 2 * sizeof<N>())
    c20 = addProduct<N>(c20, x, b0)
    c21 = addProduct<N>(c21, x, b1)
    x = loadSplat<N>(A + 3 * sizeof<N>())
    c30 = addProduct<N>(c30, x, b0)
    c31 = addProduct<N>(c31, x, b1)
    panel += pitch
    A += aStride
  }
  v128.store(C, c00)
  v128.store(C, c01, 16)
  v128.store(C1, c10)
  v128.store(C1, c11, 16)
  v128.store(C2, c20)
  v128.store(C2, c21, 16)
  v128.store(C3, c30)
  v128.store(C3, c31, 16)
}
