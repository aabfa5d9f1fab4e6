/** What stands at the feet and shoulders of something computed: indices, transposes, inverses, powers. */
import { type Grammar, splitAtCommas, unexpected } from './cursor.ts'
import { type Expression, FormulaError } from './expression.ts'
import { canonical, type Node } from './nodes.ts'

const transposes = new Set(['T', '\\top', '\\intercal', '\\mathsf{T}', '\\mathrm{T}', '\\mathbf{T}', '⊤'])

/** Transposed, inverse, or a power. */
export function raised(grammar: Grammar, of: Expression, sup: readonly Node[], whole: Node): Expression {
  if (sup.length === 0) return of
  const text = canonical(sup)
  const { span } = whole
  if (transposes.has(text)) return { kind: 'transpose', of, letter: text, span }
  if (text === '-1') return { kind: 'inverse', of, span }
  if (/^-(T|\\top)$/.test(text))
    return { kind: 'transpose', of: { kind: 'inverse', of, span }, letter: '', span }
  const [first, ...rest] = sup
  const elementwise = first.kind === 'sign' && /^(\\odot|\\circ|∘)$/.test(first.text)
  return {
    kind: 'power',
    base: of,
    exponent: grammar.expression(elementwise ? rest : sup, span),
    elementwise,
    span,
  }
}

/** Indices and powers of something in brackets: `(W_{hh})_{ij}`. */
export function scripted(
  grammar: Grammar,
  of: Expression,
  { sub, sup }: { readonly sub: readonly Node[]; readonly sup: readonly Node[] },
  whole: Node,
): Expression {
  const indices = indicesOf(grammar, sub)
  if (sub.length > 0 && !indices) throw unexpected(whole)
  return raised(grammar, indices ? { kind: 'element', of, indices, span: whole.span } : of, sup, whole)
}

/** `t-1`, `ij`, `i,j` as expressions; undefined when it is only a name, such as `{\text{in}}`. */
export function indicesOf(grammar: Grammar, sub: readonly Node[]): readonly Expression[] | undefined {
  if (sub.length === 0) return undefined
  const letters =
    sub.length > 1 && sub.every(n => n.kind === 'symbol' || (n.kind === 'number' && n.text.length === 1))
  try {
    return (letters ? sub.map(n => [n]) : splitAtCommas(sub)).map(part => grammar.expression(part))
  } catch (error) {
    if (error instanceof FormulaError) return undefined
    throw error
  }
}
