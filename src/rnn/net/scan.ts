/**
 * The diagonal linear recurrence h_t = a_t ⊙ h_{t-1} + b_t, step by step or without a loop over time.
 *
 * Doing (a, b) first and (a', b') after it is a step of the same kind, (a, b) ∘ (a', b') = (a'a, a'b + b'), and ∘ is
 * associative: steps may be joined in any grouping (Blelloch 1990, "Prefix sums and their applications"; for networks
 * Martin and Cundy 2018, "Parallelizing linear recurrent neural nets over sequence length"). The grouping here is
 * recursive doubling (Kogge and Stone 1973): at each level every step is joined with what ends `reach` steps before
 * it, and reach doubles. All of a level can be done at once, so that with enough processors time is the number of
 * levels, ⌈log₂(T + 1)⌉ and not T. The price is work, some log₂ T times as much: on one processor the loop is faster.
 */
import { expectFinite } from '../array/finite.ts'
import { allocate, dtypeOf, type Numbers } from '../array/numbers.ts'
import { expectWhole, fillOptions } from '../array/options.ts'
import { formatShape, type Shape, sameShape, sizeOf } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** One step after another, or all steps of a level at once. */
export type ScanMode = 'loop' | 'scan'

/** How the recurrence is computed. */
export interface ScanOptions {
  /** 'loop' unless given */
  readonly mode?: ScanMode
}

/** How it is computed, and where it begins. */
export interface RecurrenceOptions extends ScanOptions {
  /** (…) the state before the first step; zero unless given */
  readonly h0?: Tensor
}

/** All states of a recurrence. */
export interface RecurrenceStates {
  /** (T+1, …) h_0 … h_T: row(t) is h_t */
  readonly states: Tensor
  /** How many operations had to wait for one another: T in the loop, `scanDepth(T)` in the scan */
  readonly depth: number
}

/** What the way back through a recurrence gives. */
export interface RecurrenceGradients {
  /** (T, …) ∂L/∂a_t; row 0 is step 1 */
  readonly da: Tensor
  /** (T, …) ∂L/∂b_t; row 0 is step 1 */
  readonly db: Tensor
  /** (…) */
  readonly dh0: Tensor
  /** As on the way forward */
  readonly depth: number
}

/**
 * h_t = a_t ⊙ h_{t-1} + b_t for t = 1 … T. Both modes give the same up to rounding.
 *
 * @param a (T, …) factors: time first, and whatever stands behind it, say (T, B, H), is element by element
 * @param b (T, …) in the shape of a
 * @throws RangeError if a shape does not fit, a number is not finite, or a result would not be; the scan also
 *   multiplies the a's with one another, so it overflows earlier if they are large. TypeError if the dtypes differ,
 *   or for an unknown mode
 * @example
 * ```ts
 * const a = Tensor.from([0.5, 0.5, 2, 0])
 * const b = Tensor.from([1, 1, 1, 1])
 * linearRecurrence(a, b).states // → [0, 1, 1.5, 4, 1]
 * linearRecurrence(a, b, { h0: Tensor.from(8), mode: 'scan' }).states // → [8, 5, 3.5, 8, 1]
 * linearRecurrence(a, b).depth // → 4
 * linearRecurrence(a, b, { mode: 'scan' }).depth // → 3
 * ```
 */
export function linearRecurrence(a: Tensor, b: Tensor, options: RecurrenceOptions = {}): RecurrenceStates {
  const { h0, mode } = fillOptions<RecurrenceOptions & Required<ScanOptions>>(options, {
    h0: undefined,
    mode: 'loop',
  })
  const run = runs[expectMode(mode)]
  if (a.shape.length === 0) throw new RangeError('a has shape [], expected [T, ...]')
  const [T, ...inner] = a.shape
  expectFinite(a, 'a')
  expectLike(b, 'b', a.shape, a)
  if (h0) expectLike(h0, 'h0', inner, a)
  const states = Tensor.zeros([T + 1, ...inner], a.dtype)
  if (h0) states.data.set(h0.data)
  states.data.set(b.data, sizeOf(inner))
  const depth = run(states.data, a.data, sizeOf(inner))
  expectFinite(states, 'states')
  return { states, depth }
}

/**
 * The way back, which is the same recurrence in reversed time, and so has a scan as well:
 *
 *     dh_{t-1} = (loss at t-1) + a_t ⊙ dh_t        t = T … 1
 *     da_t     = dh_t ⊙ h_{t-1}
 *     db_t     = dh_t
 *
 * @param a (T, …) as on the way forward
 * @param states (T+1, …) what that gave
 * @param dStates (T+1, …) ∂L/∂h_t from the loss at each step alone
 * @throws RangeError if a shape does not fit, a number is not finite, or a result would not be; TypeError if the
 *   dtypes differ, or for an unknown mode
 * @example
 * ```ts
 * const a = Tensor.from([3, 0.5, 2])
 * const { states } = linearRecurrence(a, Tensor.from([1, 1, 1]), { h0: Tensor.from(1) })
 * const dStates = Tensor.from([0, 0, 0, 1]) // L = h_3
 * const { da, db, dh0 } = linearRecurrenceBackward(a, states, dStates, { mode: 'scan' })
 * db // → [1, 2, 1]
 * da // → [1, 8, 3]
 * dh0 // → 3
 * ```
 */
export function linearRecurrenceBackward(
  a: Tensor,
  states: Tensor,
  dStates: Tensor,
  options: ScanOptions = {},
): RecurrenceGradients {
  const { mode } = fillOptions<Required<ScanOptions>>(options, { mode: 'loop' })
  const run = runs[expectMode(mode)]
  if (a.shape.length === 0) throw new RangeError('a has shape [], expected [T, ...]')
  const [T, ...inner] = a.shape
  expectFinite(a, 'a')
  expectLike(states, 'states', [T + 1, ...inner], a)
  expectLike(dStates, 'dStates', [T + 1, ...inner], a)
  const reversed = inReversedTime(dStates)
  const depth = run(reversed.data, inReversedTime(a).data, sizeOf(inner))
  const dh = inReversedTime(reversed)
  expectFinite(dh, 'dh')
  const db = dh.slice(1)
  const da = db.mul(states.slice(0, T))
  expectFinite(da, 'da')
  return { da, db, dh0: dh.row(0), depth }
}

/**
 * ⌈log₂(T + 1)⌉, the levels of the scan over T steps: h_T is made of T + 1 things, h_0 and b_1 … b_T, and each level
 * at most doubles how many have come together. The loop has T levels.
 *
 * @throws RangeError unless T is a whole number from 0
 * @example
 * ```ts
 * scanDepth(1) // → 1
 * scanDepth(100) // → 7
 * scanDepth(1023) // → 10
 * scanDepth(1024) // → 11
 * ```
 */
export function scanDepth(T: number): number {
  expectWhole('T', T, 0)
  let depth = 0
  for (let together = 1; together < T + 1; together *= 2) depth++
  return depth
}

/**
 * Makes h_0 … h_T of h = [h_0, b_1, …, b_T], in place, and says how many operations had to wait for one another.
 * a (T, W), h (T+1, W)
 */
type Run = (h: Numbers, a: Numbers, W: number) => number

const runs: Readonly<Record<ScanMode, Run>> = { loop: runLoop, scan: runScan }

function runLoop(h: Numbers, a: Numbers, W: number): number {
  let depth = 0
  for (let t = W; t < h.length; t += W, depth++) for (let k = t; k < t + W; k++) h[k] += a[k - W] * h[k - W]
  return depth
}

/**
 * Before the level with this reach, (A, h) at t is the join of the `reach` steps that end there. The inner loop is
 * what can be done at once: k runs down so that it reads only what the level before has left, as on a machine that
 * did all k in one go.
 */
function runScan(h: Numbers, a: Numbers, W: number): number {
  // h_0 depends on nothing before it: its factor is 0.
  const A = allocate(h.length, dtypeOf(h))
  A.set(a, W)
  let depth = 0
  for (let reach = W; reach < h.length; reach *= 2, depth++)
    for (let k = h.length - 1; k >= reach; k--) {
      h[k] += A[k] * h[k - reach]
      A[k] *= A[k - reach]
    }
  return depth
}

/** @throws TypeError unless it is one of the two, whatever the compiler was told */
export function expectMode(mode: ScanMode): ScanMode {
  if (!Object.hasOwn(runs, mode)) throw new TypeError(`unknown mode: ${mode}, expected 'loop' or 'scan'`)
  return mode
}

/** The rows from the last to the first, as a copy. */
function inReversedTime(x: Tensor): Tensor {
  const reversed = Tensor.zeros(x.shape, x.dtype)
  const width = sizeOf(x.shape.slice(1))
  for (let from = 0; from < x.data.length; from += width)
    reversed.data.set(x.data.subarray(from, from + width), x.data.length - width - from)
  return reversed
}

function expectLike(x: Tensor, name: string, shape: Shape, { dtype }: Tensor): void {
  if (!sameShape(x.shape, shape))
    throw new RangeError(`${name} has shape ${formatShape(x.shape)}, expected ${formatShape(shape)}`)
  if (x.dtype !== dtype) throw new TypeError(`${name} is ${x.dtype}, expected ${dtype}`)
  expectFinite(x, name)
}
