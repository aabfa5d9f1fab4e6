/** All operations by number, as `kernel/simd.ts` calls them: an even number for float64, the next for float32. */
import { adam } from './adam'
import { sigmoids, tanhs } from './elementwise'
import { elmanBackward, elmanForward } from './elman'
import { gruBackward, gruForward } from './gru'
import { lstmBackward, lstmForward } from './lstm'
import { columnSums, copyRows, product, productWithTransposed, swapAxes, transposedProduct, weightGradients } from './matrix'

/** One thread's share of an operation. Returns -1, or for a sequence how many steps were taken before one was not finite. */
export function run(operation: i32, thread: i32, threads: i32, scratch: usize): i32 {
  if (operation & 1) return runTyped<f32>(operation >> 1, thread, threads, scratch)
  return runTyped<f64>(operation >> 1, thread, threads, scratch)
}

// @ts-ignore: decorator
@inline
function runTyped<N>(operation: i32, thread: i32, threads: i32, scratch: usize): i32 {
  switch (operation) {
    case 0:
      return product<N>(thread, threads, scratch)
    case 1:
      return productWithTransposed<N>(thread, threads, scratch)
    case 2:
      return transposedProduct<N>(thread, threads, scratch)
    case 3:
      return columnSums<N>(thread, threads)
    case 4:
      return swapAxes<N>(thread, threads)
    case 5:
      return elmanForward<N>(thread, threads, scratch)
    case 6:
      return elmanBackward<N>(thread, threads, scratch)
    case 7:
      return lstmForward<N>(thread, threads, scratch)
    case 8:
      return lstmBackward<N>(thread, threads, scratch)
    case 9:
      return gruForward<N>(thread, threads, scratch)
    case 10:
      return gruBackward<N>(thread, threads, scratch)
    case 11:
      return adam<N>(thread, threads)
    case 12:
      return copyRows<N>(thread, threads)
    case 13:
      return tanhs<N>(thread, threads)
    case 14:
      return sigmoids<N>(thread, threads)
    case 15:
      return weightGradients<N>(thread, threads, scratch)
    default:
      return -2
  }
}
