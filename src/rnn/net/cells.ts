/**
 * The three cells as a layer runs them: how many gates each has, which arrays it keeps beside its states, and which
 * operation of the kernel runs it over a sequence.
 */
import type { Columns, FirstBadStep, Kernel, LayerWeights, Sequence } from '../kernel/interface.ts'
import type { Block } from '../kernel/workspace.ts'

/** A layer's sizes: T steps, B sequences, I inputs, H numbers in a state. */
export interface LayerSizes {
  readonly T: number
  readonly B: number
  readonly I: number
  readonly H: number
}

/** A cell over one layer's arrays. */
export interface Recurrence {
  /** @param x (T, B, I) */
  forward(kernel: Kernel, sequence: Sequence, x: Block): FirstBadStep
}

export interface RecurrenceBack {
  backward(kernel: Kernel, sequence: Sequence, truncate: number): FirstBadStep
}

/** The arrays of one layer by name. */
export type Blocks = Readonly<Record<string, Block>>

export interface LayerCell {
  /** G: rows of W_ih and W_hh are G·H */
  readonly gates: number
  /** Whether there is a c beside h */
  readonly hasCellState: boolean
  /** Kept from forward beside `h`: how many numbers */
  readonly kept: (sizes: LayerSizes) => Record<string, number>
  /** Made on the way back beside `dh` and `da`: how many numbers */
  readonly made: (sizes: LayerSizes) => Record<string, number>
  /** The last rows of the weights whose gradients are not the same on both sides: da has H columns more for the state's */
  readonly ownRows: (H: number) => number
  readonly bind: (blocks: Blocks, weights: LayerWeights) => Recurrence
  readonly bindBack: (blocks: Blocks, weights: LayerWeights, made: Blocks, da: Columns) => RecurrenceBack
}

function elman(nonlinearity: 'tanh' | 'relu'): LayerCell {
  return {
    gates: 1,
    hasCellState: false,
    kept: () => ({}),
    made: () => ({}),
    ownRows: () => 0,
    bind({ h }, weights) {
      const blocks = { h, ...weights, nonlinearity }
      return { forward: (kernel, sequence, x) => kernel.elmanForward(sequence, blocks, x) }
    },
    bindBack({ h }, weights, { dh }, da) {
      const [blocks, gradients] = [
        { h, ...weights, nonlinearity },
        { dh, da },
      ]
      return {
        backward: (kernel, sequence, truncate) => kernel.elmanBackward(sequence, blocks, gradients, truncate),
      }
    },
  }
}

const lstm: LayerCell = {
  gates: 4,
  hasCellState: true,
  kept: ({ T, B, H }) => ({ gates: T * B * 4 * H, c: (T + 1) * B * H, tanhC: T * B * H }),
  made: ({ T, B, H }) => ({ dc: (T + 1) * B * H }),
  ownRows: () => 0,
  bind({ h, gates, c, tanhC }, weights) {
    const blocks = { h, ...weights, gates, c, tanhC }
    return { forward: (kernel, sequence, x) => kernel.lstmForward(sequence, blocks, x) }
  },
  bindBack({ h, gates, c, tanhC }, weights, { dh, dc }, da) {
    const [blocks, gradients] = [
      { h, ...weights, gates, c, tanhC },
      { dh, dc, da },
    ]
    return {
      backward: (kernel, sequence, truncate) => kernel.lstmBackward(sequence, blocks, gradients, truncate),
    }
  },
}

const gru: LayerCell = {
  gates: 3,
  hasCellState: false,
  kept: ({ T, B, H }) => ({ gates: T * B * 3 * H, u: T * B * H }),
  made: () => ({}),
  ownRows: H => H,
  bind({ h, gates, u }, weights) {
    const blocks = { h, ...weights, gates, u }
    return { forward: (kernel, sequence, x) => kernel.gruForward(sequence, blocks, x) }
  },
  bindBack({ h, gates, u }, weights, { dh }, da) {
    const [blocks, gradients] = [
      { h, ...weights, gates, u },
      { dh, da },
    ]
    return {
      backward: (kernel, sequence, truncate) => kernel.gruBackward(sequence, blocks, gradients, truncate),
    }
  },
}

export const cells = { tanh: elman('tanh'), relu: elman('relu'), lstm, gru } as const

export type CellName = keyof typeof cells
