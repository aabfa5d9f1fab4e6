/** The small tree of what a formula means: how its nodes look, where they stand, and one way to write them. */
import type { Span } from '../base/position.ts'

/** A place in the LaTeX; absent where a macro made the node. */
export type Place = Span | undefined

export type Node = { readonly span: Place } & (
  | { readonly kind: 'number'; readonly text: string }
  /** A letter: `W`, `\sigma`, `\partial`; or one with a font or an accent: `\mathbf{W}`, `\hat{y}`. */
  | { readonly kind: 'symbol'; readonly text: string }
  /** `\tanh`, `\max`, `\operatorname{softmax}`, `\text{diag}`: the name without backslash. */
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'big'; readonly name: 'sum' | 'prod' }
  | { readonly kind: 'sign'; readonly role: Role; readonly text: string }
  | { readonly kind: 'words'; readonly text: string }
  | { readonly kind: 'group'; readonly body: readonly Node[] }
  | {
      readonly kind: 'scripts'
      readonly base: Node | undefined
      readonly sub: readonly Node[]
      readonly sup: readonly Node[]
      readonly primes: number
    }
  | { readonly kind: 'fraction'; readonly over: readonly Node[]; readonly under: readonly Node[] }
  | { readonly kind: 'root'; readonly body: readonly Node[]; readonly index: readonly Node[] }
  | { readonly kind: 'fenced'; readonly left: string; readonly right: string; readonly body: readonly Node[] }
  | { readonly kind: 'array'; readonly aligned: boolean; readonly rows: readonly (readonly Node[])[][] }
)

/** `bar`: `|` and `\|`, which open and close alike. */
export type Role = 'bin' | 'rel' | 'open' | 'close' | 'bar' | 'punct' | 'other'

/** Where a list of nodes stands, from its first to its last. */
export function spanOf(nodes: readonly { readonly span: Place }[]): Place {
  const known = nodes.flatMap(n => n.span ?? [])
  if (known.length === 0) return undefined
  return { start: Math.min(...known.map(s => s.start)), end: Math.max(...known.map(s => s.end)) }
}

/** One way to write a formula: the name under which a symbol is bound, whatever spaces and braces its author used. */
export function canonical(nodes: readonly Node[]): string {
  let text = ''
  for (const node of nodes) {
    const next = canonicalOne(node)
    text += (/\\[A-Za-z]+$/.test(text) && /^[A-Za-z]/.test(next) ? ' ' : '') + next
  }
  return text
}

function canonicalOne(node: Node): string {
  switch (node.kind) {
    case 'number':
    case 'symbol':
    case 'sign':
      return node.text
    case 'words':
      return /^[A-Za-z]+$/.test(node.text) ? `\\${node.text}` : `\\text{${node.text}}`
    case 'function':
    case 'big':
      return `\\${node.name}`
    case 'group':
      return canonical(node.body)
    case 'scripts': {
      const base = node.base ? canonicalOne(node.base) : ''
      const sub = node.sub.length > 0 ? `_${shortest(node.sub)}` : ''
      const sup = node.sup.length > 0 ? `^${shortest(node.sup)}` : ''
      return base + "'".repeat(node.primes) + sub + sup
    }
    case 'fraction':
      return `\\frac{${canonical(node.over)}}{${canonical(node.under)}}`
    case 'root':
      return `\\sqrt${node.index.length > 0 ? `[${canonical(node.index)}]` : ''}{${canonical(node.body)}}`
    case 'fenced':
      return `${node.left}${canonical(node.body)}${node.right}`
    case 'array':
      return node.rows.map(row => row.map(canonical).join('&')).join('\\\\')
    default:
      return node satisfies never
  }
}

/** As a script: in braces, unless it is one sign. */
export function shortest(nodes: readonly Node[]): string {
  const text = canonical(nodes)
  return /^(.|\\[A-Za-z]+)$/su.test(text) ? text : `{${text}}`
}

/** Letters as a word. */
export function plain(nodes: readonly Node[]): string {
  return nodes
    .map(n =>
      n.kind === 'group'
        ? plain(n.body)
        : n.kind === 'words' || n.kind === 'symbol' || n.kind === 'number' || n.kind === 'sign'
          ? n.text
          : n.kind === 'function'
            ? n.name
            : '',
    )
    .join('')
}
