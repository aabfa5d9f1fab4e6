/**
 * Data-parallel training: replicas of one model, each in a thread of its own, learn from different examples and take
 * the mean of their gradients before each update. (Li et al. 2020, "PyTorch Distributed: Experiences on Accelerating
 * Data Parallel Training") A thread does all of a step itself, from making its examples to the loss, so that nothing is
 * copied between threads but gradients.
 *
 * Replicas that start alike stay alike to the last bit: each adds up the same numbers in the same order. From one model
 * that learns from all examples they differ by the rounding of sums.
 */
import { bytesOf, type DType, dtypeOf, type Numbers } from '../array/numbers.ts'
import { expectPositive, expectWhole, fillOptions } from '../array/options.ts'
import { expectSharedMemory } from '../array/sharedMemory.ts'
import { kernel } from '../kernel/kernel.ts'
import { expectFit, noMoments, type Optimizer, zeroState } from '../optim/optimizer.ts'

/** What replicas share: plain data, to be posted to their workers. */
export interface ReplicaMemory {
  readonly replicas: number
  /** Parameters of one replica, all sets together */
  readonly count: number
  readonly dtype: DType
  /** A head for each replica; then gradients, two sets of them, each of all replicas */
  readonly buffer: SharedArrayBuffer
}

/** How many replicas of which model. */
export interface ReplicaMemoryOptions {
  readonly replicas: number
  /** Parameters of one replica, all sets together: `net.params.count + readOut.params.count` */
  readonly count: number
  /** Theirs; float64 unless given */
  readonly dtype?: DType
}

/** How long replicas wait for each other. */
export interface AverageOptions {
  /** Milliseconds until a replica that does not come is an error; 60,000 unless given */
  readonly timeout?: number
}

/** In a replica's head, in words of four bytes: whether it is taken, and how often it has laid numbers out. */
const takenAt = 0
const turnAt = 1
/** A head has a cache line, and the one fetched with it, to itself. */
const headBytes = 128
const headWords = headBytes / 4

/** How often to look before sleeping: for about half a millisecond; waking up takes a tenth of one. */
const looks = 50_000

/**
 * Memory for one training, to be made once and posted to all workers.
 *
 * @throws RangeError for a number out of range; TypeError for an unknown option or dtype; Error in a page that is not
 *   isolated from others
 * @example
 * ```ts
 * const net = new GRU({ inputSize: 4, hiddenSize: 16 })
 * const memory = replicaMemory({ replicas: 2, count: net.params.count })
 * structuredClone(memory).buffer.byteLength === memory.buffer.byteLength // → true
 * ```
 */
export function replicaMemory(options: ReplicaMemoryOptions): ReplicaMemory {
  const { replicas, count, dtype } = fillOptions<Required<ReplicaMemoryOptions>>(options, {
    replicas: Number.NaN,
    count: Number.NaN,
    dtype: 'float64',
  })
  expectWhole('replicas', replicas, 1)
  expectWhole('count', count, 1)
  expectSharedMemory('replicas')
  const buffer = new SharedArrayBuffer(replicas * (headBytes + 2 * count * bytesOf(dtype)))
  return { replicas, count, dtype, buffer }
}

/**
 * g ← the mean of all replicas' g, as the first part of a chain: what comes after it is then the same in all.
 *
 * Each replica has the same parameters to begin with, from the same seed or state, makes the same number of updates,
 * and learns from as many examples in each as the others. It waits in each update for the slowest, and so belongs in a
 * worker. A worker that ends early leaves the others waiting until their timeout: end them when it reports an error.
 *
 * @param replica 0, 1, …: each in one worker
 * @throws RangeError unless 0 <= replica < memory.replicas, or if the timeout is not above 0; TypeError for an unknown
 *   option, or memory that is not shared; Error if this replica is taken, or on a page's own thread. At an update
 *   RangeError or TypeError if the parameters are not as many and of the dtype that the memory is for; RangeError if
 *   replicas start from different parameters; Error if one does not come
 * @example
 * ```ts
 * // One replica alone: its gradient is the mean.
 * const memory = replicaMemory({ replicas: 1, count: 2 })
 * const { init, update } = chain(averageGradients(memory, 0), sgd({ lr: 0.5 }))
 * const values = new Float64Array([0, 0])
 * update(values, new Float64Array([3, 4]), init(2, 'float64'))
 * values // → [-1.5, -2.0]
 * ```
 */
export function averageGradients(
  memory: ReplicaMemory,
  replica: number,
  options: AverageOptions = {},
): Optimizer {
  const { timeout } = fillOptions<Required<AverageOptions>>(options, { timeout: 60_000 })
  const exchange = new Exchange(memory, replica, expectPositive('timeout', timeout))
  let isFirst = true
  return {
    init: (n, dtype) => {
      expectMemoryFor(memory, n, dtype)
      return zeroState([], n, dtype)
    },
    update: (values, grads, state) => {
      expectFit(values, grads, state, noMoments)
      expectMemoryFor(memory, values.length, dtypeOf(values))
      if (isFirst) expectAlike(exchange.swap(values).parts)
      isFirst = false
      average(grads, exchange.swap(grads))
      state.step++
    },
  }
}

/** What all replicas have laid out. */
interface NumberSet {
  /** (replicas, count) */
  readonly all: Numbers
  /** Its rows */
  readonly parts: readonly Numbers[]
}

/**
 * Numbers of all replicas, laid out side by side. Of the two sets each turn takes the other one: a replica writes into a
 * set again only when all have come to the turn after it, and then they have read it.
 */
class Exchange {
  readonly #replica: number
  readonly #timeout: number
  readonly #heads: Int32Array
  readonly #sets: readonly NumberSet[]

  constructor(memory: ReplicaMemory, replica: number, timeout: number) {
    const { replicas, count, dtype, buffer } = memory
    if (!(buffer instanceof SharedArrayBuffer))
      throw new TypeError('memory has no shared buffer, expected what replicaMemory gave, posted as it is')
    if (!(Number.isInteger(replica) && replica >= 0 && replica < replicas))
      throw new RangeError(`replica is ${replica}, expected a whole number from 0 to ${replicas - 1}`)
    this.#replica = replica
    this.#timeout = timeout
    this.#heads = new Int32Array(buffer, 0, replicas * headWords)
    const size = replicas * count
    this.#sets = [0, 1].map(set => {
      const at = replicas * headBytes + set * size * bytesOf(dtype)
      const all =
        dtype === 'float32' ? new Float32Array(buffer, at, size) : new Float64Array(buffer, at, size)
      const parts = Array.from({ length: replicas }, (_, r) => all.subarray(r * count, (r + 1) * count))
      return { all, parts }
    })
    expectMayWait(this.#heads)
    if (Atomics.exchange(this.#heads, replica * headWords + takenAt, 1) === 1)
      throw new Error(`replica ${replica} is taken: expected each once, and new memory for each training`)
  }

  /** Lays out x and waits until all replicas have laid out theirs. @returns those, for as long as the next turn lasts */
  swap(x: Numbers): NumberSet {
    const own = this.#replica * headWords + turnAt
    const turn = Atomics.load(this.#heads, own)
    const set = this.#sets[turn & 1]
    set.parts[this.#replica].set(x)
    // It may overflow: only whether two are the same matters.
    Atomics.add(this.#heads, own, 1)
    Atomics.notify(this.#heads, own)
    for (let r = 0; r < set.parts.length; r++) this.#wait(r, turn)
    return set
  }

  /** Until a replica has laid out its numbers for this turn. By no clock: reading it makes an object. */
  #wait(r: number, turn: number): void {
    const at = r * headWords + turnAt
    for (let i = 0; i < looks; i++) if (Atomics.load(this.#heads, at) !== turn) return
    if (Atomics.wait(this.#heads, at, turn, this.#timeout) === 'timed-out')
      throw new Error(
        `replica ${r} has not come within ${this.#timeout / 1000} s: expected all to make the same updates; ` +
          'perhaps its worker has ended with an error',
      )
  }
}

/** The same sum in the same order for all replicas, and by the kernel: a loop here takes several times as long. */
function average(grads: Numbers, { all, parts: { length: replicas } }: NumberSet): void {
  const n = grads.length
  grads.fill(0)
  kernel.addRowSums(grads, all, replicas, n)
  if (replicas > 1) for (let i = 0; i < n; i++) grads[i] /= replicas
}

/** @throws RangeError naming the first number that two do not share */
function expectAlike([first, ...others]: readonly Numbers[]): void {
  for (const [r, other] of others.entries()) {
    const at = other.findIndex((x, i) => x !== first[i])
    if (at >= 0)
      throw new RangeError(
        `replica ${r + 1} starts from other parameters than replica 0: expected one seed or state for all, got ` +
          `${other[at]} and ${first[at]} at [${at}]`,
      )
  }
}

/** @throws RangeError or TypeError unless the memory is for so many parameters of this dtype */
function expectMemoryFor(memory: ReplicaMemory, n: number, dtype: DType): void {
  if (n !== memory.count)
    throw new RangeError(
      `there are ${n} parameters, expected ${memory.count}, the count of the replicas' memory`,
    )
  if (dtype !== memory.dtype)
    throw new TypeError(
      `parameters are ${dtype}, expected ${memory.dtype}, the dtype of the replicas' memory`,
    )
}

/** @throws Error on a page's own thread, which must not sleep */
function expectMayWait(words: Int32Array): void {
  try {
    // Returns at once: the word is another.
    Atomics.wait(words, takenAt, 2, 0)
  } catch (cause) {
    throw new Error("replicas wait for each other, expected a worker, not a page's own thread", { cause })
  }
}
