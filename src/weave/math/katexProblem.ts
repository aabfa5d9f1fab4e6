/** What KaTeX has to say of a formula, with a place in its LaTeX. */
import type { Span } from '../base/position.ts'

export interface FormulaProblem {
  readonly severity: 'error' | 'warning'
  readonly rule: string
  readonly message: string
  readonly help: string
  /** In the LaTeX. */
  readonly span: Span
}

export const supported = 'Formulas are LaTeX as KaTeX supports it: https://katex.org/docs/supported'

/** As far as we read it. */
export interface KatexToken {
  readonly text?: string
  readonly loc?: { readonly start: number; readonly end: number; readonly lexer: { readonly input: string } }
}

export function error(rule: string, message: string, help: string): Omit<FormulaProblem, 'span'> {
  return { severity: 'error', rule, message, help }
}

/** Where a token stands; the whole formula for one that a macro made. */
export function spanOf(token: KatexToken | undefined, latex: string): Span {
  const { loc, text } = token ?? {}
  if (loc && loc.lexer.input === latex) return { start: loc.start, end: loc.end }
  return text ? placeOf(text, latex) : { start: 0, end: latex.length }
}

/** Where some text stands in a formula, for the n-th time. */
export function placeOf(text: string, latex: string, n = 0): Span {
  let at = -1
  for (let i = 0; i <= n; i++) {
    const next = latex.indexOf(text, at + 1)
    if (next === -1) break
    at = next
  }
  return at === -1 ? { start: 0, end: latex.length } : { start: at, end: at + text.length }
}
