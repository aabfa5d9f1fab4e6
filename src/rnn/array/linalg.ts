/** The linear algebra that a gradient and its analysis need beyond a tensor's own products and norms. */
import { Random } from './random.ts'
import { anySize, expectShape, formatShape, sameShape } from './shape.ts'
import { Tensor } from './tensor.ts'

/**
 * A += B, in place.
 *
 * @throws RangeError unless both have one shape
 * @example
 * ```ts
 * const A = Tensor.from([[1, 2], [3, 4]])
 * addTo(A, Tensor.identity(2))
 * A // → [[2, 2], [3, 5]]
 * ```
 */
export function addTo(A: Tensor, B: Tensor): void {
  if (!sameShape(A.shape, B.shape))
    throw new RangeError(`cannot add ${formatShape(B.shape)} to ${formatShape(A.shape)}`)
  for (let k = 0; k < A.data.length; k++) A.data[k] += B.data[k]
}

/**
 * A += u vᵀ, in place. A (n, m), u (n), v (m).
 *
 * @throws RangeError if a shape does not fit
 * @example
 * ```ts
 * const A = Tensor.zeros([2, 2])
 * addOuter(A, Tensor.from([1, 2]), Tensor.from([3, 4]))
 * A // → [[3, 4], [6, 8]]
 * ```
 */
export function addOuter(A: Tensor, u: Tensor, v: Tensor): void {
  const { n } = expectShape(u, { n: anySize }, 'u')
  const { m } = expectShape(v, { m: anySize }, 'v')
  expectShape(A, { n, m }, 'A')
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) A.data[i * m + j] += u.data[i] * v.data[j]
}

/** A seed that nobody else picks: a start vector that A was made of could lie in a smaller singular direction. */
const startSeed = 2_718_281_828

/**
 * σ_max(A) = max ‖A v‖ / ‖v‖, the most that A (n, m) stretches any vector, by power iteration on AᵀA.
 *
 * The estimate grows towards σ_max from below, by a factor (σ₂/σ₁)⁴ less wrong each time; it stops when it no longer
 * changes by more than `tolerance` (relative). Where σ₂ is within a part in a thousand of σ₁ it may stop a little low.
 *
 * @throws RangeError if A has a NaN or an infinity
 * @example
 * ```ts
 * largestSingularValue(Tensor.from([[3, 0], [4, 5]])) // → 6.708204
 * ```
 */
export function largestSingularValue(A: Tensor, { tolerance = 1e-14, maxIterations = 10_000 } = {}): number {
  const { m } = expectShape(A, { n: anySize, m: anySize }, 'A')
  const scale = A.maxAbs()
  if (!Number.isFinite(scale)) throw new RangeError(`A has a value that is not finite: ${scale}`)
  if (scale === 0) return 0
  const unit = A.mul(1 / scale)
  const unitT = unit.transpose()
  const random = new Random(startSeed)
  let v = Tensor.generate([m], () => random.normal())
  let sigma = 0
  for (let i = 0; i < maxIterations; i++) {
    v = v.mul(1 / v.norm())
    const u = unit.matmul(v)
    const before = sigma
    sigma = u.norm()
    if (sigma - before <= tolerance * sigma) break
    v = unitT.matmul(u)
  }
  return sigma * scale
}
