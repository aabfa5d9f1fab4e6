/** Where plain arrays stand while an operation works on them: they are copied in before it and back after it. */
import { copyNumbers } from '../../array/copy.ts'
import type { Numbers } from '../../array/numbers.ts'
import { type Arena, Region, roundUp } from './arena.ts'

/** One array's place, with a view of it that is kept: an optimiser's step comes again with the same sizes. */
interface Place {
  readonly at: number
  readonly length: number
  /** With what is left free behind it */
  readonly bytes: number
  readonly isFloat32: boolean
  /** The memory's, when the view was made: to ask a view for its buffer takes longer. */
  readonly buffer: ArrayBuffer
  readonly view: Numbers
}

export class Stage {
  readonly #arena: Arena
  readonly #region: Region
  /** Bytes and places in use by the operation to come. */
  #used = 0
  #count = 0
  readonly #places: Place[] = []

  constructor(arena: Arena) {
    this.#arena = arena
    this.#region = new Region(arena)
  }

  /** Makes room for so many bytes; what stood there is gone. */
  clear(bytes: number): void {
    this.#used = 0
    this.#count = 0
    this.#region.enlarge(bytes)
  }

  /** Copies an array in. @returns its address */
  put(x: Numbers): number {
    const at = this.#region.at + this.#used
    const { view, bytes } = this.#placeOf(this.#count++, x, at)
    this.#used += bytes
    copyNumbers(view, x)
    return at
  }

  /** Copies an array back from the address where it was put. */
  take(x: Numbers, at: number): void {
    for (let i = 0; i < this.#count; i++) {
      const place = this.#places[i]
      if (place.at === at && place.length === x.length) copyNumbers(x, this.#placeOf(i, x, at).view)
    }
  }

  /** Place i, for an array like x. */
  #placeOf(i: number, x: Numbers, at: number): Place {
    const { buffer } = this.#arena
    const isFloat32 = x instanceof Float32Array
    const place = this.#places[i]
    if (place && isLike(place, at, x.length, isFloat32, buffer)) return place
    const view = isFloat32 ? new Float32Array(buffer, at, x.length) : new Float64Array(buffer, at, x.length)
    const made = { at, length: x.length, bytes: roundUp(x.byteLength, 16), isFloat32, buffer, view }
    this.#places[i] = made
    return made
  }
}

function isLike(place: Place, at: number, length: number, isFloat32: boolean, buffer: ArrayBuffer): boolean {
  return (
    place.at === at && place.length === length && place.isFloat32 === isFloat32 && place.buffer === buffer
  )
}
