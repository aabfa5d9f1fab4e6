/**
 * The two products of a step, W_ih x_t and W_hh h_{t-1}. They are summed in this order whichever way they are made: for
 * several rows in one go, so that the sum never leaves the registers; for a single sequence the input's share comes
 * first, for all steps as one product.
 */
import { packTransposed } from './panels'
import { multiply, multiplyTwo } from './product'
import { multiplyRow } from './row'
import { B, H, I, rows, rowsOf, T } from './sequence'

/**
 * Packs n rows of W_ih for the steps to come; for a single sequence it also makes start + W_ih x_t for all steps.
 *
 * @param place where step 0's sums go, rows `placeStride` bytes apart, those of all steps one after another
 */
export function prepareInput<N>(
  panels: usize,
  W_ih: usize,
  bias: usize,
  x: usize,
  place: usize,
  placeStride: usize,
  n: i32,
  scratch: usize,
): void {
  const stride = <usize>I * sizeof<N>()
  packTransposed<N>(panels, W_ih, stride, I, n)
  if (B == 1) multiply<N>(place, placeStride, bias, 0, rowsOf(x, 0, stride), stride, panels, T, I, n, scratch)
}

/** to = bias + W_ih x_s + W_hh h', n numbers a row. */
export function projectBoth<N>(
  to: usize,
  toStride: usize,
  bias: usize,
  x: usize,
  s: i32,
  panelsOfInput: usize,
  hPrev: usize,
  panelsOfHidden: usize,
  n: i32,
  scratch: usize,
): void {
  const stride = <usize>H * sizeof<N>()
  if (B == 1) {
    multiplyRow<N>(to, to, hPrev, panelsOfHidden, H, n, scratch)
    return
  }
  const inputStride = <usize>I * sizeof<N>()
  const xs = rowsOf(x, s, inputStride)
  multiplyTwo<N>(
    to,
    toStride,
    bias,
    0,
    xs,
    inputStride,
    panelsOfInput,
    I,
    hPrev,
    stride,
    panelsOfHidden,
    H,
    rows,
    n,
    scratch,
  )
}

/** to = bias + W_ih x_s, n numbers a row, unless `prepareInput` has done it for all steps. */
export function projectInput<N>(
  to: usize,
  toStride: usize,
  bias: usize,
  x: usize,
  s: i32,
  panelsOfInput: usize,
  n: i32,
  scratch: usize,
): void {
  if (B == 1) return
  const inputStride = <usize>I * sizeof<N>()
  multiply<N>(to, toStride, bias, 0, rowsOf(x, s, inputStride), inputStride, panelsOfInput, rows, I, n, scratch)
}
