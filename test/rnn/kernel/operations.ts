/** Every operation of the Kernel interface on drawn sizes, none a multiple of anything, for comparing two kernels. */
import fc from 'fast-check'
import type { DType } from '../../../src/rnn/array/numbers.ts'
import { Random } from '../../../src/rnn/index.ts'
import type { Kernel, Sequence } from '../../../src/rnn/kernel/interface.ts'
import type { Operand } from '../../../src/rnn/kernel/workspace.ts'
import { always } from '../support.ts'
import { type Arrays, normals, type Outcome, onArrays, onBlocks } from './blocks.ts'

/** The operation on the same numbers in whatever kernel. */
export type Perform = (kernel: Kernel, dtype: DType) => Outcome

export interface Operation {
  readonly name: string
  /** Whether kernels agree to the last bit in float32 as well: where all is a sum of products, or moved. */
  readonly isExact: boolean
  forAll(check: (perform: Perform) => void, numRuns?: number): void
}

function operation<Drawn>(
  name: string,
  isExact: boolean,
  sizes: fc.Arbitrary<Drawn>,
  performFor: (drawn: Drawn) => Perform,
): Operation {
  return {
    name,
    isExact,
    forAll: (check, numRuns) =>
      always(
        fc.property(sizes, drawn => check(performFor(drawn))),
        numRuns,
      ),
  }
}

export interface MatrixSizes {
  readonly n: number
  readonly k: number
  readonly m: number
  readonly seed: number
}

const size = fc.integer({ min: 1, max: 40 })
/** Few rows take a way of their own. */
const rows = fc.oneof(fc.integer({ min: 1, max: 3 }), size)
const matrixSizes: fc.Arbitrary<MatrixSizes> = fc.record({ n: rows, k: size, m: size, seed: fc.nat() })

type OnOperands = (kernel: Kernel, x: Record<string, Operand>, sizes: MatrixSizes) => void

interface MatrixOperation {
  /** How many numbers each operand has */
  readonly lengths: (sizes: MatrixSizes) => Readonly<Record<string, number>>
  readonly perform: OnOperands
}

export const matrixOperations = {
  addAB: {
    lengths: ({ n, k, m }) => ({ C: n * m, A: n * k, B: k * m }),
    perform: (kernel, { C, A, B }, { n, k, m }) => kernel.addAB(C, A, B, n, k, m),
  },
  addABt: {
    lengths: ({ n, k, m }) => ({ C: n * m, A: n * k, B: k * m }),
    perform: (kernel, { C, A, B }, { n, k, m }) => kernel.addABt(C, A, B, n, k, m),
  },
  addAtB: {
    lengths: ({ n, k, m }) => ({ C: n * m, A: n * k, B: k * m }),
    perform: (kernel, { C, A, B }, { n, k, m }) => kernel.addAtB(C, A, B, n, k, m),
  },
  affine: {
    lengths: ({ n, k, m }) => ({ C: n * m, b: m, A: n * k, B: k * m }),
    perform: (kernel, { C, b, A, B }, { n, k, m }) => kernel.affine(C, b, A, B, n, k, m),
  },
  addRowSums: {
    lengths: ({ n, m }) => ({ b: m, A: n * m }),
    perform: (kernel, { b, A }, { n, m }) => kernel.addRowSums(b, A, n, m),
  },
  swapAxes: {
    lengths: ({ n, k, m }) => ({ to: m * n * k, from: m * n * k }),
    perform: (kernel, { to, from }, { n, k, m }) => kernel.swapAxes(to, from, m, n, k),
  },
} as const satisfies Readonly<Record<string, MatrixOperation>>

export type MatrixOperationName = keyof typeof matrixOperations

/** One of them on Gaussian numbers, of which sums of products are about 1, in a workspace or on plain arrays. */
export function performMatrix(
  name: MatrixOperationName,
  place: 'blocks' | 'arrays',
  sizes: MatrixSizes,
): Perform {
  const { lengths, perform }: MatrixOperation = matrixOperations[name]
  const given = Object.fromEntries(
    Object.entries(lengths(sizes)).map(([operand, length], i) => {
      const std = operand === 'A' ? 1 / Math.sqrt(sizes.k) : 1
      return [operand, normals(sizes.seed + i, length, std)]
    }),
  )
  return (kernel, dtype) => {
    const run = (x: Record<string, Operand>) => perform(kernel, x, sizes)
    if (place === 'arrays') return onArrays(dtype, given, run)
    return onBlocks(kernel, dtype, given, blocks => {
      run(blocks)
      return undefined
    })
  }
}

const columnSizes = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 12 }),
  /** Numbers between one row's columns and the next row's */
  toGap: fc.integer({ min: 0, max: 5 }),
  fromGap: fc.integer({ min: 0, max: 5 }),
  adds: fc.boolean(),
  seed: fc.nat(),
})

const copyRows = operation('copyRows', true, columnSizes, ({ rows, width, toGap, fromGap, adds, seed }) => {
  const strides = { to: width + toGap, from: width + fromGap }
  const given = { to: normals(seed, rows * strides.to), from: normals(seed + 1, rows * strides.from) }
  return (kernel, dtype) =>
    onBlocks(kernel, dtype, given, ({ to, from }) => {
      const [target, source] = [
        { block: to, stride: strides.to },
        { block: from, stride: strides.from },
      ]
      kernel.copyRows(target, source, rows, width, adds)
      return undefined
    })
})

const matrices: readonly Operation[] = [
  ...(Object.keys(matrixOperations) as MatrixOperationName[]).flatMap(name =>
    (['blocks', 'arrays'] as const).map(place =>
      operation(`${name} on ${place}`, true, matrixSizes, sizes => performMatrix(name, place, sizes)),
    ),
  ),
  copyRows,
]

/** A sequence's sizes, and where the way back is cut. */
export interface SequenceSizes {
  readonly T: number
  readonly B: number
  readonly H: number
  readonly reverse: boolean
  readonly isRagged: boolean
  readonly truncate: number
  readonly seed: number
}

const sequenceSizes: fc.Arbitrary<SequenceSizes> = fc.record({
  T: fc.integer({ min: 1, max: 8 }),
  B: fc.integer({ min: 1, max: 9 }),
  H: fc.integer({ min: 1, max: 20 }),
  reverse: fc.boolean(),
  isRagged: fc.boolean(),
  truncate: fc.integer({ min: 0, max: 9 }),
  seed: fc.nat(),
})

export type CellName = 'tanh' | 'relu' | 'lstm' | 'gru'
export const cellNames = ['tanh', 'relu', 'lstm', 'gru'] as const

const gatesOf = { tanh: 1, relu: 1, lstm: 4, gru: 3 } as const

/** Gaussian arrays for a cell forward: pre-activations, states of which the first is where it starts. */
export function forwardArrays(cell: CellName, { T, B, H, seed }: SequenceSizes): Arrays {
  const G = gatesOf[cell]
  return {
    h: normals(seed, (T + 1) * B * H, 0.5),
    gates: normals(seed + 1, T * B * G * H),
    W_hh: normals(seed + 2, G * H * H, 0.5 / Math.sqrt(H)),
    ...(cell === 'lstm'
      ? { c: normals(seed + 3, (T + 1) * B * H), tanhC: normals(seed + 4, T * B * H) }
      : {}),
    ...(cell === 'gru' ? { u: normals(seed + 3, T * B * H), b_hn: normals(seed + 4, H) } : {}),
  }
}

/** Arrays for a cell backward: gates where gates lie, and Gaussian gradients. */
export function backwardArrays(cell: CellName, sizes: SequenceSizes): Arrays {
  const { T, B, H, seed } = sizes
  const G = gatesOf[cell]
  const { gates, tanhC, ...rest } = forwardArrays(cell, sizes)
  const sigmoids = Array.from(gates, a => 1 / (1 + Math.exp(-a)))
  return {
    ...rest,
    gates: cell === 'tanh' || cell === 'relu' ? gates : sigmoids,
    ...(tanhC ? { tanhC: Array.from(tanhC, Math.tanh), dc: normals(seed + 5, (T + 1) * B * H) } : {}),
    dh: normals(seed + 6, (T + 1) * B * H),
    da: normals(seed + 7, T * B * G * H),
    ...(cell === 'gru' ? { daHidden: normals(seed + 8, T * B * G * H) } : {}),
  }
}

function lengthsOf({ T, B, seed, isRagged }: SequenceSizes): Arrays {
  const random = new Random(seed)
  return isRagged ? { lengths: Array.from({ length: B }, () => 1 + random.integer(T)) } : {}
}

/** A cell over a sequence; what is not drawn by the sizes can be given. */
export function performForward(cell: CellName, sizes: SequenceSizes, given: Arrays = {}): Perform {
  const arrays = { ...forwardArrays(cell, sizes), ...lengthsOf(sizes), ...given }
  return (kernel, dtype) =>
    onBlocks(kernel, dtype, arrays, ({ lengths, h, gates, W_hh, c, tanhC, u, b_hn }) => {
      const sequence: Sequence = { ...sizes, lengths }
      if (cell === 'lstm') return kernel.lstmForward(sequence, { h, gates, W_hh, c, tanhC })
      if (cell === 'gru') return kernel.gruForward(sequence, { h, gates, W_hh, u, b_hn })
      return kernel.elmanForward(sequence, { h, gates, W_hh, nonlinearity: cell })
    })
}

export function performBackward(cell: CellName, sizes: SequenceSizes, given: Arrays = {}): Perform {
  const arrays = { ...backwardArrays(cell, sizes), ...lengthsOf(sizes), ...given }
  return (kernel, dtype) =>
    onBlocks(
      kernel,
      dtype,
      arrays,
      ({ lengths, h, gates, W_hh, c, tanhC, u, b_hn, dh, dc, da, daHidden }) => {
        const sequence: Sequence = { ...sizes, lengths }
        const { truncate } = sizes
        if (cell === 'lstm')
          return kernel.lstmBackward(sequence, { h, gates, W_hh, c, tanhC }, { dh, dc, da }, truncate)
        if (cell === 'gru')
          return kernel.gruBackward(sequence, { h, gates, W_hh, u, b_hn }, { dh, da, daHidden }, truncate)
        return kernel.elmanBackward(sequence, { h, gates, W_hh, nonlinearity: cell }, { dh, da }, truncate)
      },
    )
}

const recurrences: readonly Operation[] = cellNames.flatMap(cell => [
  operation(`${cell} forward`, false, sequenceSizes, sizes => performForward(cell, sizes)),
  operation(`${cell} backward`, false, sequenceSizes, sizes => performBackward(cell, sizes)),
])

const adamCases = fc.record({
  n: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
  beta1: fc.constantFrom(0.9, 0.5),
  beta2: fc.constantFrom(0.999, 0.9),
  rate: fc.constantFrom(1e-3, 0.1),
  root: fc.constantFrom(1, 3.5),
  eps: fc.constantFrom(1e-8, 1e-3),
  shrink: fc.constantFrom(1, 0.99),
  pull: fc.constantFrom(0, 0.1),
})

const adam = operation('adam', false, adamCases, ({ n, seed, ...step }) => {
  const given = {
    values: normals(seed, n),
    grads: normals(seed + 1, n),
    m: normals(seed + 2, n, 0.1),
    v: normals(seed + 3, n, 0.1).map(Math.abs),
  }
  return (kernel, dtype) =>
    onArrays(dtype, given, ({ values, grads, m, v }) => kernel.adam(values, grads, m, v, step))
})

export const operations = { matrices, recurrences, adam } as const

export const allOperations: readonly Operation[] = [...matrices, ...recurrences, adam]
