/** What a formula says, ready to be computed. */
import type { Place } from './nodes.ts'

export type Expression = { readonly span: Place } & (
  | { readonly kind: 'number'; readonly value: number }
  | SymbolExpression
  | { readonly kind: 'negate'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly op: BinaryOp; readonly left: Expression; readonly right: Expression }
  /** Vectors are raised element by element, square matrices as products, unless `elementwise` (`A^{\odot 2}`). */
  | {
      readonly kind: 'power'
      readonly base: Expression
      readonly exponent: Expression
      readonly elementwise: boolean
    }
  /** `letter`: how the transpose is written, should it be a power after all. */
  | { readonly kind: 'transpose'; readonly of: Expression; readonly letter: string }
  | { readonly kind: 'inverse'; readonly of: Expression }
  | CallExpression
  /** `W(a + b)`: a call if W is a function, otherwise a product. */
  | {
      readonly kind: 'either'
      readonly name: string
      readonly whole: string
      readonly call: Expression
      readonly product: Expression | undefined
    }
  | { readonly kind: 'element'; readonly of: Expression; readonly indices: readonly Expression[] }
  | { readonly kind: 'norm'; readonly of: Expression; readonly order: string }
  | { readonly kind: 'absolute'; readonly of: Expression }
  | { readonly kind: 'inner'; readonly left: Expression; readonly right: Expression }
  | BigExpression
  | { readonly kind: 'cases'; readonly cases: readonly Case[] }
  /** Blocks by rows. */
  | { readonly kind: 'matrix'; readonly rows: readonly (readonly Expression[])[] }
  /** `[h_{t-1}, x_t]`: vectors one below the other. */
  | { readonly kind: 'stack'; readonly parts: readonly Expression[] }
  | DerivativeExpression
)

/** `\tanh(x)`, `\tanh'(x)`, `\tanh^2(x)`, `f(x)`. */
export interface CallExpression {
  readonly kind: 'call'
  readonly span: Place
  readonly name: string
  /** `L(\theta)` as it may be bound. */
  readonly whole: string
  readonly primes: number
  readonly power: Expression | undefined
  readonly arguments: readonly Expression[]
}

export interface DerivativeExpression {
  readonly kind: 'derivative'
  readonly span: Place
  /** `\frac{\partial h_t}{\partial h_{t-1}}` as it may be bound. */
  readonly name: string
  readonly of: Expression
  readonly by: SymbolExpression
}

export type BinaryOp = 'add' | 'subtract' | 'multiply' | 'dot' | 'hadamard' | 'outer' | 'divide'

/** A letter with what stands at its feet and shoulders. */
export interface SymbolExpression {
  readonly kind: 'symbol'
  readonly span: Place
  /** As it may be bound: `W_{hh}`, `h_{t-1}`. */
  readonly name: string
  /** Without its subscript. */
  readonly base: string
  /** The subscript, where it can be read as indices. */
  readonly indices: readonly Expression[] | undefined
  /** With a shoulder that may be an operation: that operation on the symbol without it. */
  readonly operated?: Expression
}

/** `\sum_{i=1}^{n}`, `\prod`, `\max_i`: over a range, or over what the index is bound to. */
export interface BigExpression {
  readonly kind: 'big'
  readonly span: Place
  readonly op: 'sum' | 'prod' | 'max' | 'min'
  readonly index: string
  readonly from: Expression | undefined
  readonly to: Expression | undefined
  readonly body: Expression
}

export interface Case {
  readonly value: Expression
  /** Absent: otherwise. */
  readonly condition: Statement | undefined
}

export type RelationOp = '=' | '\\approx' | '<' | '\\le' | '>' | '\\ge' | '\\ne' | '\\to'

/** `a = b \le c`: every neighbouring pair is a claim. */
export interface Statement {
  readonly sides: readonly Expression[]
  readonly relations: readonly { readonly op: RelationOp; readonly span: Place }[]
}

/** The expressions that an expression is made of. */
export function childrenOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'number':
      return []
    case 'symbol':
      return [...(e.indices ?? []), ...(e.operated ? [e.operated] : [])]
    case 'negate':
    case 'transpose':
    case 'inverse':
    case 'norm':
    case 'absolute':
      return [e.of]
    case 'binary':
    case 'inner':
      return [e.left, e.right]
    case 'power':
      return [e.base, e.exponent]
    case 'call':
      return [...e.arguments, ...(e.power ? [e.power] : [])]
    case 'either':
      return [e.call, ...(e.product ? [e.product] : [])]
    case 'element':
      return [e.of, ...e.indices]
    case 'big':
      return [e.body, ...(e.from ? [e.from] : []), ...(e.to ? [e.to] : [])]
    case 'cases':
      return e.cases.flatMap(c => [c.value, ...(c.condition?.sides ?? [])])
    case 'matrix':
      return e.rows.flat()
    case 'stack':
      return e.parts
    case 'derivative':
      return [e.of, e.by]
    default:
      return e satisfies never
  }
}

/** What cannot be read or computed, at its place in the LaTeX. */
export class FormulaError extends Error {
  readonly span: Place
  readonly help: string

  constructor(message: string, span: Place, help: string) {
    super(message)
    this.name = 'FormulaError'
    this.span = span
    this.help = help
  }
}
