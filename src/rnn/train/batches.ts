/**
 * Minibatches: which examples are learnt from together, and in which order. They are numbers of examples, not the
 * examples: the caller knows whether `i` is a row of a tensor or a sequence to be padded.
 */
import { expectWhole, fillOptions } from '../array/options.ts'
import { Random, type RandomState } from '../array/random.ts'
import { bucketByLength } from '../features/sequences.ts'

/** How examples are put together. */
export interface BatchesOptions {
  /** How many examples there are */
  readonly count?: number
  /** Instead of `count`, the lengths of all sequences: those of nearly equal length come together */
  readonly lengths?: readonly number[]
  readonly batchSize: number
  /** A new random order in every epoch, unless false */
  readonly shuffle?: boolean
  /** Leave out what does not fill a whole batch, another rest in every epoch; false unless given */
  readonly dropLast?: boolean
  /** Of the order; 0 unless given */
  readonly seed?: number
}

/** Where a run through the batches stands, as plain data that survives `structuredClone` and JSON. */
export interface BatchesState {
  /** 1 in the first epoch, 0 before it */
  readonly epoch: number
  /** Batches of this epoch that have been taken */
  readonly position: number
  /** The generator as it was before it drew this epoch's order */
  readonly random: RandomState
}

type Batch = readonly number[]

/**
 * Each epoch has every example once, in `perEpoch` batches. A loop over it is one epoch, or what is left of it; `take`
 * gives one batch after another without end. One batch of an epoch may be smaller than the others.
 *
 * @throws RangeError for a number that is out of range or an epoch without a batch; TypeError for an unknown option, or
 *   unless there is either a count or lengths
 * @example
 * ```ts
 * const batches = new Batches({ count: 5, batchSize: 2, seed: 1 })
 * const [first, second] = [[...batches], [...batches]]
 * first // → [[0, 2], [3, 4], [1]]
 * second // → [[4, 2], [0, 3], [1]]
 *
 * const inOrder = new Batches({ count: 5, batchSize: 2, shuffle: false })
 * inOrder.take() // → [0, 1]
 * inOrder.take() // → [2, 3]
 * inOrder.state.position // → 2
 * ```
 */
export class Batches implements Iterable<Batch> {
  /** How many batches one epoch has */
  readonly perEpoch: number
  readonly #random: Random
  readonly #draw: (random: Random) => Batch[]
  #start: RandomState
  #order: readonly Batch[] = []
  #epoch = 0
  #position = 0

  constructor(options: BatchesOptions) {
    const { count, lengths, batchSize, shuffle, dropLast, seed } = fillOptions<Filled>(options, defaults)
    expectWhole('batchSize', batchSize, 1)
    if ((count === undefined) === (lengths === undefined))
      throw new TypeError(`expected either count or lengths, got ${count === undefined ? 'neither' : 'both'}`)
    if (lengths && !shuffle)
      throw new TypeError('lengths expects batches in random order, got shuffle: false')
    const examples = lengths ? lengths.length : expectWhole('count', Number(count), 1)
    this.perEpoch = dropLast ? Math.floor(examples / batchSize) : Math.ceil(examples / batchSize)
    if (this.perEpoch === 0)
      throw new RangeError(`expected examples for one batch of ${batchSize}, got ${examples}`)
    this.#random = new Random(seed)
    this.#start = this.#random.state
    this.#draw = random => {
      const order = () => (shuffle ? random.permutation(examples) : [...Array(examples).keys()])
      const all = lengths ? bucketByLength(lengths, batchSize, random) : cut(order(), batchSize)
      return dropLast ? all.filter(batch => batch.length === batchSize) : all
    }
  }

  /** The epoch that the last batch taken is of: 1 in the first, 0 before it. */
  get epoch(): number {
    return this.#epoch
  }

  /** The next batch, after an epoch's last the first of a new one. */
  take(): Batch {
    if (this.#position === this.#order.length) {
      this.#start = this.#random.state
      this.#order = this.#draw(this.#random)
      this.#position = 0
      this.#epoch++
    }
    return this.#order[this.#position++]
  }

  *[Symbol.iterator](): Generator<Batch, void> {
    do yield this.take()
    while (this.#position < this.perEpoch)
  }

  get state(): BatchesState {
    return { epoch: this.#epoch, position: this.#position, random: this.#start }
  }

  /**
   * Goes on from a saved state, with the options it was saved with. The order is not in it: it is drawn again.
   *
   * @throws RangeError if the state cannot be one of these batches; then nothing has changed
   */
  set state({ epoch, position, random }: BatchesState) {
    expectWhole('epoch', epoch, 0)
    expectWhole('position', position, 0)
    const last = epoch === 0 ? 0 : this.perEpoch
    if (position > last)
      throw new RangeError(`position is ${position}, expected 0 to ${last} in epoch ${epoch}`)
    this.#random.state = random
    this.#start = random
    this.#order = epoch === 0 ? [] : this.#draw(this.#random)
    this.#epoch = epoch
    this.#position = position
  }
}

type Filled = Required<Omit<BatchesOptions, 'count' | 'lengths'>> & Pick<BatchesOptions, 'count' | 'lengths'>

const defaults: Filled = {
  count: undefined,
  lengths: undefined,
  batchSize: Number.NaN,
  shuffle: true,
  dropLast: false,
  seed: 0,
}

function cut(order: readonly number[], batchSize: number): Batch[] {
  const starts = Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) => i * batchSize)
  return starts.map(start => order.slice(start, start + batchSize))
}
