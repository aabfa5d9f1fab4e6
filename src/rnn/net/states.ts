/**
 * One kind of state of all layers, h or c or ∂L/∂ one of them, as callers give and get it: (layers · D, B, H) with D
 * directions, before the first step or after each sequence's last.
 */
import type { Numbers } from '../array/numbers.ts'
import type { Block } from '../kernel/workspace.ts'

/** The slots of a layer's states that its first step reads, and in which a sequence of n steps ends. */
interface Ends {
  readonly startSlot: number
  endSlot(n: number): number
}

export interface Batch {
  readonly B: number
  /** Steps of sequence b */
  lengthOf(b: number): number
}

export class States {
  readonly #layers: readonly Ends[]
  readonly #slots: readonly Block[]
  readonly #first: readonly Block[]
  readonly #batch: Batch
  readonly #H: number

  /** @param slots (T+1, B, H) of each layer; none where cells have no such state */
  constructor(layers: readonly Ends[], slots: readonly (Block | undefined)[], batch: Batch, H: number) {
    const n = batch.B * H
    this.#layers = layers
    this.#slots = slots.flatMap(slot => slot ?? [])
    this.#first = this.#slots.map((slot, i) => slot.part(layers[i].startSlot * n, n))
    this.#batch = batch
    this.#H = H
  }

  /** Sets the states before the first step of every layer; 0 unless given. */
  start(from: Numbers | undefined): void {
    const n = this.#batch.B * this.#H
    for (let i = 0; i < this.#first.length; i++) {
      const first = this.#first[i].numbers
      if (from) for (let k = 0; k < n; k++) first[k] = from[i * n + k]
      else first.fill(0)
    }
  }

  /** Copies the states before the first step of every layer out. */
  takeFirst(to: Numbers): void {
    const n = this.#batch.B * this.#H
    for (let i = 0; i < this.#first.length; i++) {
      const first = this.#first[i].numbers
      for (let k = 0; k < n; k++) to[i * n + k] = first[k]
    }
  }

  /** Copies each sequence's last state out of every layer. */
  takeLast(to: Numbers): void {
    const H = this.#H
    let at = 0
    for (let i = 0; i < this.#slots.length; i++) {
      const states = this.#slots[i].numbers
      for (let b = 0; b < this.#batch.B; b++) {
        const last = this.#lastOf(i, b)
        for (let k = 0; k < H; k++) to[at++] = states[last + k]
      }
    }
  }

  /** Adds to each sequence's last state of layer i what `from` has for it. */
  addLast(from: Numbers, i: number): void {
    const { B } = this.#batch
    const H = this.#H
    const states = this.#slots[i].numbers
    for (let b = 0; b < B; b++) {
      const last = this.#lastOf(i, b)
      for (let k = 0; k < H; k++) states[last + k] += from[(i * B + b) * H + k]
    }
  }

  #lastOf(i: number, b: number): number {
    return (this.#layers[i].endSlot(this.#batch.lengthOf(b)) * this.#batch.B + b) * this.#H
  }
}
