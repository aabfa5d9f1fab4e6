/** Between tensors and ml-matrix, whose decompositions (SVD, eigenvalues, QR) the analysis uses. */
import { Matrix } from 'ml-matrix'
import { anySize, expectShape, formatShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** A copy. @throws RangeError unless A is a matrix with at least one number, all of them finite */
export function toMatrix(A: Tensor, name: string): Matrix {
  const { n, m } = expectShape(A, { n: anySize, m: anySize }, name)
  if (n * m === 0)
    throw new RangeError(`${name} has shape ${formatShape(A.shape)}, expected at least one number`)
  const wrong = A.data.findIndex(v => !Number.isFinite(v))
  if (wrong >= 0) {
    const place = `[${Math.floor(wrong / m)}, ${wrong % m}]`
    throw new RangeError(`${name} has a value that is not finite: ${A.data[wrong]} at ${place}`)
  }
  return Matrix.from1DArray(n, m, A.data)
}

/** A copy, float64. */
export function fromMatrix(A: Matrix): Tensor {
  return new Tensor(A.to1DArray(), [A.rows, A.columns])
}
