/**
 * Several sets of parameters as one vector. A network and its read-out are one model: a norm, a clip or an optimiser's
 * step that took each alone would be another method. The copies made for it are small beside the update itself, and
 * they give something back: the sets see an update only when all of it is known to be finite.
 */

import { expectFinite } from '../array/finite.ts'
import { allocate, type DType, dtypeOf, type Numbers } from '../array/numbers.ts'
import { sizeOf } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { Params } from '../params/params.ts'

interface Part {
  readonly params: Params
  /** Views into the vector, made once: a view for every step would be garbage for every step. */
  readonly values: Numbers
  readonly grads: Numbers
  /** In front of a name in messages */
  readonly label: string
}

export class Joint {
  readonly dtype: DType
  /** All values, one set after another in the order given. */
  readonly values: Numbers
  /** ∂L/∂values, in the same order. */
  readonly grads: Numbers
  readonly #parts: readonly Part[]

  /** @throws RangeError if there is no set or one is given twice; TypeError unless all have one dtype */
  constructor(sets: readonly Params[]) {
    if (sets.length === 0) throw new RangeError('expected at least one set of params')
    const dtype = dtypeOf(sets[0].values)
    sets.forEach((set, i) => {
      const own = dtypeOf(set.values)
      if (own !== dtype) throw new TypeError(`params[${i}] is ${own}, expected ${dtype}`)
      const first = sets.indexOf(set)
      if (first < i) throw new RangeError(`params[${i}] is params[${first}], expected each set once`)
    })
    const size = sets.reduce((sum, set) => sum + set.count, 0)
    this.dtype = dtype
    this.values = allocate(size, dtype)
    this.grads = allocate(size, dtype)
    let start = 0
    this.#parts = sets.map((params, i) => {
      const end = start + params.count
      const [values, grads] = [this.values.subarray(start, end), this.grads.subarray(start, end)]
      start = end
      return { params, values, grads, label: sets.length === 1 ? '' : `params[${i}].` }
    })
  }

  /** Copies the sets' values here. */
  readValues(): void {
    for (const { params, values } of this.#parts) values.set(params.values)
  }

  /** Copies the sets' gradients here. */
  readGrads(): void {
    for (const { params, grads } of this.#parts) grads.set(params.grads)
  }

  /** Copies the values here to the sets. */
  writeValues(): void {
    for (const { params, values } of this.#parts) params.values.set(values)
  }

  /** @throws RangeError naming the first number that is not finite: `step 3: the gradient of bias is NaN at [0], …` */
  expectFinite(which: 'values' | 'grads', what: string): void {
    for (const part of this.#parts) {
      let start = 0
      for (const [name, shape] of Object.entries(part.params.shapes)) {
        const end = start + sizeOf(shape)
        expectFinite(new Tensor(part[which].subarray(start, end), shape), `${what} ${part.label}${name}`)
        start = end
      }
    }
  }
}
