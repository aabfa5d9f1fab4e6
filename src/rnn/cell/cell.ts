/**
 * What the steps of all cells share. A cell is one step in time, forward and back, as the book writes it, for one
 * sequence; the kernel has the same mathematics for whole batches over whole sequences, and a test holds the two to the
 * same numbers.
 */
import { Tensor } from '../array/tensor.ts'

/** One layer's weights in PyTorch's layout: G·H rows, G the number of gates: 1 (Elman), 4 (LSTM) or 3 (GRU). */
export interface CellParams {
  /** (G·H, I) */
  readonly W_ih: Tensor
  /** (G·H, H) */
  readonly W_hh: Tensor
  /** (G·H) */
  readonly b_ih: Tensor
  /** (G·H) */
  readonly b_hh: Tensor
}

/** What a step of the Elman cell keeps for the way back. */
export interface StepTape {
  /** (I) its input */
  readonly x: Tensor
  /** (H) the state it started from */
  readonly hPrev: Tensor
  /** (H) its own state */
  readonly h: Tensor
}

/** What the way back through a step of the Elman cell gives; `dx` is ∂L/∂x, and so on. */
export interface StepGradients {
  /** (H) ∂L/∂a_t, where h_t = f(a_t) */
  readonly da: Tensor
  /** (I) */
  readonly dx: Tensor
  /** (H) */
  readonly dhPrev: Tensor
}

/**
 * Zeros in the shapes of p: where `backward` gathers gradients.
 *
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 2, hiddenSize: 3, seed: 1 })
 * zerosLike(net.weights).W_ih.shape // → [3, 2]
 * ```
 */
export function zerosLike(p: CellParams): CellParams {
  const zeros = (t: Tensor) => Tensor.zeros(t.shape, t.dtype)
  return { W_ih: zeros(p.W_ih), W_hh: zeros(p.W_hh), b_ih: zeros(p.b_ih), b_hh: zeros(p.b_hh) }
}
