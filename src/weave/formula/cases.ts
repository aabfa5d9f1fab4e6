/** Arrays: matrices by rows, and `\begin{cases}`, values and when they hold. */
import { type Grammar, isPunctuation } from './cursor.ts'
import { type Case, type Expression, FormulaError } from './expression.ts'
import { type Node, type Place, spanOf } from './nodes.ts'
import { parseChain } from './relations.ts'

type Rows = readonly (readonly Node[])[][]

export function matrixRows(grammar: Grammar, rows: Rows): readonly (readonly Expression[])[] {
  return rows.map(row => row.map(cell => grammar.expression(cell)))
}

export function parseCases(grammar: Grammar, rows: Rows, span: Place): Expression {
  const cases = rows.map(([value, condition = []]): Case => {
    const says = condition.some(n => n.kind === 'words')
    const rest = condition.filter(n => n.kind !== 'words' && !isPunctuation(n))
    const shown = grammar.expression(
      value.filter(n => !isPunctuation(n)),
      span,
    )
    const chain = rest.length > 0 ? parseChain(grammar.expression, rest) : undefined
    if ((chain && chain.relations.length === 0) || (!chain && !says))
      throw new FormulaError(
        'a case without a condition',
        spanOf([...value, ...condition]) ?? span,
        'Write `& x > 0`, or `& \\text{otherwise}`.',
      )
    return { value: shown, condition: chain }
  })
  return { kind: 'cases', cases, span }
}
