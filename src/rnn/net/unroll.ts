/**
 * A cell over T steps, and back through time (Werbos 1990, "Backpropagation through time: what it does and how to do
 * it"). The mathematics is the cell's; the order is chosen for speed: what needs no history (the products with W_ih,
 * and all weight gradients) is one product over all steps, and only W_hh is applied step by step.
 *
 * Everything here is time-major, [T, B, …], so that a step is one contiguous block, and `states.row(t)` is h_t.
 */
import { addTo } from '../array/linalg.ts'
import type { Numbers } from '../array/numbers.ts'
import { anySize, expectShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { Cell, CellParams } from '../cell/cell.ts'
import { kernel } from '../kernel/kernel.ts'

/** What forward keeps for the way back. */
export interface SequenceTape {
  /** (T, B, I) the inputs; zero past a sequence's end */
  readonly x: Tensor
  /** (T+1, B, H) h_0 … h_T; zero past a sequence's end */
  readonly states: Tensor
  /** How many steps each sequence has, 1 … T */
  readonly lengths: readonly number[]
}

export interface SequenceGradients {
  /** (T, B, I) ∂L/∂x_t */
  readonly dx: Tensor
  /** (T+1, B, H) ∂L/∂h_0 … ∂L/∂h_T: from the loss at t and all that follows */
  readonly dStates: Tensor
  /** (T, B, H) ∂L/∂a_t, where h_t = f(a_t); row 0 is step 1 */
  readonly da: Tensor
}

/**
 * h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh) for t = 1 … T, all B sequences side by side.
 *
 * @param x (T, B, I); kept in the tape, not copied unless there are lengths
 * @param h0 (B, H)
 * @param lengths steps of each sequence; past its end a sequence has state 0 and takes no part in anything
 * @throws RangeError if a shape does not fit the parameters, or a length is not in 1 … T
 */
export function unrollForward(
  cell: Cell,
  p: CellParams,
  x: Tensor,
  h0: Tensor,
  lengths?: readonly number[],
): SequenceTape {
  const { H, I } = expectShape(p.W_ih, { H: anySize, I: anySize }, 'W_ih')
  const { T, B } = expectShape(x, { T: anySize, B: anySize, I }, 'x')
  if (T < 1 || B < 1)
    throw new RangeError(`x has T = ${T} steps of B = ${B} sequences, expected at least one of each`)
  expectShape(h0, { B, H }, 'h0')
  const steps = expectLengths(lengths ?? Array(B).fill(T), B, T)
  if (lengths) x = withoutPadding(x, steps)

  const a = Tensor.zeros([T, B, H], x.dtype)
  kernel.addToRows(a.data, p.b_ih.data)
  kernel.addToRows(a.data, p.b_hh.data)
  kernel.addABt(a.data, x.data, p.W_ih.data, T * B, I, H)

  const states = Tensor.zeros([T + 1, B, H], x.dtype)
  states.data.set(h0.data)
  for (let t = 1; t <= T; t++) {
    const [at, h] = [stepOf(a, t - 1), stepOf(states, t)]
    kernel.addABt(at, stepOf(states, t - 1), p.W_hh.data, B, H, H)
    cell.activate(h, at)
    for (let b = 0; b < B; b++) if (t > steps[b]) h.fill(0, b * H, (b + 1) * H)
  }
  return { x, states, lengths: steps }
}

/** (B, H): each sequence's state after its own last step. */
export function lastStates({ states, lengths }: SequenceTape): Tensor {
  const [, B, H] = states.shape
  const hN = Tensor.zeros([B, H], states.dtype)
  lengths.forEach((n, b) => {
    hN.row(b).data.set(states.row(n).row(b).data)
  })
  return hN
}

/**
 * Back through time: dh_{t-1} = (loss at t-1) + W_hhᵀ (dh_t ⊙ f'(a_t)), for t = T … 1. Adds the sums over all steps
 * to `grad`.
 *
 * @param dOutput (T, B, H) ∂L/∂h_t from the loss at each step alone; what lies past a sequence's end is ignored
 * @param dHN (B, H) from whatever uses the last states
 * @param truncate k: h_k, h_2k, … are taken as constants, so that no gradient crosses them, as if the sequence had
 *   been cut there and only the state carried over (truncated BPTT; Williams and Peng 1990)
 * @throws RangeError if a shape does not fit the tape, or truncate is not a whole number from 1
 */
export function unrollBackward(
  cell: Cell,
  p: CellParams,
  tape: SequenceTape,
  { dOutput, dHN, truncate = Infinity }: { dOutput?: Tensor; dHN?: Tensor; truncate?: number },
  grad: CellParams,
): SequenceGradients {
  const { x, states } = tape
  const [T, B, I] = x.shape
  const H = states.shape[2]
  if (truncate !== Infinity && !(Number.isInteger(truncate) && truncate >= 1))
    throw new RangeError(`expected truncate to be a whole number from 1, got ${truncate}`)

  const dStates = lossGradients(tape, dOutput, dHN)
  const da = Tensor.zeros([T, B, H], x.dtype)
  for (let t = T; t >= 1; t--) {
    const dat = stepOf(da, t - 1)
    cell.activateBackward(dat, stepOf(dStates, t), stepOf(states, t))
    const isCut = t > 1 && (t - 1) % truncate === 0
    if (!isCut) kernel.addAB(stepOf(dStates, t - 1), dat, p.W_hh.data, B, H, H)
  }

  const dx = Tensor.zeros([T, B, I], x.dtype)
  kernel.addAB(dx.data, da.data, p.W_ih.data, T * B, H, I)
  addWeightGradients(grad, da, x, states.slice(0, T))
  return { dx, dStates, da }
}

/**
 * dW_ih += Σ da_t x_tᵀ, dW_hh += Σ da_t h_{t-1}ᵀ, db += Σ da_t, over all rows given: all steps of a tape, or one.
 * da (…, H), x (…, I), hPrev (…, H)
 */
export function addWeightGradients(grad: CellParams, da: Tensor, x: Tensor, hPrev: Tensor): void {
  const [H, I] = grad.W_ih.shape
  const rows = da.data.length / H
  kernel.addAtB(grad.W_ih.data, da.data, x.data, H, rows, I)
  kernel.addAtB(grad.W_hh.data, da.data, hPrev.data, H, rows, H)
  kernel.addRowSums(grad.b_ih.data, da.data)
  kernel.addRowSums(grad.b_hh.data, da.data)
}

/** (T+1, B, H): what the loss alone says about each state, before any of it has gone back through time. */
function lossGradients({ states, lengths }: SequenceTape, dOutput?: Tensor, dHN?: Tensor): Tensor {
  const [steps, B, H] = states.shape
  const dStates = Tensor.zeros(states.shape, states.dtype)
  if (dOutput) {
    expectShape(dOutput, { T: steps - 1, B, H }, 'dOutput')
    dStates.slice(1).data.set(dOutput.data)
  }
  if (dHN) expectShape(dHN, { B, H }, 'dHN')
  lengths.forEach((n, b) => {
    for (let t = n + 1; t < steps; t++) stepOf(dStates, t).fill(0, b * H, (b + 1) * H)
    if (dHN) addTo(dStates.row(n).row(b), dHN.row(b))
  })
  return dStates
}

/** A copy of x (T, B, I) with zeros past each sequence's end: whatever stood there, 0 · NaN would still be NaN. */
function withoutPadding(x: Tensor, lengths: readonly number[]): Tensor {
  const [T, , I] = x.shape
  const clean = x.clone()
  lengths.forEach((n, b) => {
    for (let t = n; t < T; t++) stepOf(clean, t).fill(0, b * I, (b + 1) * I)
  })
  return clean
}

/** The numbers of one step of a time-major tensor, as a view: `row` without the shape, for the loops over time. */
function stepOf(x: Tensor, t: number): Numbers {
  const width = x.shape[1] * x.shape[2]
  return x.data.subarray(t * width, (t + 1) * width)
}

function expectLengths(lengths: readonly number[], B: number, T: number): readonly number[] {
  if (lengths.length !== B) throw new RangeError(`lengths has length ${lengths.length}, expected B = ${B}`)
  lengths.forEach((n, b) => {
    if (!Number.isInteger(n) || n < 1 || n > T)
      throw new RangeError(`lengths[${b}] is ${n}, expected a whole number from 1 to T = ${T}`)
  })
  return [...lengths]
}
