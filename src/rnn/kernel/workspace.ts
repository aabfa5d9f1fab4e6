/**
 * Workspaces: the arrays that operations work on, side by side in the kernel's own memory. They are private to whoever
 * made them; what a caller is given, and what comes from one, is copied at the border.
 */
import type { DType, Numbers } from '../array/numbers.ts'

/** One array of a workspace, or a part of it. */
export interface Block {
  readonly length: number
  readonly dtype: DType
  /** The numbers. Take them anew for each use: the kernel's memory may have moved. */
  readonly numbers: Numbers
  /** `length` numbers from `start` on, the same ones. */
  part(start: number, length: number): Block
}

/** How many numbers each block has, by name. */
export type Sizes<Name extends string> = Readonly<Record<Name, number>>

export interface Workspace<Name extends string = string> {
  readonly blocks: Readonly<Record<Name, Block>>
  /** To be called before a series of operations: makes sure that the blocks are in memory. */
  use(): void
  /** Gives the memory back; the blocks must not be used any more. */
  release(): void
}

/** What an operation takes: a block, or anybody's array, which a kernel with its own memory copies in and out. */
export type Operand = Block | Numbers

export function numbersOf(x: Operand): Numbers {
  return 'numbers' in x ? x.numbers : x
}
