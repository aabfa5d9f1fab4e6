/**
 * Which inputs an output depends on, and how much: ‖∂y_t/∂x_s‖ for every pair of steps. For a network that reads
 * forwards it is 0 above the diagonal, and how it fades to the left is how the network forgets. (The "connectivity" of
 * Madsen 2019, "Visualizing memorization in RNNs"; there for one logit, here for all outputs of a step.)
 */
import { anySize, expectShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { ReadOut, SequenceMap } from './recurrent.ts'
import { singularValues } from './spectrum.ts'

/** What counts as the output. */
export interface InfluenceOptions {
  /** y_t = g(h_t); unless given y_t is the network's own output */
  readonly readOut?: ReadOut
}

/** How the block ∂y_t/∂x_s (O, I) becomes one number. */
const norms = {
  /** √ of the sum of all squares */
  frobenius: (J: Tensor) => J.norm(),
  /** the largest change of y_t for a change of x_s of length 1 */
  spectral: (J: Tensor) => singularValues(J).at(0),
} as const

/**
 * ∂y_t/∂x_s for one t and all s, by one backward for each number of y_t. Like all that follows here it leaves the
 * network's tape and gradients as its own last run left them.
 *
 * @param x (T, I) one sequence
 * @param t 1 … T
 * @returns (T, O, I): row s - 1 is ∂y_t/∂x_s
 * @throws RangeError if a shape does not fit or t is not in 1 … T
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 4, seed: 1 })
 * const J = inputJacobian(net, Tensor.zeros([5, 1]), 3)
 * J.shape // → [5, 4, 1]
 * J.row(3).maxAbs() // → 0
 * J.row(2).maxAbs() // → 0.3669
 * ```
 */
export function inputJacobian(
  net: SequenceMap,
  x: Tensor,
  t: number,
  { readOut }: InfluenceOptions = {},
): Tensor {
  const { T } = expectShape(x, { T: anySize, I: anySize }, 'x')
  if (!Number.isInteger(t) || t < 1 || t > T)
    throw new RangeError(`t is ${t}, expected a whole number from 1 to T = ${T}`)
  return jacobianAt(net, forwardShape(net, x, readOut), t, readOut)
}

/**
 * ‖∂y_t/∂x_s‖ for all t and s.
 *
 * @param x (T, I) one sequence
 * @param norm of each block: 'frobenius' unless given, or 'spectral', its largest singular value
 * @returns (T, T): row t - 1, column s - 1
 * @throws RangeError if a shape does not fit
 * @example
 * ```ts
 * const net = new RNN({ inputSize: 1, hiddenSize: 4, seed: 1 })
 * const map = influenceMap(net, Tensor.zeros([5, 1]))
 * map.shape // → [5, 5]
 * map.at(1, 3) // → 0
 * map.at(3, 3) > map.at(3, 0) // → true
 * ```
 */
export function influenceMap(
  net: SequenceMap,
  x: Tensor,
  { readOut, norm = 'frobenius' }: InfluenceOptions & { readonly norm?: keyof typeof norms } = {},
): Tensor {
  const { T } = expectShape(x, { T: anySize, I: anySize }, 'x')
  if (!Object.hasOwn(norms, norm))
    throw new TypeError(`unknown norm: ${norm}, expected ${Object.keys(norms).join(' or ')}`)
  const shape = forwardShape(net, x, readOut)
  const map = Tensor.zeros([T, T])
  for (let t = 1; t <= T; t++) {
    const blocks = jacobianAt(net, shape, t, readOut).rows()
    for (const [s, block] of blocks.entries()) map.set([t - 1, s], norms[norm](block))
  }
  return map
}

/** Runs forward, so that backward can be asked; the shape (T, O) of y, and its dtype. */
function forwardShape(net: SequenceMap, x: Tensor, readOut?: ReadOut): Tensor {
  const { output } = net.forward(x)
  return Tensor.zeros((readOut ? readOut.forward(output) : output).shape, output.dtype)
}

/** (T, O, I). dy is all zero between calls. */
function jacobianAt(net: SequenceMap, dy: Tensor, t: number, readOut?: ReadOut): Tensor {
  const rows = Array.from({ length: dy.shape[1] }, (_, i) => {
    dy.set([t - 1, i], 1)
    const { dx } = net.backward({ dOutput: readOut ? readOut.backward(dy) : dy })
    dy.set([t - 1, i], 0)
    return dx
  })
  return Tensor.stack(rows).permute([1, 0, 2])
}
