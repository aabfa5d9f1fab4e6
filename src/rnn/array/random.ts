/**
 * Seeded random numbers. Generator: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47(4), 2021), period 2^128 - 1, seeded through SplitMix64 (Steele, Lea and Flood 2014) as
 * its authors advise.
 *
 * Guaranteed: the same seed and the same calls give the same bits in every JavaScript engine. All is made of
 * integer arithmetic, + - * / and Math.sqrt, which the language fixes to the last bit; Math.log and Math.sin are
 * not used, because engines may round them differently.
 */
import { Tensor } from './tensor.ts'

/** Four 32-bit words, not all zero. */
export type RandomState = readonly [number, number, number, number]

/**
 * @example
 * ```ts
 * const random = new Random(1)
 * random.uniform() // → 0.394672
 * random.integer(6) // → 1
 * random.shuffle(['a', 'b', 'c']) // → ['b', 'a', 'c']
 *
 * const saved = random.state
 * const next = random.normal()
 * Random.fromState(saved).normal() === next // → true
 * ```
 */
export class Random {
  readonly #state: Uint32Array

  /** @throws RangeError unless the seed is a whole number of at most 2^53 - 1, or a bigint (taken modulo 2^64) */
  constructor(seed: number | bigint = 0) {
    if (typeof seed === 'number' && !Number.isSafeInteger(seed))
      throw new RangeError(`expected a seed that is a whole number, got ${seed}`)
    this.#state = splitMix64(BigInt(seed))
  }

  /**
   * A generator that goes on from a saved `state`.
   *
   * @throws RangeError unless these are four whole numbers from 0 to 2^32 - 1, not all zero
   */
  static fromState(words: RandomState): Random {
    const random = new Random()
    random.state = words
    return random
  }

  /**
   * A copy of all that the generator is; it survives JSON. Go on from it later with `fromState`, or set it in a generator
   * that others hold already.
   *
   * @throws RangeError when set, unless these are four whole numbers from 0 to 2^32 - 1, not all zero
   */
  get state(): RandomState {
    const [a, b, c, d] = this.#state
    return [a, b, c, d]
  }

  set state(words: RandomState) {
    const isWord = (word: number) => Number.isInteger(word) && word >= 0 && word <= 0xffffffff
    if (words.length !== 4 || !words.every(isWord) || words.every(word => word === 0))
      throw new RangeError(`expected four 32-bit words, not all zero, got [${[...words].join(', ')}]`)
    this.#state.set(words)
  }

  /** The next 32 random bits, as a whole number from 0 to 2^32 - 1. */
  next(): number {
    const s = this.#state
    const bits = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0
    const t = s[1] << 9
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotateLeft(s[3], 11)
    return bits
  }

  /** From low up to, not with, high; 53 random bits. */
  uniform(low = 0, high = 1): number {
    const fraction = ((this.next() >>> 5) * 0x4000000 + (this.next() >>> 6)) / 0x20000000000000
    return low + (high - low) * fraction
  }

  /** One of 0 … n-1, each equally likely. @throws RangeError unless n is a whole number from 1 to 2^32 */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 0x100000000)
      throw new RangeError(`expected n to be a whole number from 1 to 2^32, got ${n}`)
    const fair = 0x100000000 - (0x100000000 % n)
    let bits = this.next()
    while (bits >= fair) bits = this.next()
    return bits % n
  }

  /** One of the items, each equally likely. @throws RangeError if there is none */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('expected at least one item to choose from')
    return items[this.integer(items.length)]
  }

  /** Gaussian, by the polar method (Marsaglia and Bray 1964); its second number is not kept. */
  normal(mean = 0, std = 1): number {
    for (;;) {
      const u = this.uniform(-1, 1)
      const v = this.uniform(-1, 1)
      const r = u * u + v * v
      if (r < 1 && r > 0) return mean + std * u * Math.sqrt((-2 * log(r)) / r)
    }
  }

  /** Mixes an array in place, every order equally likely (Fisher and Yates; Durstenfeld 1964), and returns it. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      ;[items[i], items[j]] = [items[j], items[i]]
    }
    return items
  }

  /** The numbers 0 … n-1 in random order. */
  permutation(n: number): number[] {
    return this.shuffle([...Array(n).keys()])
  }

  /**
   * A generator of its own, seeded with 64 bits of this one: what is drawn from one does not move the other, so that
   * an experiment may draw more data without changing its initial weights.
   */
  split(): Random {
    return new Random((BigInt(this.next()) << 32n) | BigInt(this.next()))
  }

  /**
   * Q (rows, columns) with orthonormal columns, or orthonormal rows if there are more columns than rows, drawn evenly
   * from all such matrices: Gram-Schmidt on Gaussian vectors (Mezzadri 2007), twice, because once loses digits.
   */
  orthogonal(rows: number, columns = rows): Tensor {
    if (columns > rows) return this.orthogonal(columns, rows).transpose()
    const basis: Tensor[] = []
    while (basis.length < columns) {
      let q = Tensor.generate([rows], () => this.normal())
      for (const e of [...basis, ...basis]) q = q.sub(e.mul(e.dot(q)))
      basis.push(q.mul(1 / q.norm()))
    }
    return new Tensor(
      basis.flatMap(q => [...q.data]),
      [columns, rows],
    ).transpose()
  }
}

/** The first four 32-bit words that SplitMix64 makes of a seed, low word first. */
function splitMix64(seed: bigint): Uint32Array {
  const words = new Uint32Array(4)
  let x = seed
  for (let i = 0; i < 4; i += 2) {
    x += 0x9e3779b97f4a7c15n
    let z = BigInt.asUintN(64, x)
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
    z ^= z >> 31n
    words[i] = Number(z & 0xffffffffn)
    words[i + 1] = Number(z >> 32n)
  }
  return words
}

function rotateLeft(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k))
}

/**
 * ln x for 0 < x < 1, within 2 ulp: x = m 2^e with m in [√½, √2], and ln m = 2 artanh s with s = (m - 1)/(m + 1),
 * whose series is cut where |s| < 0.172 no longer matters.
 */
function log(x: number): number {
  let m = x
  let e = 0
  for (; m < Math.SQRT1_2; m *= 2) e--
  const s = (m - 1) / (m + 1)
  let series = 0
  for (let k = 21; k >= 3; k -= 2) series = (series + 1 / k) * s * s
  return e * Math.LN2 + 2 * s * (1 + series)
}
