/** Where plain arrays stand while an operation works on them: they are copied in before it and back after it. */
import { copyNumbers } from '../../array/copy.ts'
import type { Numbers } from '../../array/numbers.ts'
import { type Arena, Region, roundUp } from './arena.ts'

/** A place of an array, with a view of it that is kept: operations of a training step come again with the same sizes. */
interface Place {
  readonly at: number
  readonly length: number
  /** With what is left free behind it */
  readonly bytes: number
  readonly isFloat32: boolean
  readonly view: Numbers
}

/** More than the operations of a step need. All are dropped when there are so many: they are from many sizes. */
const mostPlaces = 32

export class Stage {
  readonly #arena: Arena
  readonly #region: Region
  /** Bytes in use by the operation to come. */
  #used = 0
  #places: Place[] = []
  /** The memory's, when the places were made: to ask a view for its buffer takes longer. */
  #buffer: ArrayBuffer

  constructor(arena: Arena) {
    this.#arena = arena
    this.#region = new Region(arena)
    this.#buffer = arena.buffer
  }

  /** Makes room for so many bytes; what stood there is gone. */
  clear(bytes: number): void {
    this.#used = 0
    this.#region.enlarge(bytes)
  }

  /** Copies an array in. @returns its address */
  put(x: Numbers): number {
    const at = this.#region.at + this.#used
    const { view, bytes } = this.#placeOf(x, at)
    this.#used += bytes
    copyNumbers(view, x)
    return at
  }

  /** Copies an array back from the address where it was put. */
  take(x: Numbers, at: number): void {
    copyNumbers(x, this.#placeOf(x, at).view)
  }

  /** The place at an address for an array like x. */
  #placeOf(x: Numbers, at: number): Place {
    const { buffer } = this.#arena
    const { length } = x
    const isFloat32 = x instanceof Float32Array
    if (this.#buffer !== buffer) {
      this.#buffer = buffer
      this.#places = []
    }
    for (const place of this.#places)
      if (place.at === at && place.length === length && place.isFloat32 === isFloat32) return place
    const view = isFloat32 ? new Float32Array(buffer, at, length) : new Float64Array(buffer, at, length)
    const made = { at, length, bytes: roundUp(x.byteLength, 16), isFloat32, view }
    if (this.#places.length === mostPlaces) this.#places = []
    this.#places.push(made)
    return made
  }
}
