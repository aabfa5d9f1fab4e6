/** The kernel as readable loops over plain arrays: the definition of right, to which the fast one is held. */
import { allocate, type DType, dtypeOf, type Numbers } from '../../array/numbers.ts'
import type { Kernel } from '../interface.ts'
import type { Block, Sizes, Workspace } from '../workspace.ts'
import { adam } from './adam.ts'
import { sigmoid, tanh } from './elementwise.ts'
import { elmanBackward, elmanForward } from './elman.ts'
import { gruBackward, gruForward } from './gru.ts'
import { lstmBackward, lstmForward } from './lstm.ts'
import {
  addAB,
  addABt,
  addAtB,
  addProduct,
  addRowSums,
  affine,
  copyRows,
  swapAxes,
  weightGradients,
} from './products.ts'

class PlainBlock implements Block {
  readonly numbers: Numbers

  constructor(numbers: Numbers) {
    this.numbers = numbers
  }

  get length(): number {
    return this.numbers.length
  }

  get dtype(): DType {
    return dtypeOf(this.numbers)
  }

  part(start: number, length: number): Block {
    return new PlainBlock(this.numbers.subarray(start, start + length))
  }
}

function workspace<Name extends string>(sizes: Sizes<Name>, dtype: DType): Workspace<Name> {
  const entries = Object.entries<number>(sizes).map(([name, n]) => [name, new PlainBlock(allocate(n, dtype))])
  return { blocks: Object.fromEntries(entries) as Record<Name, Block>, use() {}, release() {} }
}

export const reference: Kernel = {
  name: 'reference',
  threads: 1,
  workspace,
  rowStride: n => n,
  addAB,
  addABt,
  addAtB,
  addProduct,
  weightGradients,
  affine,
  addRowSums,
  tanh,
  sigmoid,
  swapAxes,
  copyRows,
  elmanForward,
  elmanBackward,
  lstmForward,
  lstmBackward,
  gruForward,
  gruBackward,
  adam,
}
