/**
 * Lyapunov exponents: the mean rates, in nats per step, at which small differences between two states grow or decay
 * along a trajectory. The largest is the slope of log ‖∂h_t/∂h_{t-k}‖ against k in the long run: below 0 the past
 * fades and gradients vanish, above 0 the dynamics are chaotic and gradients explode.
 */
import { QrDecomposition } from 'ml-matrix'
import { Random } from '../array/random.ts'
import { expectShape } from '../array/shape.ts'
import type { Tensor } from '../array/tensor.ts'
import { fromMatrix, toMatrix } from './matrix.ts'

/** How many exponents, and from which step on. */
export interface LyapunovOptions {
  /** How many, the largest first; all H unless given. Fewer cost less: H² · count a step. */
  readonly count?: number
  /** Steps at the start that turn the axes but do not count; 0 unless given */
  readonly discard?: number
}

/** The start only must not lie in a direction that grows more slowly, so any draw will do. */
const startSeed = 3_141_592_653

/**
 * By the method of Benettin, Galgani, Giorgilli and Strelcyn (1980): carry an orthonormal frame along, Q R = J_t Q',
 * and average log |R_ii|. Unlike the singular values of the product, nothing overflows or drowns.
 *
 * @param jacobians J_1, J_2, … in the order of time, each (H, H); any iterable, so that they need not all be kept
 * @returns exponents in nats per step, the largest first; -Infinity where every difference dies within a step
 * @throws RangeError if a Jacobian's shape differs or has a number that is not finite, or no step is left to count
 * @example
 * ```ts
 * const J = Tensor.from([[2, 0], [0, 0.5]])
 * lyapunovExponents(Array(200).fill(J), { discard: 100 }) // → [Math.log(2), -Math.log(2.000)]
 * ```
 */
export function lyapunovExponents(
  jacobians: Iterable<Tensor>,
  { count, discard = 0 }: LyapunovOptions = {},
): number[] {
  let Q: Tensor | undefined
  let sums: number[] = []
  let steps = 0
  for (const J of jacobians) {
    const H = Q ? Q.shape[0] : J.shape[0]
    expectShape(J, { H, H_prev: H }, 'J')
    Q ??= new Random(startSeed).orthogonal(H, expectCount(count ?? H, H))
    const { orthogonalMatrix, upperTriangularMatrix: R } = new QrDecomposition(toMatrix(J.matmul(Q), 'J Q'))
    Q = fromMatrix(orthogonalMatrix)
    if (++steps <= discard) continue
    sums = R.diagonal().map((r, i) => (sums[i] ?? 0) + Math.log(Math.abs(r)))
  }
  if (steps <= discard)
    throw new RangeError(`got ${steps} Jacobians, expected more than discard = ${discard}`)
  return sums.map(sum => sum / (steps - discard)).toSorted((a, b) => b - a)
}

function expectCount(count: number, H: number): number {
  if (!Number.isInteger(count) || count < 1 || count > H)
    throw new RangeError(`expected count to be a whole number from 1 to H = ${H}, got ${count}`)
  return count
}
