/** What a cell binds to a formula's symbols: names in LaTeX → numbers, arrays, tensors, functions. */
import { canonical } from './nodes.ts'
import { nodesOf } from './tree.ts'
import { makeValue, type Value } from './value.ts'

/** A binding that cannot be used. */
export class BindingError extends Error {
  override readonly name = 'BindingError'
}

interface TensorLike {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
}

export type BoundFunction = (...values: unknown[]) => unknown

export class Bindings {
  readonly #bound: ReadonlyMap<string, unknown>
  readonly #used = new Set<string>()

  /** @throws BindingError for a name that is no LaTeX */
  constructor(given: Readonly<Record<string, unknown>>, macros: Readonly<Record<string, string>>) {
    this.#bound = new Map(Object.entries(given).map(([name, value]) => [canonicalName(name, macros), value]))
  }

  get names(): readonly string[] {
    return [...this.#bound.keys()]
  }

  /** Names that nothing has looked for. */
  get unused(): readonly string[] {
    return this.names.filter(name => !this.#used.has(name))
  }

  has(name: string): boolean {
    return this.#bound.has(name)
  }

  /** What is bound to a name. */
  raw(name: string): unknown {
    this.#used.add(name)
    return this.#bound.get(name)
  }

  /** The function bound to a name. */
  function(name: string): BoundFunction | undefined {
    const bound = this.#bound.get(name)
    if (typeof bound !== 'function') return undefined
    this.#used.add(name)
    return bound as BoundFunction
  }
}

/**
 * One spelling for `h_{t-1}`, `h_{t - 1}` and `{h}_{t-1}`. A bare word names a function, `softmax`; `∂a/∂b` stands for
 * `\frac{\partial a}{\partial b}`.
 */
function canonicalName(name: string, macros: Readonly<Record<string, string>>): string {
  if (/^[A-Za-z]{2,}$/.test(name)) return `\\${name}`
  const [, over, under] = /^∂(.+)\/∂(.+)$/.exec(name) ?? []
  const latex = under ? `\\frac{\\partial ${over}}{\\partial ${under}}` : name
  try {
    const text = canonical(nodesOf(latex, macros))
    if (text === '') throw new Error('it is empty')
    return text
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BindingError(`the name ${JSON.stringify(name)} is not a symbol in LaTeX: ${reason}`)
  }
}

/** @throws BindingError for what is not made of finite numbers */
export function toValue(raw: unknown, name: string): Value {
  const { shape, data, single } = numbersOf(raw, name)
  const bad = data.findIndex(x => !Number.isFinite(x))
  if (bad >= 0) throw new BindingError(`${name} holds ${data[bad]}${shape.length > 0 ? ` at ${bad}` : ''}`)
  const largest = data.reduce((max, x) => Math.max(max, Math.abs(x)), 0)
  return makeValue(shape, data, single ? largest * 2 ** -23 : undefined)
}

/** Whether the numbers have only the precision of float32. */
export function isSingle(raw: unknown): boolean {
  return raw instanceof Float32Array || (isTensor(raw) && raw.data instanceof Float32Array)
}

function numbersOf(
  raw: unknown,
  name: string,
): { readonly shape: readonly number[]; readonly data: number[]; readonly single?: boolean } {
  if (typeof raw === 'number') return { shape: [], data: [raw] }
  if (typeof raw === 'boolean') return { shape: [], data: [Number(raw)] }
  if (typeof raw === 'bigint') return { shape: [], data: [Number(raw)] }
  if (isTensor(raw)) return { shape: [...raw.shape], data: Array.from(raw.data), single: isSingle(raw) }
  if (!isList(raw))
    throw new BindingError(
      `${name} is ${raw === null ? 'null' : typeof raw}, expected a number, an array, a tensor or a function`,
    )
  const parts = Array.from(raw, (item, i) => numbersOf(item, `${name}[${i}]`))
  const [first] = parts
  if (!first) throw new BindingError(`${name} is an empty array`)
  const odd = parts.findIndex(p => p.shape.join() !== first.shape.join())
  if (odd >= 0)
    throw new BindingError(
      `${name} is ragged: ${name}[${odd}] has the shape [${parts[odd].shape}], ${name}[0] has [${first.shape}]`,
    )
  const single = isSingle(raw) || parts.some(p => p.single)
  return { shape: [parts.length, ...first.shape], data: parts.flatMap(p => p.data), single }
}

function isTensor(raw: unknown): raw is TensorLike {
  if (typeof raw !== 'object' || raw === null || !('data' in raw) || !('shape' in raw)) return false
  return Array.isArray(raw.shape) && isList(raw.data)
}

function isList(raw: unknown): raw is ArrayLike<unknown> {
  return Array.isArray(raw) || (ArrayBuffer.isView(raw) && !(raw instanceof DataView))
}

/** How many things there are along the first axis; undefined for what has none. */
export function lengthOf(raw: unknown): number | undefined {
  return isTensor(raw) ? raw.shape[0] : isList(raw) ? raw.length : undefined
}

/** The i-th (from 0) along the first axis, or undefined where there is none. */
export function elementOf(raw: unknown, i: number): unknown {
  const n = lengthOf(raw)
  if (n === undefined || !Number.isInteger(i) || i < 0 || i >= n) return undefined
  if (!isTensor(raw)) return (raw as ArrayLike<unknown>)[i]
  const [, ...shape] = raw.shape
  const size = shape.reduce((a, b) => a * b, 1)
  const data = Array.prototype.slice.call(raw.data, i * size, (i + 1) * size) as number[]
  return shape.length === 0 ? data[0] : { data: isSingle(raw) ? Float32Array.from(data) : data, shape }
}

/** The value as the kind of thing that `like` is: what a bound function expects. */
export function rawLike({ shape, data }: Value, like?: unknown): unknown {
  if (shape.length === 0) return data[0]
  if (isTensor(like)) {
    const Class = like.constructor as new (data: ArrayLike<number>, shape: readonly number[]) => unknown
    return Class === Object ? { data, shape } : new Class(data, shape)
  }
  if (ArrayBuffer.isView(like) && shape.length === 1) return data
  const nest = (start: number, [n, ...rest]: readonly number[]): unknown => {
    const size = rest.reduce((a, b) => a * b, 1)
    return Array.from({ length: n }, (_, i) =>
      rest.length === 0 ? data[start + i] : nest(start + i * size, rest),
    )
  }
  return nest(0, shape)
}
