/**
 * Tensor: numbers and a shape, dense and row-major: the last axis runs fastest. No graph and no broadcasting,
 * so that a formula says every shape it means, and one that does not fit is an error naming both shapes.
 *
 * `row`, `rows`, `slice` and `reshape` are views: they share the numbers. All else returns a new tensor.
 */
import { argmaxAlongLast, commonDType, joinAlong, permuteAxes, sumAlong, toAxis } from './axes.ts'
import { toHtml, toText } from './display.ts'
import { flatten, type Nested, nest } from './nested.ts'
import { allocate, type DType, dtypeOf, type Numbers, toNumbers } from './numbers.ts'
import { anySize, expectShape, formatShape, type Shape, sameShape, sizeOf } from './shape.ts'

/**
 * @example
 * ```ts
 * const A = Tensor.from([[1, 2, 3], [4, 5, 6]])
 * A.shape // → [2, 3]
 * A.at(1, -1) // → 6
 * A.row(0) // → [1, 2, 3]
 * A.matmul(A.transpose()) // → [[14, 32], [32, 77]]
 * A.sum(0) // → [5, 7, 9]
 * A.add(A.transpose()) // throws RangeError: cannot add [2, 3] and [3, 2]
 * ```
 */
export class Tensor {
  readonly data: Numbers
  readonly shape: Shape

  /**
   * @param data row-major; a typed array of the right dtype is used as it is, anything else is copied
   * @param dtype unless given, that of `data`: float32 for a Float32Array, otherwise float64
   * @throws RangeError if a size is not a whole number, or the data do not fill the shape
   */
  constructor(data: ArrayLike<number>, shape: Shape, dtype: DType = dtypeOf(data)) {
    if (shape.some(n => !Number.isInteger(n) || n < 0))
      throw new RangeError(`expected a shape of whole numbers, got ${formatShape(shape)}`)
    if (data.length !== sizeOf(shape)) {
      const expected = `expected ${sizeOf(shape)} for shape ${formatShape(shape)}`
      throw new RangeError(`data has length ${data.length}, ${expected}`)
    }
    this.data = toNumbers(data, dtype)
    this.shape = [...shape]
  }

  static zeros(shape: Shape, dtype: DType = 'float64'): Tensor {
    return new Tensor(allocate(sizeOf(shape), dtype), shape)
  }

  /** From arrays in arrays: `Tensor.from([[1, 2], [3, 4]])` has shape [2, 2]. */
  static from(nested: Nested, dtype: DType = 'float64'): Tensor {
    const { data, shape } = flatten(nested)
    return new Tensor(data, shape, dtype)
  }

  /** Calls f once per number, in row-major order: `Tensor.generate([5, 2], () => random.normal())`. */
  static generate(shape: Shape, f: (offset: number) => number, dtype: DType = 'float64'): Tensor {
    const data = allocate(sizeOf(shape), dtype)
    for (let offset = 0; offset < data.length; offset++) data[offset] = f(offset)
    return new Tensor(data, shape)
  }

  /** diag(values), a square matrix. values (n) → (n, n) */
  static diagonal(values: ArrayLike<number> | Tensor): Tensor {
    const v = values instanceof Tensor ? values.data : values
    const n = v.length
    return Tensor.generate([n, n], k => (k % (n + 1) === 0 ? v[k / (n + 1)] : 0), dtypeOf(v))
  }

  /** The identity matrix (n, n). */
  static identity(n: number): Tensor {
    return Tensor.diagonal(new Float64Array(n).fill(1))
  }

  /** Every number the same. */
  static full(shape: Shape, value: number, dtype: DType = 'float64'): Tensor {
    return Tensor.generate(shape, () => value, dtype)
  }

  /** Joins tensors along an axis; all their other sizes must agree. */
  static concat(parts: readonly Tensor[], axis = 0): Tensor {
    const { data, shape } = joinAlong(parts, axis)
    return new Tensor(data, shape)
  }

  /** Tensors of one shape as the rows of a new first axis: B times (T, I) → (B, T, I). */
  static stack(parts: readonly Tensor[]): Tensor {
    return Tensor.concat(parts.map(part => part.reshape([1, ...part.shape])))
  }

  get dtype(): DType {
    return dtypeOf(this.data)
  }

  /** One number; a negative index counts from the end. */
  at(...index: readonly number[]): number {
    return this.data[this.#offset(index)]
  }

  /** Changes one number in place, here and in every view of it. */
  set(index: readonly number[], value: number): void {
    this.data[this.#offset(index)] = value
  }

  /** View of one entry of the first axis: a row of a matrix, a matrix of a stack. `row(-1)` is the last. */
  row(i: number): Tensor {
    const at = this.#index(i, 0)
    const inner = this.shape.slice(1)
    const width = sizeOf(inner)
    return new Tensor(this.data.subarray(at * width, (at + 1) * width), inner)
  }

  /** Views of all entries of the first axis: `for (const h of states.rows()) …` */
  rows(): Tensor[] {
    return Array.from({ length: this.shape[0] ?? 0 }, (_, i) => this.row(i))
  }

  /** View of the entries from `start` up to, not with, `end` of the first axis, as `Array.prototype.slice`. */
  slice(start: number, end = Infinity): Tensor {
    const [n = 0, ...inner] = this.shape
    const bound = (i: number) => (i < 0 ? Math.max(0, n + i) : Math.min(i, n))
    const [from, to] = [bound(start), Math.max(bound(start), bound(end))]
    const width = sizeOf(inner)
    return new Tensor(this.data.subarray(from * width, to * width), [to - from, ...inner])
  }

  /** Copy of a matrix's column. (n, m) → (n) */
  column(j: number): Tensor {
    const { rows, columns } = expectShape(this, { rows: anySize, columns: anySize }, 'column: this')
    const at = this.#index(j, 1)
    return Tensor.generate([rows], i => this.data[i * columns + at], this.dtype)
  }

  /** The same numbers in another shape, as a view. */
  reshape(shape: Shape): Tensor {
    if (sizeOf(shape) !== this.data.length)
      throw new RangeError(`cannot reshape ${formatShape(this.shape)} to ${formatShape(shape)}`)
    return new Tensor(this.data, shape)
  }

  clone(): Tensor {
    return new Tensor(this.data.slice(), this.shape)
  }

  astype(dtype: DType): Tensor {
    return new Tensor(this.data, this.shape, dtype)
  }

  toArray(): Nested {
    return nest(this.data, this.shape)
  }

  map(f: (value: number, offset: number) => number): Tensor {
    return Tensor.generate(this.shape, k => f(this.data[k], k), this.dtype)
  }

  /** Element by element; a number stands for a tensor full of it. */
  add(other: Tensor | number): Tensor {
    return this.#zip(other, 'add', (a, b) => a + b)
  }

  sub(other: Tensor | number): Tensor {
    return this.#zip(other, 'subtract', (a, b) => a - b)
  }

  /** Element by element (⊙); for the matrix product see `matmul`. */
  mul(other: Tensor | number): Tensor {
    return this.#zip(other, 'multiply', (a, b) => a * b)
  }

  div(other: Tensor | number): Tensor {
    return this.#zip(other, 'divide', (a, b) => a / b)
  }

  /** Matrix times matrix (n, k)(k, m) → (n, m), or matrix times vector (n, k)(k) → (n). */
  matmul(other: Tensor): Tensor {
    const [n, k] = this.shape
    const [inner, m = 1] = other.shape
    if (this.shape.length !== 2 || other.shape.length < 1 || other.shape.length > 2 || inner !== k)
      throw new RangeError(`cannot matmul ${formatShape(this.shape)} by ${formatShape(other.shape)}`)
    const C = allocate(n * m, commonDType(this, other))
    for (let i = 0; i < n; i++)
      for (let j = 0; j < m; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += this.data[i * k + l] * other.data[l * m + j]
        C[i * m + j] = sum
      }
    return new Tensor(C, [n, ...other.shape.slice(1)])
  }

  /** Σ aᵢ bᵢ of two tensors of one shape. */
  dot(other: Tensor): number {
    return this.mul(other).sum()
  }

  /** (n, m) → (m, n) */
  transpose(): Tensor {
    const { n, m } = expectShape(this, { n: anySize, m: anySize }, 'transpose: this')
    return Tensor.generate([m, n], k => this.data[(k % n) * m + Math.floor(k / n)], this.dtype)
  }

  /** The same numbers with the axes in another order: `x.permute([1, 0, 2])` of (B, T, I) is (T, B, I). */
  permute(order: readonly number[]): Tensor {
    const { data, shape } = permuteAxes(this, order)
    return new Tensor(data, shape)
  }

  /** Σ of all numbers; or along one axis, which is then gone: `sum(0)` of (n, m) is (m). */
  sum(): number
  sum(axis: number): Tensor
  sum(axis?: number): number | Tensor {
    if (axis !== undefined) {
      const { data, shape } = sumAlong(this, axis)
      return new Tensor(data, shape)
    }
    let sum = 0
    for (const v of this.data) sum += v
    return sum
  }

  /** The sum over the count: NaN if there is nothing to take the mean of. */
  mean(): number
  mean(axis: number): Tensor
  mean(axis?: number): number | Tensor {
    if (axis === undefined) return this.sum() / this.data.length
    return this.sum(axis).div(this.shape[toAxis(axis, this.shape)])
  }

  /** The place of the largest number along the last axis, (…, n) → (…): from scores to classes. The first of equals. */
  argmax(): Tensor {
    const { data, shape } = argmaxAlongLast(this)
    return new Tensor(data, shape)
  }

  /** √Σ aᵢ²: the length of a vector, the Frobenius norm of a matrix. Safe from overflow and underflow. */
  norm(): number {
    const scale = this.maxAbs()
    if (scale === 0 || !Number.isFinite(scale)) return scale
    let sum = 0
    for (const v of this.data) sum += (v / scale) * (v / scale)
    return scale * Math.sqrt(sum)
  }

  /** The largest |aᵢ|, 0 for an empty tensor, NaN if any is NaN. */
  maxAbs(): number {
    let max = 0
    for (const v of this.data) max = Math.max(max, Math.abs(v))
    return max
  }

  maxAbsDifference(other: Tensor): number {
    return this.sub(other).maxAbs()
  }

  /** True if shape and every number agree exactly. */
  equals(other: Tensor): boolean {
    return sameShape(this.shape, other.shape) && this.data.every((v, k) => v === other.data[k])
  }

  /** As NumPy prints it, with at most `digits` digits after the point. */
  toString(digits = 4): string {
    return toText(this, digits)
  }

  /** What a notebook shows: text, and a table whose cells carry their magnitude as `--v` for a heat map. */
  [Symbol.for('Jupyter.display')](): Record<string, string> {
    return { 'text/plain': this.toString(), 'text/html': toHtml(this) }
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }

  #zip(other: Tensor | number, verb: string, f: (a: number, b: number) => number): Tensor {
    if (typeof other === 'number') return this.map(a => f(a, other))
    if (!sameShape(this.shape, other.shape))
      throw new RangeError(`cannot ${verb} ${formatShape(this.shape)} and ${formatShape(other.shape)}`)
    return Tensor.generate(this.shape, k => f(this.data[k], other.data[k]), commonDType(this, other))
  }

  #offset(index: readonly number[]): number {
    if (index.length !== this.shape.length)
      throw new RangeError(
        `expected ${this.shape.length} indices for shape ${formatShape(this.shape)}, got ${index.length}`,
      )
    return index.reduce((offset, i, axis) => offset * this.shape[axis] + this.#index(i, axis), 0)
  }

  #index(i: number, axis: number): number {
    const n = this.shape[axis] ?? 0
    if (!Number.isInteger(i) || i < -n || i >= n)
      throw new RangeError(`index ${i} is outside axis ${axis} of shape ${formatShape(this.shape)}`)
    return i < 0 ? i + n : i
  }
}
