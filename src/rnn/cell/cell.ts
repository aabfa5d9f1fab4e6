/**
 * What a recurrent cell is: one step in time, forward and back. A cell says it twice, and a test holds the two to the
 * same numbers: `forward` and `backward` as the book writes them, for one sequence and one step; and `activate` and
 * its twin, the part that is not a matrix product, for whole batches at once (`net/unroll.ts` has the products).
 */
import type { Numbers } from '../array/numbers.ts'
import { Tensor } from '../array/tensor.ts'

/** One layer's weights in PyTorch's layout: a row per unit. Views into `Params`. */
export interface CellParams {
  /** (H, I) */
  readonly W_ih: Tensor
  /** (H, H) */
  readonly W_hh: Tensor
  /** (H) */
  readonly b_ih: Tensor
  /** (H) */
  readonly b_hh: Tensor
}

/** What a step keeps for the way back. */
export interface StepTape {
  /** (I) its input */
  readonly x: Tensor
  /** (H) the state it started from */
  readonly hPrev: Tensor
  /** (H) its own state */
  readonly h: Tensor
}

/** What the way back through a step gives; `dx` is ∂L/∂x, and so on. */
export interface StepGradients {
  /** (H) ∂L/∂a_t, where h_t = f(a_t) */
  readonly da: Tensor
  /** (I) */
  readonly dx: Tensor
  /** (H) */
  readonly dhPrev: Tensor
}

export interface Cell {
  readonly forward: (p: CellParams, x: Tensor, hPrev: Tensor) => StepTape
  /** Adds this step's share to `grad`. */
  readonly backward: (p: CellParams, tape: StepTape, dh: Tensor, grad: CellParams) => StepGradients
  /** h = f(a), element by element over n numbers. */
  readonly activate: (h: Numbers, a: Numbers) => void
  /** da = dh ⊙ f'(a), from h = f(a). */
  readonly activateBackward: (da: Numbers, dh: Numbers, h: Numbers) => void
}

/** Zeros in the shapes of p: where `backward` gathers gradients. */
export function zerosLike(p: CellParams): CellParams {
  const zeros = (t: Tensor) => Tensor.zeros(t.shape, t.dtype)
  return { W_ih: zeros(p.W_ih), W_hh: zeros(p.W_hh), b_ih: zeros(p.b_ih), b_hh: zeros(p.b_hh) }
}
