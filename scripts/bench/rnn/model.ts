/**
 * The model of a training step: its arithmetic at the rates that the kernel reaches when it does nothing else. It leaves
 * out what a step could do without: copies, packing, calls.
 */
import type { Case, Kind } from './cases.ts'

/** Of one thread */
export interface Rates {
  /** 10⁹ multiplications and additions a second, in a matrix product */
  readonly gflops: number
  /** Nanoseconds an element */
  readonly tanh: number
  readonly sigmoid: number
  /** Nanoseconds a parameter */
  readonly adam: number
}

/** Gates of a cell, and the activations of one unit in one step. */
const cells: Readonly<Record<Kind, { gates: number; tanh: number; sigmoid: number }>> = {
  RNN: { gates: 1, tanh: 1, sigmoid: 0 },
  LSTM: { gates: 4, tanh: 2, sigmoid: 3 },
  GRU: { gates: 3, tanh: 1, sigmoid: 2 },
}

/** Of the products of forward: 2 T B GH (I + H), G the cell's gates. */
export function forwardFlops({ kind, I, H, B, T }: Case): number {
  return 2 * T * B * cells[kind].gates * H * (I + H)
}

/** Those, the weights' gradients, which are as many, and ∂L/∂h: 2 T B GH H. There is no ∂L/∂x. */
export function trainFlops(c: Case): number {
  return 2 * forwardFlops(c) + 2 * c.T * c.B * cells[c.kind].gates * c.H * c.H
}

/** W_ih, W_hh and two biases. */
export function parameterCount({ kind, I, H }: Case): number {
  return cells[kind].gates * H * (I + H + 2)
}

/** Milliseconds of a training step on one thread. */
export function modelTime(c: Case, rates: Rates): number {
  const { tanh, sigmoid } = cells[c.kind]
  const products = trainFlops(c) / rates.gflops
  const activations = c.T * c.B * c.H * (tanh * rates.tanh + sigmoid * rates.sigmoid)
  return (products + activations + parameterCount(c) * rates.adam) / 1e6
}
