/**
 * What a matrix does to lengths and in the long run: singular values (how much one step stretches, at most and at
 * least) and eigenvalues (how many equal steps do). They agree for normal matrices only: W = [[0.9, 5], [0, 0.9]] has
 * both eigenvalues 0.9, yet stretches a vector 5.2 times, and W^k grows up to k = 9 before it decays.
 */
import { EigenvalueDecomposition, SingularValueDecomposition } from 'ml-matrix'
import { formatShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { toMatrix } from './matrix.ts'

/** re + i im */
export interface Complex {
  readonly re: number
  readonly im: number
}

/**
 * σ_1 ≥ σ_2 ≥ … ≥ 0 of A (n, m), by ml-matrix's SVD (Golub and Kahan). Those below σ_1 · 1e-16 are rounding.
 *
 * @returns (min(n, m))
 * @throws RangeError if A is no matrix, is empty, or has a NaN or an infinity
 * @example
 * ```ts
 * const W = Tensor.from([[0.9, 5], [0, 0.9]])
 * singularValues(W) // → [5.157, 0.157]
 * spectralRadius(W) // → 0.9
 * ```
 */
export function singularValues(A: Tensor): Tensor {
  const options = {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  }
  const { diagonal } = new SingularValueDecomposition(toMatrix(A, 'A'), options)
  return new Tensor(diagonal, [diagonal.length])
}

/**
 * The n eigenvalues of A (n, n), by ml-matrix (Hessenberg form and QR steps), the largest modulus first. Where A has
 * fewer than n eigenvectors they are less exact: to about 1e-8 for a double eigenvalue.
 *
 * @throws RangeError if A is not square, is empty, or has a NaN or an infinity
 * @example
 * ```ts
 * eigenvalues(Tensor.from([[0, -2], [2, 0]])) // → [{ re: 0, im: 2 }, { re: 0, im: -2 }]
 * ```
 */
export function eigenvalues(A: Tensor): Complex[] {
  if (A.shape[0] !== A.shape[1])
    throw new RangeError(`A has shape ${formatShape(A.shape)}, expected a square matrix`)
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(toMatrix(A, 'A'))
  return realEigenvalues
    .map((re, i) => ({ re, im: imaginaryEigenvalues[i] }))
    .toSorted((a, b) => Math.hypot(b.re, b.im) - Math.hypot(a.re, a.im))
}

/**
 * ρ(A) = max |λ|: the factor per step that ‖A^k‖ settles to, ‖A^k‖^(1/k) → ρ (Gelfand 1941). A (n, n). Throws as `eigenvalues`.
 *
 * @example
 * ```ts
 * spectralRadius(Tensor.from([[0, 2], [0.5, 0]])) // → 1.000
 * ```
 */
export function spectralRadius(A: Tensor): number {
  const [{ re, im }] = eigenvalues(A)
  return Math.hypot(re, im)
}

/**
 * Singular values of the growing products J_n, J_n J_{n-1}, J_n J_{n-1} J_{n-2} …: row k - 1 tells by how much a
 * change k steps ago is stretched, at most (first column) and at least (last).
 *
 * Of a long product the small ones drown in rounding once they are below σ_1 · 1e-16; the rates of all of them
 * are what `lyapunovExponents` is for.
 *
 * @param jacobians J_1 … J_n in the order of time, each (H, H)
 * @returns (n, H)
 * @throws RangeError if there is none, or one has a NaN or an infinity
 * @example
 * ```ts
 * const J = Tensor.from([[0, 2], [0.5, 0]])
 * singularSpectra([J, J, J]) // → [[2.00, 0.50], [1.00, 1.00], [2.00, 0.50]]
 * ```
 */
export function singularSpectra(jacobians: readonly Tensor[]): Tensor {
  if (jacobians.length === 0) throw new RangeError('expected at least one Jacobian')
  let product: Tensor | undefined
  const spectra = jacobians.toReversed().map(J => {
    product = product ? product.matmul(J) : J
    return singularValues(product)
  })
  return Tensor.stack(spectra)
}
