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
  forAll(check: (perform: Perform) => void, numRuns?: number): void
}

function operation<Drawn>(
  name: string,
  sizes: fc.Arbitrary<Drawn>,
  performFor: (drawn: Drawn) => Perform,
): Operation {
  return {
    name,
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

const factors = ({ n, k, m }: MatrixSizes) => ({ C: n * m, A: n * k, B: k * m })

export const matrixOperations = {
  addAB: {
    lengths: factors,
    perform: (kernel, { C, A, B }, { n, k, m }) => kernel.addAB(C, A, B, n, k, m),
  },
  addABt: {
    lengths: factors,
    perform: (kernel, { C, A, B }, { n, k, m }) => kernel.addABt(C, A, B, n, k, m),
  },
  addAtB: {
    lengths: factors,
    perform: (kernel, { C, A, B }, { n, k, m }) => kernel.addAtB(C, A, B, n, k, m),
  },
  affine: {
    lengths: sizes => ({ ...factors(sizes), b: sizes.m }),
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

const elementwiseOperations = {
  tanh: {
    lengths: ({ n, m }) => ({ to: n * m, from: n * m }),
    perform: (kernel, { to, from }, { n, m }) => kernel.tanh(to, from, n * m),
  },
  sigmoid: {
    lengths: ({ n, m }) => ({ to: n * m, from: n * m }),
    perform: (kernel, { to, from }, { n, m }) => kernel.sigmoid(to, from, n * m),
  },
  'tanh in place': {
    lengths: ({ n, m }) => ({ x: n * m }),
    perform: (kernel, { x }, { n, m }) => kernel.tanh(x, x, n * m),
  },
} as const satisfies Readonly<Record<string, MatrixOperation>>

/** One of them on Gaussian numbers, of which sums of products are about 1, in a workspace or on plain arrays. */
export function performMatrix(
  { lengths, perform }: MatrixOperation,
  place: 'blocks' | 'arrays',
  sizes: MatrixSizes,
): Perform {
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

function onBoth(table: Readonly<Record<string, MatrixOperation>>): Operation[] {
  return Object.entries(table).flatMap(([name, one]) =>
    (['blocks', 'arrays'] as const).map(place =>
      operation(`${name} on ${place}`, matrixSizes, sizes => performMatrix(one, place, sizes)),
    ),
  )
}

const gap = fc.integer({ min: 0, max: 5 })
const productSizes = fc.record({
  n: rows,
  k: size,
  m: size,
  gap,
  seed: fc.nat(),
})

const addProduct = operation('addProduct', productSizes, ({ n, k, m, gap, seed }) => {
  const given = {
    C: normals(seed, n * m),
    A: normals(seed + 2, n * (k + gap), 1 / Math.sqrt(k)),
    B: normals(seed + 3, k * m),
  }
  return (kernel, dtype) =>
    onBlocks(kernel, dtype, given, ({ C, A, B }) => {
      kernel.addProduct(C, { block: A, stride: k + gap }, B, n, k, m)
      return undefined
    })
})

export interface WeightGradientSizes {
  readonly k: number
  readonly n: number
  /** How many rows have columns of their own, n at most */
  readonly own: number
  readonly I: number
  readonly H: number
  readonly bias: boolean
  /** Numbers between one row of da and the next */
  readonly gap: number
  /** Which factor has a number that is not finite */
  readonly spoilt?: 'da' | 'x' | 'hPrev'
  readonly seed: number
}

const weightGradientSizes: fc.Arbitrary<WeightGradientSizes> = fc
  .record({
    k: size,
    n: size,
    own: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 })),
    I: fc.oneof(fc.constantFrom(8, 16, 32), size),
    H: fc.oneof(fc.constantFrom(8, 16, 32), size),
    bias: fc.boolean(),
    gap,
    spoilt: fc.constantFrom(undefined, undefined, undefined, 'da', 'x', 'hPrev'),
    seed: fc.nat(),
  })
  .map(sizes => ({ ...sizes, own: Math.min(sizes.own, sizes.n) }))

export function performWeightGradients(sizes: WeightGradientSizes): Perform {
  const { k, n, own, I, H, bias, gap, spoilt, seed } = sizes
  const stride = n + own + gap
  const given = {
    dW_ih: normals(seed, n * I),
    dW_hh: normals(seed + 1, n * H),
    da: normals(seed + 2, stride * k, 1 / Math.sqrt(k)),
    x: normals(seed + 3, k * I),
    hPrev: normals(seed + 4, k * H),
    ...(bias ? { db_ih: normals(seed + 5, n), db_hh: normals(seed + 6, n) } : {}),
  }
  if (spoilt) given[spoilt][seed % given[spoilt].length] = Infinity
  return (kernel, dtype) =>
    onBlocks(kernel, dtype, given, ({ x, da: block, hPrev, dW_ih, dW_hh, db_ih, db_hh }) => {
      const da = { block, stride }
      return kernel.weightGradients({ da, hPrev, dW_ih, dW_hh, db_ih, db_hh, k, n, own, I, H }, x)
    })
}

const weightGradients = operation('weightGradients', weightGradientSizes, performWeightGradients)

const columnSizes = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 12 }),
  /** Numbers between one row's columns and the next row's */
  toGap: gap,
  fromGap: gap,
  adds: fc.boolean(),
  seed: fc.nat(),
})

const copyRows = operation('copyRows', columnSizes, ({ rows, width, toGap, fromGap, adds, seed }) => {
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

/** Sums of products and moves: in float32 too, kernels agree to the last bit. */
const matrices: readonly Operation[] = [...onBoth(matrixOperations), addProduct, weightGradients, copyRows]

const elementwise: readonly Operation[] = onBoth(elementwiseOperations)

/** A sequence's sizes, and where the way back is cut. */
export interface SequenceSizes {
  readonly T: number
  readonly B: number
  readonly H: number
  readonly I: number
  readonly reverse: boolean
  readonly isRagged: boolean
  readonly truncate: number
  readonly bias: boolean
  /** Numbers between one row of da and the next */
  readonly gap: number
  readonly seed: number
}

/** Whole sequences, for cases of one's own. */
export const wholeSequences: SequenceSizes = {
  T: 5,
  B: 6,
  H: 7,
  I: 3,
  reverse: false,
  isRagged: false,
  truncate: 0,
  bias: true,
  gap: 0,
  seed: 1,
}

/** A sequence alone takes a way of its own, unless it ends early or is cut. */
const sequenceSizes: fc.Arbitrary<SequenceSizes> = fc.record({
  T: fc.integer({ min: 1, max: 8 }),
  B: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9 })),
  H: fc.integer({ min: 1, max: 20 }),
  I: fc.integer({ min: 1, max: 12 }),
  reverse: fc.boolean(),
  isRagged: fc.boolean(),
  truncate: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 })),
  bias: fc.boolean(),
  gap,
  seed: fc.nat(),
})

export type CellName = 'tanh' | 'relu' | 'lstm' | 'gru'
export const cellNames = ['tanh', 'relu', 'lstm', 'gru'] as const

/** Pre-activations of a state's number */
export const gatesOf = { tanh: 1, relu: 1, lstm: 4, gru: 3 } as const

/** Gaussian arrays for a cell forward: of the states the first is where it starts, all else is written over. */
export function forwardArrays(cell: CellName, { T, B, H, I, bias, seed }: SequenceSizes): Arrays {
  const G = gatesOf[cell]
  return {
    x: normals(seed, T * B * I),
    h: normals(seed + 1, (T + 1) * B * H, 0.5),
    W_ih: normals(seed + 2, G * H * I, 0.5 / Math.sqrt(I)),
    W_hh: normals(seed + 3, G * H * H, 0.5 / Math.sqrt(H)),
    ...(bias ? { b_ih: normals(seed + 4, G * H, 0.5), b_hh: normals(seed + 11, G * H, 0.5) } : {}),
    ...(G > 1 ? { gates: normals(seed + 5, T * B * G * H) } : {}),
    ...(cell === 'lstm'
      ? { c: normals(seed + 6, (T + 1) * B * H), tanhC: normals(seed + 7, T * B * H) }
      : {}),
    ...(cell === 'gru' ? { u: normals(seed + 6, T * B * H) } : {}),
  }
}

/** Arrays for a cell backward: numbers where forward's lie, and Gaussian gradients. */
export function backwardArrays(cell: CellName, sizes: SequenceSizes): Arrays {
  const { T, B, H, seed } = sizes
  const { gates, tanhC, x, W_ih, b_ih, b_hh, ...rest } = forwardArrays(cell, sizes)
  return {
    ...rest,
    ...(gates ? { gates: Array.from(gates, a => 1 / (1 + Math.exp(-a))) } : {}),
    ...(tanhC ? { tanhC: Array.from(tanhC, Math.tanh), dc: normals(seed + 8, (T + 1) * B * H) } : {}),
    dh: normals(seed + 9, (T + 1) * B * H),
    da: normals(seed + 10, T * B * daStride(cell, sizes)),
  }
}

/** Numbers from one row of da to the next. */
function daStride(cell: CellName, { H, gap }: SequenceSizes): number {
  return (cell === 'gru' ? 4 : gatesOf[cell]) * H + gap
}

function lengthsOf({ T, B, seed, isRagged }: SequenceSizes): Arrays {
  const random = new Random(seed)
  return isRagged ? { lengths: Array.from({ length: B }, () => 1 + random.integer(T)) } : {}
}

/** A cell over a sequence; what is given replaces what is drawn. */
export function performForward(cell: CellName, sizes: SequenceSizes, given: Arrays = {}): Perform {
  const arrays = { ...forwardArrays(cell, sizes), ...lengthsOf(sizes), ...given }
  return (kernel, dtype) =>
    onBlocks(kernel, dtype, arrays, ({ lengths, x, h, W_ih, W_hh, b_ih, b_hh, gates, c, tanhC, u }) => {
      const sequence: Sequence = { ...sizes, lengths }
      const layer = { h, W_ih, W_hh, b_ih, b_hh }
      if (cell === 'lstm') return kernel.lstmForward(sequence, { ...layer, gates, c, tanhC }, x)
      if (cell === 'gru') return kernel.gruForward(sequence, { ...layer, gates, u }, x)
      return kernel.elmanForward(sequence, { ...layer, nonlinearity: cell }, x)
    })
}

export function performBackward(cell: CellName, sizes: SequenceSizes, given: Arrays = {}): Perform {
  const arrays = { ...backwardArrays(cell, sizes), ...lengthsOf(sizes), ...given }
  return (kernel, dtype) =>
    onBlocks(kernel, dtype, arrays, ({ lengths, h, W_hh, gates, c, tanhC, u, ...d }) => {
      const { dh, dc } = d
      const da = { block: d.da, stride: daStride(cell, sizes) }
      const sequence: Sequence = { ...sizes, lengths }
      // Of a layer's weights backward reads W_hh alone.
      const layer = { h, W_ih: W_hh, W_hh }
      const { truncate } = sizes
      if (cell === 'lstm')
        return kernel.lstmBackward(sequence, { ...layer, gates, c, tanhC }, { dh, dc, da }, truncate)
      if (cell === 'gru') return kernel.gruBackward(sequence, { ...layer, gates, u }, { dh, da }, truncate)
      return kernel.elmanBackward(sequence, { ...layer, nonlinearity: cell }, { dh, da }, truncate)
    })
}

const recurrences: readonly Operation[] = cellNames.flatMap(cell => [
  operation(`${cell} forward`, sequenceSizes, sizes => performForward(cell, sizes)),
  operation(`${cell} backward`, sequenceSizes, sizes => performBackward(cell, sizes)),
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

const adam = operation('adam', adamCases, ({ n, seed, ...step }) => {
  const given = {
    values: normals(seed, n),
    grads: normals(seed + 1, n),
    m: normals(seed + 2, n, 0.1),
    v: normals(seed + 3, n, 0.1).map(Math.abs),
  }
  return (kernel, dtype) =>
    onArrays(dtype, given, ({ values, grads, m, v }) => kernel.adam(values, grads, m, v, step))
})

export const operations = { matrices, elementwise, recurrences, adam } as const

export const allOperations: readonly Operation[] = [...matrices, ...elementwise, ...recurrences, adam]
