/**
 * What must run with a cell for it to give what it gives in the whole chapter: its slice. Every earlier cell belongs
 * to it that declares, reassigns or mentions a name that anything in the slice mentions, to a fixed point; so an object
 * that two names share, and a change made through either, is covered. Names that cannot carry a change (see inert.ts)
 * connect nothing by themselves. What names do not show (`eval`, `globalThis`, prototypes) takes everything before it,
 * and everything behind takes it.
 */
import { grouped } from '../base/grouped.ts'
import type { Bundle } from './bundle.ts'
import { type Flat, flatten, type Item, type Unit } from './flat.ts'
import { isQuietGlobal } from './globals.ts'
import { inertNames } from './inert.ts'
import { isTree, type Tree } from './scan.ts'

export interface Slice {
  readonly unit: Unit
  /** Places in the order of units that must run, this one included, ascending. */
  readonly needs: readonly number[]
  /** Why each of the others is needed: a shared name, or what cannot be followed. */
  readonly because: ReadonlyMap<number, string>
  /** The code that the slice reaches outside of cells. */
  readonly reached: readonly Item[]
}

export interface Slices {
  readonly units: readonly Unit[]
  readonly slices: readonly Slice[]
  /** The code of each unit. */
  readonly texts: readonly string[]
}

export interface SliceOptions {
  /** Folders and packages whose modules hold no state that outlives a call: `src/rnn`, `@observablehq/plot`. */
  readonly stateless: readonly string[]
}

/** Undefined when the bundle is not built as expected: then the chapter is one slice. */
export function sliceBundle(bundle: Bundle, { stateless }: SliceOptions): Slices | undefined {
  const files = bundle.inputs.map(i => i.path)
  const flat = flatten(bundle, files)
  if (!flat) return undefined
  const isStateless = ({ file, from }: Item) => {
    const name = file ?? from?.replace(/^npm:/, '')
    return name !== undefined && stateless.some(s => name === s || name.startsWith(`${s}/`))
  }
  const graph = new NameGraph(flat, isStateless)
  const byUnit = grouped(flat.items, i => i.unit)
  const texts = flat.units.map((_, u) => (byUnit.get(u) ?? []).map(i => i.text).join('\n'))
  return { units: flat.units, slices: flat.units.map((_, u) => graph.slice(u)), texts }
}

/** What a unit touches, directly and through the code that it calls. */
interface Reach {
  /** All names, those that connect nothing included: somebody has to declare them. */
  readonly names: ReadonlySet<string>
  /** Names, and hidden things such as the random sequence, through which cells may act on each other. */
  readonly ties: ReadonlySet<string>
  readonly wild: string | undefined
  readonly items: ReadonlySet<Item>
}

class NameGraph {
  readonly #flat: Flat
  readonly #declaring = new Map<string, Item>()
  readonly #inert: ReadonlySet<string>
  readonly #binds: ReadonlySet<string>
  readonly #isStateless: (item: Item) => boolean
  readonly #reach: readonly Reach[]
  readonly #declares: readonly ReadonlySet<string>[]
  /** Statements of modules and packages: those of no cell. */
  readonly #outside: readonly Item[]
  /** What modules do when they load, whoever imports them. */
  readonly #loading: ReadonlySet<Item>

  constructor(flat: Flat, isStateless: (item: Item) => boolean) {
    this.#flat = flat
    this.#isStateless = isStateless
    this.#inert = inertNames(flat.items, isStateless)
    this.#binds = new Set(flat.items.flatMap(i => [...i.binds]))
    for (const item of flat.items) for (const name of item.declares) this.#declaring.set(name, item)
    const byUnit = grouped(flat.items, i => i.unit)
    this.#reach = flat.units.map((_, u) => this.#reachOf(byUnit.get(u) ?? []))
    this.#outside = byUnit.get(undefined) ?? []
    const acting = this.#outside.filter(i => !isStateless(i) && actsOnLoad(i))
    this.#loading = this.#reachOf(acting).items
    this.#declares = flat.units.map((_, u) => new Set((byUnit.get(u) ?? []).flatMap(i => [...i.declares])))
  }

  slice(unit: number): Slice {
    const because = new Map<number, string>()
    const needs = new Set([unit])
    const names = new Set(this.#reach[unit].names)
    const ties = new Set(this.#reach[unit].ties)
    let isWild = this.#reach[unit].wild
    let last = unit
    for (let grew = true; grew; ) {
      grew = false
      for (let j = this.#flat.units.length - 1; j >= 0; j--) {
        if (needs.has(j)) continue
        const reason = j < last ? (isWild ?? this.#tie(j, names, ties)) : this.#declared(j, names)
        if (reason === undefined) continue
        needs.add(j)
        last = Math.max(last, j)
        because.set(j, reason)
        for (const name of this.#reach[j].names) names.add(name)
        for (const tie of this.#reach[j].ties) ties.add(tie)
        isWild ??= this.#reach[j].wild
        grew = true
      }
    }
    const sorted = [...needs].sort((a, b) => a - b)
    const reached = new Set([...this.#loading, ...sorted.flatMap(u => [...this.#reach[u].items])])
    return {
      unit: this.#flat.units[unit],
      needs: sorted,
      because,
      reached: this.#outside.filter(i => reached.has(i)),
    }
  }

  #tie(j: number, names: ReadonlySet<string>, ties: ReadonlySet<string>): string | undefined {
    if (this.#reach[j].wild) return this.#reach[j].wild
    const declared = this.#declared(j, names)
    if (declared !== undefined) return declared
    for (const tie of this.#reach[j].ties) if (ties.has(tie)) return tie
    return undefined
  }

  /** A function may be called above its declaration: what declares a name is needed wherever it stands. */
  #declared(j: number, names: ReadonlySet<string>): string | undefined {
    for (const name of this.#declares[j]) if (names.has(name)) return name
    return undefined
  }

  /** Follows names to their declarations, in cells and modules alike. */
  #reachOf(items: readonly Item[]): Reach {
    const names = new Set<string>()
    const ties = new Set<string>()
    const seen = new Set<Item>()
    const waiting = [...items]
    let wild: string | undefined
    for (let item = waiting.pop(); item; item = waiting.pop()) {
      if (seen.has(item)) continue
      seen.add(item)
      const trusted = this.#isStateless(item)
      if (!trusted) wild ??= item.wild ?? this.#strangerIn(item)
      if (item.random && !trusted) ties.add('Math.random')
      if (item.from !== undefined && !trusted) ties.add('imported packages')
      for (const name of [...item.mentions, ...item.declares]) {
        if (name === 'document' && !this.#binds.has(name) && !trusted) ties.add(name)
        const declaring = this.#declaring.get(name)
        if (!declaring) continue
        names.add(name)
        if (!this.#inert.has(name)) ties.add(name)
        waiting.push(declaring)
      }
    }
    return { names, ties, wild, items: seen }
  }

  /** A global that nobody knows, or a known one that is written to or handed on. */
  #strangerIn({ mentions, escapes, writes }: Item): string | undefined {
    for (const name of mentions) {
      if (this.#declaring.has(name) || this.#binds.has(name)) continue
      if (writes.has(name) || !isQuietGlobal(name, escapes.has(name))) return name
    }
    return undefined
  }
}

/** Statements that do something, and declarations whose value somebody computes. */
function actsOnLoad({ tree, from }: Item): boolean {
  if (from !== undefined) return false
  return tree.type === 'ExpressionStatement' || computes(tree)
}

const actions = new Set([
  ...['CallExpression', 'NewExpression', 'TaggedTemplateExpression', 'AwaitExpression'],
  ...['AssignmentExpression', 'UpdateExpression', 'StaticBlock'],
])

/** Whether evaluating it calls or changes anything; what only a later call would do does not count. */
function computes(statement: Tree): boolean {
  const waiting = [statement]
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (actions.has(node.type)) return true
    if (/Function/.test(node.type)) continue
    const isMember = node.type === 'MethodDefinition' || node.type === 'PropertyDefinition'
    const values = !isMember ? Object.values(node) : node.static === true ? [node.value] : []
    for (const value of values.flat()) if (isTree(value)) waiting.push(value)
  }
  return false
}
