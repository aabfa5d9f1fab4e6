/** What gated cells share: PyTorch stacks their gates in one matrix, a block of H rows for each. */
import { anySize, expectShape } from '../array/shape.ts'
import type { Tensor } from '../array/tensor.ts'
import type { CellParams } from './cell.ts'

/**
 * The sizes of a cell with n gates: W_ih (nH, I), W_hh (nH, H), b_ih (nH), b_hh (nH).
 *
 * @throws RangeError unless all four fit each other
 */
export function gateSizes(p: CellParams, n: number): { H: number; I: number } {
  const rows = `${n}H`
  const { H } = expectShape(p.W_hh, { [rows]: anySize, H: anySize }, 'W_hh')
  expectShape(p.W_hh, { [rows]: n * H, H }, 'W_hh')
  const { I } = expectShape(p.W_ih, { [rows]: n * H, I: anySize }, 'W_ih')
  expectShape(p.b_ih, { [rows]: n * H }, 'b_ih')
  expectShape(p.b_hh, { [rows]: n * H }, 'b_hh')
  return { H, I }
}

/** (nH) → n views of (H), one per gate. */
export function gatesOf(a: Tensor, H: number): Tensor[] {
  return a.reshape([a.shape[0] / H, H]).rows()
}
