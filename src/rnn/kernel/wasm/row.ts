/**
 * One row of a product. A row that is all of a step is bound by what waits for what, so it is finished while its sums are
 * in registers: what comes next reads it at once.
 */
import { applySigmoid, applyTanh, applyToFour, slopeTanh, slopeTanhOfFour } from './elementwise'
import { panelsAt, panelWidth } from './panels'
import { copyPart } from './tiles'
import { addProduct, loadSplat, storeFour } from './vector'

/** C = start + A B: C (n), A (k), B (k, n) packed. */
export function multiplyRow<N>(C: usize, start: usize, A: usize, panels: usize, k: i32, n: i32, scratch: usize): void {
  finishRow<N>(C, start, A, panels, k, n, scratch, Finish.none, 0, 0)
}

/** C = tanh(C + A B). Returns a sum of remainders of what tanh was taken of. */
export function tanhRow<N>(C: usize, A: usize, panels: usize, k: i32, n: i32, scratch: usize): v128 {
  return finishRow<N>(C, C, A, panels, k, n, scratch, Finish.tanh, 0, 0)
}

/** C = σ(C + A B). Returns a sum of remainders of what σ was taken of. */
export function sigmoidRow<N>(C: usize, A: usize, panels: usize, k: i32, n: i32, scratch: usize): v128 {
  return finishRow<N>(C, C, A, panels, k, n, scratch, Finish.sigmoid, 0, 0)
}

/** C += A B, to = C (1 - h²). Returns a sum of remainders of the latter. */
export function slopeTanhRow<N>(
  to: usize,
  C: usize,
  A: usize,
  panels: usize,
  k: i32,
  n: i32,
  h: usize,
  scratch: usize,
): v128 {
  return finishRow<N>(C, C, A, panels, k, n, scratch, Finish.slopeTanh, h, to)
}

/** What becomes of the sums. */
enum Finish {
  none,
  tanh,
  sigmoid,
  slopeTanh,
}

// @ts-ignore: decorator
@inline
function finishRow<N>(
  C: usize,
  start: usize,
  A: usize,
  panels: usize,
  k: i32,
  n: i32,
  scratch: usize,
  finish: Finish,
  h: usize,
  da: usize,
): v128 {
  let rest = i64x2.splat(0)
  for (let j = 0; j < n; ) {
    const beside = panelsAt<N>(j, n)
    if (beside == 2) rest = v128.add<N>(rest, row2<N>(C, start, A, panels, k, finish, h, da))
    else {
      const count = min(n - j, panelWidth<N>())
      multiplyRowOfPanel<N>(C, start, A, panels, k, count, scratch)
      rest = v128.add<N>(rest, finishPart<N>(C, count, finish, h, da))
    }
    j += beside * panelWidth<N>()
    panels += <usize>(beside * k * 32)
    const bytes = <usize>beside * 32
    C += bytes
    start += bytes
    h += bytes
    da += bytes
  }
  return rest
}

/** C = start + A B for one panel, of whose columns only `count` are wanted. */
export function multiplyRowOfPanel<N>(
  C: usize,
  start: usize,
  a: usize,
  panel: usize,
  k: i32,
  count: i32,
  scratch: usize,
): void {
  const isPart = count < panelWidth<N>()
  if (isPart) {
    copyPart<N>(scratch, start, count)
    start = scratch
  }
  let c0 = v128.load(start)
  let c1 = v128.load(start, 16)
  const end = panel + <usize>(k * 32)
  while (panel < end) {
    const x = loadSplat<N>(a)
    c0 = addProduct<N>(c0, x, v128.load(panel))
    c1 = addProduct<N>(c1, x, v128.load(panel, 16))
    panel += 32
    a += sizeof<N>()
  }
  const to = isPart ? scratch : C
  v128.store(to, c0)
  v128.store(to, c1, 16)
  if (isPart) copyPart<N>(C, scratch, count)
}

/** For a wide panel. */
// @ts-ignore: decorator
@inline
function row2<N>(
  C: usize,
  start: usize,
  a: usize,
  panel: usize,
  k: i32,
  finish: Finish,
  h: usize,
  da: usize,
): v128 {
  let c0 = v128.load(start)
  let c1 = v128.load(start, 16)
  let c2 = v128.load(start, 32)
  let c3 = v128.load(start, 48)
  const end2 = panel + <usize>((k & ~1) * 64)
  for (; panel < end2; panel += 128, a += 2 * sizeof<N>()) {
    const x = loadSplat<N>(a)
    const y = sizeof<N>() == 4 ? v128.load32_splat(a, 4) : v128.load64_splat(a, 8)
    c0 = addProduct<N>(c0, x, v128.load(panel))
    c0 = addProduct<N>(c0, y, v128.load(panel, 64))
    c1 = addProduct<N>(c1, x, v128.load(panel, 16))
    c1 = addProduct<N>(c1, y, v128.load(panel, 80))
    c2 = addProduct<N>(c2, x, v128.load(panel, 32))
    c2 = addProduct<N>(c2, y, v128.load(panel, 96))
    c3 = addProduct<N>(c3, x, v128.load(panel, 48))
    c3 = addProduct<N>(c3, y, v128.load(panel, 112))
  }
  if (k & 1) {
    const x = loadSplat<N>(a)
    c0 = addProduct<N>(c0, x, v128.load(panel))
    c1 = addProduct<N>(c1, x, v128.load(panel, 16))
    c2 = addProduct<N>(c2, x, v128.load(panel, 32))
    c3 = addProduct<N>(c3, x, v128.load(panel, 48))
  }
  return finishFour<N>(C, c0, c1, c2, c3, finish, h, da)
}

// @ts-ignore: decorator
@inline
function finishFour<N>(
  C: usize,
  c0: v128,
  c1: v128,
  c2: v128,
  c3: v128,
  finish: Finish,
  h: usize,
  da: usize,
): v128 {
  if (finish == Finish.tanh) return applyToFour<N>(C, c0, c1, c2, c3, true)
  if (finish == Finish.sigmoid) return applyToFour<N>(C, c0, c1, c2, c3, false)
  storeFour(C, c0, c1, c2, c3)
  return finish == Finish.none ? i64x2.splat(0) : slopeTanhOfFour<N>(da, c0, c1, c2, c3, h)
}

/** What stands in n columns already. */
function finishPart<N>(C: usize, n: i32, finish: Finish, h: usize, da: usize): v128 {
  if (finish == Finish.tanh) return applyTanh<N>(C, C, n)
  if (finish == Finish.sigmoid) return applySigmoid<N>(C, C, n)
  if (finish == Finish.slopeTanh) return slopeTanh<N>(da, C, h, n)
  return i64x2.splat(0)
}
