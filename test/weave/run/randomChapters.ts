/**
 * Chapters by chance: cells that share, alias, change, capture and reassign things in every way that hides a
 * dependency, and edits of them.
 */
import fc from 'fast-check'

/** One statement, by its kind; numbers choose among the names that exist. */
export interface Step {
  readonly kind: (typeof kinds)[number]
  readonly a: number
  readonly b: number
}

export interface CellPlan {
  readonly steps: readonly Step[]
  /** What the cell shows. */
  readonly shows: readonly number[]
  readonly isInline: boolean
}

const kinds = [
  ...(['number', 'list', 'box', 'alias', 'push', 'put', 'reassign', 'closure', 'call', 'helper'] as const),
  ...([
    'random',
    'count',
    'remember',
    'class',
    'static',
    'tag',
    'stash',
    'unstash',
    'patch',
    'nest',
  ] as const),
  ...(['destructure', 'constant', 'pure', 'setter', 'using'] as const),
] as const

const step = fc.record({
  kind: fc.constantFrom(...kinds),
  a: fc.nat({ max: 6 }),
  b: fc.nat({ max: 6 }),
})

export const cellPlan: fc.Arbitrary<CellPlan> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  shows: fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 3 }),
  isInline: fc.boolean(),
})

export type Edit =
  | { readonly kind: 'change'; readonly at: number; readonly cell: CellPlan }
  | { readonly kind: 'insert'; readonly at: number; readonly cell: CellPlan }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'swap'; readonly at: number }

export const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), at: fc.nat(), cell: cellPlan }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), cell: cellPlan }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('swap' as const), at: fc.nat() }),
)

export function edited(cells: readonly CellPlan[], change: Edit): readonly CellPlan[] {
  const at = cells.length === 0 ? 0 : change.at % cells.length
  switch (change.kind) {
    case 'change':
      return cells.map((cell, i) => (i === at ? change.cell : cell))
    case 'insert':
      return [...cells.slice(0, at), change.cell, ...cells.slice(at)]
    case 'remove':
      return cells.length < 2 ? cells : cells.filter((_, i) => i !== at)
    case 'swap': {
      const next = (at + 1) % cells.length
      return cells.map((cell, i) => (i === at ? cells[next] : i === next ? cells[at] : cell))
    }
  }
}

type Kind = 'number' | 'variable' | 'list' | 'box' | 'function' | 'class'

/** The chapter's Markdown. Each cell begins by its own number, so that its names are its own. */
export function chapterText(cells: readonly CellPlan[]): string {
  const known: { name: string; kind: Kind }[] = []
  const pick = (kind: Kind, n: number) => {
    const some = known.filter(k => k.kind === kind)
    return some[n % Math.max(1, some.length)]?.name
  }
  let made = 0
  const make = (kind: Kind) => {
    const name = `${kind[0]}${made++}`
    known.push({ name, kind })
    return name
  }
  const blocks = cells.map(({ steps, shows, isInline }) => {
    const lines = steps.map(s => statement(s, pick, make, () => `held${made++}`))
    const shown = shows.map(n => known[n % Math.max(1, known.length)]).filter(k => k !== undefined)
    const value = shown.map(({ name, kind }) =>
      kind === 'function' ? `${name}()` : kind === 'class' ? `${name}.total` : name,
    )
    const cell = `\`\`\`ts exec\nimport { count, remember, registry } from './state.ts'\n${lines.join('\n')}\nJSON.stringify([${value.join(', ')}])\n\`\`\``
    const first = shown[0]
    const inline = first && isInline ? `\n\nvalue \`{ts} JSON.stringify(${value[0]})\`` : ''
    return cell + inline
  })
  return `${blocks.join('\n\n')}\n`
}

function statement(
  { kind, a, b }: Step,
  pick: (kind: Kind, n: number) => string | undefined,
  make: (kind: Kind) => string,
  fresh: () => string,
): string {
  const list = pick('list', a)
  const box = pick('box', a)
  const number = pick('number', a)
  const variable = pick('variable', a)
  const fn = pick('function', a)
  const type = pick('class', a)
  switch (kind) {
    case 'using':
      // What disposal changes is seen by later cells only.
      return list ? `using ${fresh()} = { [Symbol.dispose]: () => void ${list}.push(${b}) }` : ''
    case 'number':
      return `let ${make('variable')} = ${b}`
    case 'constant':
      return `const ${make('number')} = ${b} * 2 + 1`
    case 'list':
      return `const ${make('list')}: unknown[] = [${b}]`
    case 'box':
      return `const ${make('box')}: Record<string, unknown> = { x: ${b} }`
    case 'alias':
      return list && a % 2 === 0
        ? `const ${make('list')} = ${list}`
        : box
          ? `const ${make('box')} = ${box}`
          : ''
    case 'push':
      return list ? `${list}.push(${b})` : ''
    case 'put':
      return box ? `${box}.y = ${list ? `${list}.length` : b}` : ''
    case 'nest': {
      // A list inside of a box: reached later through the box alone.
      const inner = pick('list', b)
      return box && inner ? `${box}.inner = ${inner}; (${box}.inner as unknown[]).push('n')` : ''
    }
    case 'setter': {
      const other = pick('box', b)
      return box && other
        ? `for (const key of Object.keys(${other})) if (Array.isArray(${other}[key])) (${other}[key] as unknown[]).push('s')`
        : ''
    }
    case 'reassign':
      return variable ? `${variable} = ${b} + ${variable}` : ''
    case 'closure': {
      const seen = list ?? box ?? number
      const name = make('function')
      return list
        ? `const ${name} = () => { ${list}.push('c'); return ${list}.length }`
        : `const ${name} = () => JSON.stringify(${seen ?? b})`
    }
    case 'pure':
      return `function ${make('function')}(x = ${b}) { return x * 3 }`
    case 'call':
      return fn ? `void ${fn}()` : ''
    case 'helper':
      return fn && list ? `${list}.push([${b}].map(() => ${fn}()))` : ''
    case 'random':
      return `const ${make('number')} = Math.random()`
    case 'count':
      return `const ${make('number')} = count()`
    case 'remember':
      return list ? `remember(${list}); registry.at(-1)?.push('r')` : `registry.push([${b}])`
    case 'class':
      return `class ${make('class')} { static total = ${b}; static add() { return ++this.total } }`
    case 'static':
      return type ? `${type}.add()` : ''
    case 'tag':
      return fn ? `Object.assign(${fn}, { tag: ${b} }); void ${fn}` : ''
    case 'stash':
      return `;(globalThis as Record<string, unknown>).stashed${a % 2} = ${number ?? b}`
    case 'unstash':
      return `const ${make('number')} = Number((globalThis as Record<string, unknown>).stashed${a % 2} ?? -1)`
    case 'patch':
      return a === 0
        ? `;(Array.prototype as unknown as Record<string, unknown>).patched = ${b}`
        : `const ${make('number')} = Number(([] as unknown as Record<string, unknown>).patched ?? -1)`
    case 'destructure':
      return list ? `const [${make('number')} = ${b}] = [${list}.length]` : ''
  }
}
