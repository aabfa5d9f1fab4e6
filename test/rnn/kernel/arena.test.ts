/** The arena against a model of it: who has which memory, what is moved out, and that nobody's numbers change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Arena, type Tenant } from '../../../src/rnn/kernel/simd/arena.ts'
import { createSimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { ArenaWorkspace } from '../../../src/rnn/kernel/simd/workspace.ts'
import { always, complaintOf } from '../support.ts'
import { withMemoryUpTo } from './smallMemory.ts'

const page = 65536
const start = 1000
const firstFree = 1024

const createArena = ({ pages = 1, maximum = 200, budget = Infinity } = {}) =>
  new Arena(new WebAssembly.Memory({ initial: pages, maximum }), start, budget)

const createTenant = (bytes: number): Tenant => ({ bytes, at: -1, lastUse: 0 })
const sizeOf = (arena: Arena) => arena.memory.buffer.byteLength
const bytesOf = ({ memory }: Arena, { at, bytes }: { at: number; bytes: number }) =>
  new Uint8Array(memory.buffer, at, bytes)

describe('allocate and free', () => {
  it('give whole cache lines from the first free one on, and the same place again after it was freed', () => {
    const arena = createArena()
    expect([arena.allocate(1), arena.allocate(64), arena.allocate(65)]).toEqual([1024, 1088, 1152])
    expect(arena.taken).toBe(64 + 64 + 128)
    arena.free(1088, 64)
    expect(arena.taken).toBe(64 + 128)
    expect(arena.allocate(128)).toBe(1280)
    expect(arena.allocate(30)).toBe(1088)
  })

  it('join gaps, whatever the order of freeing: all of the memory can be had again in one piece', () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const arena = createArena()
      const whole = page - firstFree
      const sizes = [640, 6400, whole - 7040]
      const places = sizes.map(bytes => arena.allocate(bytes))
      for (const i of order) arena.free(places[i], sizes[i])
      expect(arena.allocate(whole)).toBe(firstFree)
      expect(sizeOf(arena)).toBe(page)
    }
  })

  it('grow the memory by half of it at least, and by what is needed', () => {
    const arena = createArena({ pages: 4 })
    arena.allocate(4 * page)
    expect(sizeOf(arena)).toBe(6 * page)
    arena.allocate(5 * page)
    expect(sizeOf(arena)).toBe(10 * page)
    arena.allocate(5 * page)
    expect(sizeOf(arena)).toBe(15 * page)
  })

  it('use the gap at the end when they grow', () => {
    const arena = createArena({ pages: 4, maximum: 5 })
    arena.allocate(2 * page)
    expect(arena.allocate(3 * page - firstFree)).toBe(firstFree + 2 * page)
    expect(sizeOf(arena)).toBe(5 * page)
  })

  it('take less than half where there is not more, and say so where even that is too much', () => {
    const arena = createArena({ pages: 32, maximum: 40 })
    const first = 32 * page - firstFree
    arena.allocate(first)
    arena.allocate(8 * page)
    expect(sizeOf(arena)).toBe(40 * page)
    arena.free(firstFree, first)
    expect(complaintOf(() => arena.allocate(48 * page))).toBe(
      "RangeError: the kernel's memory is full: 1 MB are in use and 3 MB more cannot be had, expected fewer or shorter sequences, or truncation",
    )
    expect(arena.allocate(first)).toBe(firstFree)
  })
})

describe('tenants', () => {
  const withNumber = (arena: Arena, bytes: number, x: number) => {
    const tenant = createTenant(bytes)
    arena.use(tenant)
    bytesOf(arena, tenant).fill(x)
    return tenant
  }

  it('begin with zeros, where others have been', () => {
    const arena = createArena()
    arena.release(withNumber(arena, 640, 7))
    const tenant = createTenant(640)
    arena.use(tenant)
    expect(tenant.at).toBe(firstFree)
    expect(bytesOf(arena, tenant).every(x => x === 0)).toBe(true)
  })

  it('that were used longest ago are moved out, as many as the budget needs, and come back unchanged', () => {
    const arena = createArena({ budget: 6400 })
    const tenants = [1, 2, 3, 4, 5, 6].map(x => withNumber(arena, 1024, x))
    arena.use(tenants[0])
    withNumber(arena, 1920, 7)
    expect(tenants.map(t => t.at >= 0)).toEqual([true, false, false, true, true, true])
    for (const [i, tenant] of tenants.entries()) {
      arena.use(tenant)
      expect(bytesOf(arena, tenant).every(x => x === i + 1)).toBe(true)
      expect(arena.taken).toBeLessThanOrEqual(6400)
    }
  })

  it('of one operation stay, three beside the one that comes, whatever the budget', () => {
    const arena = createArena({ budget: 0 })
    const tenants = [1, 2, 3, 4, 5].map(x => withNumber(arena, 640, x))
    expect(tenants.map(t => t.at >= 0)).toEqual([false, true, true, true, true])
  })

  it('that were released are forgotten: no memory is taken, nothing comes back', () => {
    const arena = createArena({ budget: 0 })
    const tenants = [1, 2, 3, 4, 5].map(x => withNumber(arena, 640, x))
    for (const tenant of tenants) arena.release(tenant)
    expect(arena.taken).toBe(0)
    arena.use(tenants[0])
    expect(bytesOf(arena, tenants[0]).every(x => x === 0)).toBe(true)
  })

  it('are moved out when the memory is full, whatever the budget', () => {
    const arena = createArena({ pages: 1, maximum: 1 })
    const tenants = Array.from({ length: 20 }, (_, i) => withNumber(arena, page / 8, i))
    for (const [i, tenant] of tenants.entries()) {
      arena.use(tenant)
      expect(bytesOf(arena, tenant).every(x => x === i)).toBe(true)
    }
  })

  it('stay outside and whole when there is no memory to come back to', () => {
    const arena = createArena({ pages: 1, maximum: 1, budget: 0 })
    const first = withNumber(arena, 19_200, 1)
    const others = [2, 3, 4, 5].map(x => withNumber(arena, 640, x))
    arena.allocate(19_200 - 640)
    const rest = page - firstFree - arena.taken
    const at = arena.allocate(rest)
    expect(complaintOf(() => arena.use(first))).toContain("RangeError: the kernel's memory is full")
    arena.free(at, rest)
    for (const [i, tenant] of [first, ...others].entries()) {
      arena.use(tenant)
      expect(bytesOf(arena, tenant).every(x => x === i + 1)).toBe(true)
    }
  })
})

/** What may happen to an arena; `which` counts modulo what there is. */
type Event =
  | { readonly kind: 'allocate' | 'admit'; readonly bytes: number }
  | { readonly kind: 'free' | 'use' | 'release' | 'write'; readonly which: number }

const events: fc.Arbitrary<Event> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('allocate', 'admit'),
    bytes: fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 1, max: 2 * page })),
  }),
  fc.record({ kind: fc.constantFrom('free', 'use', 'use', 'use', 'release', 'write'), which: fc.nat(50) }),
)

/** Runs events on an arena and on a model, which knows each one's content, and holds the two together after each. */
class Modelled {
  readonly arena: Arena
  readonly budget: number
  readonly places: { at: number; bytes: number; content: number }[] = []
  readonly tenants: { tenant: Tenant; content: number }[] = []
  /** Those used last, which the budget does not cover. */
  readonly recent: Tenant[] = []
  #content = 0

  constructor(budget: number) {
    this.budget = budget
    this.arena = createArena({ maximum: 65536, budget })
  }

  run(event: Event): void {
    const { arena, places, tenants } = this
    switch (event.kind) {
      case 'allocate': {
        const place = { at: arena.allocate(event.bytes), bytes: event.bytes, content: this.#next() }
        places.push(place)
        bytesOf(arena, place).fill(place.content)
        return
      }
      case 'admit':
        tenants.push({ tenant: createTenant(event.bytes), content: 0 })
        return
      case 'free': {
        if (places.length === 0) return
        const [place] = places.splice(event.which % places.length, 1)
        arena.free(place.at, place.bytes)
        return
      }
      case 'use':
      case 'write': {
        if (tenants.length === 0) return
        const entry = tenants[event.which % tenants.length]
        this.#use(entry.tenant)
        if (event.kind === 'use') return
        entry.content = this.#next()
        bytesOf(arena, entry.tenant).fill(entry.content)
        return
      }
      case 'release': {
        if (tenants.length === 0) return
        const [{ tenant }] = tenants.splice(event.which % tenants.length, 1)
        arena.release(tenant)
        return
      }
      default:
        event satisfies never
    }
  }

  #use(tenant: Tenant): void {
    const wasOut = tenant.at < 0
    this.arena.use(tenant)
    const last = this.recent.filter(t => t !== tenant).slice(-3)
    this.recent.splice(0, Infinity, ...last, tenant)
    if (!wasOut) return
    // Whoever could go is gone, or the budget is kept.
    const couldGo = this.tenants.filter(t => t.tenant.at >= 0 && !this.recent.includes(t.tenant))
    if (couldGo.length > 0) expect(this.arena.taken).toBeLessThan(this.budget + 64)
  }

  #next(): number {
    this.#content = (this.#content % 255) + 1
    return this.#content
  }

  check(): void {
    const { arena, places, tenants } = this
    const inside = [
      ...places,
      ...tenants.map(t => ({ ...t.tenant, content: t.content })).filter(t => t.at >= 0),
    ]
    const spans = inside
      .map(({ at, bytes }) => [at, at + Math.ceil(bytes / 64) * 64] as const)
      .toSorted((a, b) => a[0] - b[0])
    let end = firstFree
    for (const [from, to] of spans) {
      expect(from % 64).toBe(0)
      expect(from).toBeGreaterThanOrEqual(end)
      end = to
    }
    expect(end).toBeLessThanOrEqual(sizeOf(arena))
    expect(arena.taken).toBe(spans.reduce((sum, [from, to]) => sum + to - from, 0))
    for (const span of inside) expect(isFilled(bytesOf(arena, span), span.content)).toBe(true)
    for (const { tenant, content } of tenants)
      if (tenant.kept) expect(isFilled(tenant.kept, content)).toBe(true)
  }

  /** Gives all back; then all memory must be one gap. */
  clear(): void {
    const { arena, places, tenants } = this
    for (const { at, bytes } of places) arena.free(at, bytes)
    for (const { tenant } of tenants) arena.release(tenant)
    expect(arena.taken).toBe(0)
    const before = sizeOf(arena)
    expect(arena.allocate(before - firstFree)).toBe(firstFree)
    expect(sizeOf(arena)).toBe(before)
  }
}

function isFilled(bytes: Uint8Array, content: number): boolean {
  let i = 0
  while (i < bytes.length && bytes[i] === content) i++
  return i === bytes.length
}

it('whatever happens, spans never overlap, contents stay, the budget is kept, and all memory can be had back', () => {
  const budgets = fc.constantFrom(0, 3000, 100_000, Infinity)
  always(
    fc.property(budgets, fc.array(events, { maxLength: 60 }), (budget, drawn) => {
      const modelled = new Modelled(budget)
      for (const event of drawn) {
        modelled.run(event)
        modelled.check()
      }
      modelled.clear()
    }),
    200,
  )
})

describe('a workspace', () => {
  it('lays its blocks out one after another, each from a cache line on, and all begin with zeros', () => {
    const arena = createArena()
    const { blocks, bytes } = new ArenaWorkspace(arena, { a: 3, b: 20, none: 0, c: 1 }, 'float32')
    const { a, b, none, c } = blocks
    let end = firstFree
    for (const block of [a, b, none, c]) {
      expect(block.address).toBeGreaterThanOrEqual(end)
      expect(block.address % 64).toBe(0)
      end = block.address + 4 * block.length
    }
    expect(end).toBeLessThanOrEqual(firstFree + bytes)
    expect([...b.numbers]).toEqual(Array<number>(20).fill(0))
    expect(b.numbers).toBeInstanceOf(Float32Array)
    expect(arena.taken).toBe(bytes)
  })

  it('lets no two of eight blocks of whole pages begin at the same place of a page', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
    const sizes = Object.fromEntries(names.map(name => [name, 512]))
    const { blocks } = new ArenaWorkspace(createArena(), sizes, 'float64')
    expect(new Set(names.map(name => blocks[name].address % 4096)).size).toBe(8)
  })

  it('has parts that are the same numbers', () => {
    for (const dtype of ['float64', 'float32'] as const) {
      const { blocks } = new ArenaWorkspace(createArena(), { a: 10 }, dtype)
      const part = blocks.a.part(2, 5)
      blocks.a.numbers.set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect([...part.numbers]).toEqual([2, 3, 4, 5, 6])
      part.part(1, 2).numbers[0] = 30
      expect(blocks.a.numbers[3]).toBe(30)
      expect([part.length, part.dtype]).toEqual([5, dtype])
    }
  })

  it('has its numbers after the memory grew, and after it was moved out and back to another place', () => {
    const arena = createArena({ budget: 0 })
    const space = new ArenaWorkspace(arena, { a: 4 }, 'float64')
    const { a } = space.blocks
    const part = a.part(1, 2)
    const before = a.numbers
    before.set([1, 2, 3, 4])
    arena.allocate(page)
    expect(before).toHaveLength(0)
    expect([...a.numbers, ...part.numbers]).toEqual([1, 2, 3, 4, 2, 3])
    const { address } = a
    for (let i = 0; i < 5; i++) new ArenaWorkspace(arena, { other: 8 }, 'float64').use()
    expect(space.at).toBe(-1)
    expect([...part.numbers, ...a.numbers]).toEqual([2, 3, 1, 2, 3, 4])
    expect(a.address).not.toBe(address)
  })

  it('of a kernel keeps its numbers while products of plain arrays make the memory grow', () => {
    const kernel = createSimdKernel()
    const { blocks } = kernel.workspace({ a: 4 }, 'float64')
    blocks.a.numbers.set([1, 2, 3, 4])
    const before = kernel.arena.memory.buffer.byteLength
    const n = 600
    const [C, A, B] = [0, 1, 2].map(x => new Float64Array(n * n).fill(x))
    kernel.addAB(C, A, B, n, n, n)
    expect(kernel.arena.memory.buffer.byteLength).toBeGreaterThan(before)
    expect(C.every(x => x === 2 * n)).toBe(true)
    expect([...blocks.a.numbers]).toEqual([1, 2, 3, 4])
  })

  it('is nowhere near the place for plain arrays, even after a product for which there was no memory', () => {
    const kernel = withMemoryUpTo(64, () => createSimdKernel(), { isCut: true })
    const add = (n: number) => {
      const [C, A, B] = [0, 1, 2].map(x => new Float64Array(n * n).fill(x))
      kernel.addAB(C, A, B, n, n, n)
      return C.every(x => x === 2 * n)
    }
    expect(add(50)).toBe(true)
    expect(complaintOf(() => add(600))).toContain("the kernel's memory is full")
    const { a } = kernel.workspace({ a: 4000 }, 'float64').blocks
    a.numbers.fill(7)
    expect(add(50)).toBe(true)
    expect(a.numbers.every(x => x === 7)).toBe(true)
  })

  it('that is released gives all of its memory back', () => {
    const { arena } = createSimdKernel()
    const space = new ArenaWorkspace(arena, { a: 100, b: 3 }, 'float64')
    space.use()
    expect(arena.taken).toBeGreaterThanOrEqual(8 * 103)
    space.release()
    space.release()
    expect(arena.taken).toBe(0)
  })
})
