/**
 * Parameters: one flat buffer of values, one of gradients, and named views into both. What treats all parameters
 * alike (a norm, a step of an optimiser, a gradient check) is then one loop over one array.
 */
import { allocate, type DType, type Numbers } from '../array/numbers.ts'
import { formatShape, type Shape, sameShape, sizeOf } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** Tensors by parameter name. */
export type StateDict = Readonly<Record<string, Tensor>>

/**
 * Parameters by name over one buffer of values and one of gradients.
 *
 * @example
 * ```ts
 * const params = new Params({ W: [2, 2], b: [2] })
 * params.value('b').data.set([5, 6])
 * params.values // → [0, 0, 0, 0, 5, 6]
 * params.value('c') // throws RangeError: unknown parameter: c, expected W, b
 * ```
 */
export class Params {
  /** All values, one parameter after another in the order of the layout. */
  readonly values: Numbers
  /** ∂L/∂values, in the same order. */
  readonly grads: Numbers
  /** The layout: the shape of each parameter by name. */
  readonly shapes: Readonly<Record<string, Shape>>
  readonly #values: Record<string, Tensor>
  readonly #grads: Record<string, Tensor>

  /** All zero at first. @param shapes the shape of each parameter by name */
  constructor(shapes: Readonly<Record<string, Shape>>, dtype: DType = 'float64') {
    const size = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0)
    this.values = allocate(size, dtype)
    this.grads = allocate(size, dtype)
    this.shapes = shapes
    this.#values = viewsOf(this.values, shapes)
    this.#grads = viewsOf(this.grads, shapes)
  }

  get names(): string[] {
    return Object.keys(this.shapes)
  }

  /** How many numbers there are to learn. */
  get count(): number {
    return this.values.length
  }

  /** View of one parameter: writing to it changes the network. @throws RangeError for an unknown name */
  value(name: string): Tensor {
    return this.#values[this.#known(name)]
  }

  /** View of ∂L/∂ one parameter. @throws RangeError for an unknown name */
  grad(name: string): Tensor {
    return this.#grads[this.#known(name)]
  }

  zeroGradients(): void {
    this.grads.fill(0)
  }

  /** Copies of the values by name. */
  stateDict(): Record<string, Tensor> {
    return copiesOf(this.#values)
  }

  /** Copies of the gradients by name. */
  gradients(): Record<string, Tensor> {
    return copiesOf(this.#grads)
  }

  /**
   * Copies values in, rounding them to this dtype.
   *
   * @throws RangeError if a name is missing or unknown or a shape differs; then nothing has changed
   */
  loadStateDict(state: StateDict): void {
    const missing = this.names.filter(name => !Object.hasOwn(state, name))
    const unknown = Object.keys(state).filter(name => !Object.hasOwn(this.shapes, name))
    if (missing.length + unknown.length > 0) {
      const problems = [
        ...missing.map(name => `missing parameter ${name}`),
        ...unknown.map(name => `unknown parameter: ${name}`),
      ]
      throw new RangeError(`${problems.join(', ')}; expected ${this.names.join(', ')}`)
    }
    for (const [name, shape] of Object.entries(this.shapes)) {
      if (!sameShape(state[name].shape, shape))
        throw new RangeError(
          `${name} has shape ${formatShape(state[name].shape)}, expected ${formatShape(shape)}`,
        )
    }
    for (const name of this.names) this.#values[name].data.set(state[name].data)
  }

  #known(name: string): string {
    if (!Object.hasOwn(this.shapes, name))
      throw new RangeError(`unknown parameter: ${name}, expected ${this.names.join(', ')}`)
    return name
  }
}

function viewsOf(flat: Numbers, shapes: Readonly<Record<string, Shape>>): Record<string, Tensor> {
  let start = 0
  return mapValues(shapes, shape => {
    const end = start + sizeOf(shape)
    const view = new Tensor(flat.subarray(start, end), shape)
    start = end
    return view
  })
}

function copiesOf(views: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return mapValues(views, view => view.clone())
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
}
