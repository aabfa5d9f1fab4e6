/** Names under which symbols may be bound. */
import type { Grammar } from './cursor.ts'
import { FormulaError, type SymbolExpression } from './expression.ts'
import { type Node, type Place, shortest } from './nodes.ts'
import { indicesOf, raised } from './scripts.ts'

/**
 * A bound name may hold everything, shoulder included (`x^*`, `h^{(2)}_t`); only if it is not bound as a whole, the
 * shoulder is an operation.
 */
export function symbolOf(
  grammar: Grammar,
  {
    letter,
    sub,
    sup,
    primes,
  }: { letter: string; sub: readonly Node[]; sup: readonly Node[]; primes: number },
  span: Place,
): SymbolExpression {
  const base = letter + "'".repeat(primes)
  const feet = sub.length > 0 ? `_${shortest(sub)}` : ''
  const indices = indicesOf(grammar, sub)
  const symbol: SymbolExpression = { kind: 'symbol', name: base + feet, base, indices, span }
  if (sup.length === 0) return symbol
  const shoulder = `^${shortest(sup)}`
  const operated = attempt(() => raised(grammar, symbol, sup, { kind: 'symbol', text: letter, span }))
  return { ...symbol, name: base + feet + shoulder, base: base + shoulder, operated }
}

/** What is read, or undefined for what cannot be. */
export function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof FormulaError) return undefined
    throw error
  }
}
