/** LaTeX → HTML with MathML, by KaTeX, once per formula. What KaTeX rejects is an error at the formula's place. */
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { LineIndex, type Span } from '../base/position.ts'

/** What typesetting needs of a formula. */
export interface Formula {
  readonly latex: string
  readonly display: boolean
  /** Where each line of `latex` lies in the chapter. */
  readonly lines: readonly Span[]
}

export interface FormulaSource {
  readonly file: string
  readonly text: string
  readonly formulas: readonly Formula[]
}

/** HTML by `formulaKey`. */
export type Typeset = ReadonlyMap<string, string>

export function formulaKey({ latex, display }: Pick<Formula, 'latex' | 'display'>): string {
  return `${display ? '$$' : '$'}${latex}`
}

/** Formulas of one run, and of the runs before it while dev is serving. Emptied when it has grown large. */
const remembered = new Map<string, string>()
const mostRemembered = 5000

/**
 * Typesets the formulas of some chapters. A formula that fails shows as its LaTeX.
 *
 * @param macros KaTeX macros; part of what is remembered, so use the same object throughout a run
 */
export async function typesetFormulas(
  sources: readonly FormulaSource[],
  { macros }: { readonly macros: Readonly<Record<string, string>> },
): Promise<Result<Typeset>> {
  const value = new Map<string, string>()
  const diagnostics: Diagnostic[] = []
  if (sources.every(s => s.formulas.length === 0)) return { value, diagnostics }
  const { default: katex } = await import('katex')
  const prefix = JSON.stringify(macros)
  for (const { file, text, formulas } of sources) {
    const index = new LineIndex(text)
    for (const formula of formulas) {
      const key = formulaKey(formula)
      const known = remembered.get(prefix + key)
      if (known !== undefined) {
        value.set(key, known)
        continue
      }
      try {
        const html = katex.renderToString(formula.latex, {
          displayMode: formula.display,
          output: 'htmlAndMathml',
          throwOnError: true,
          strict: 'ignore',
          trust: false,
          macros: { ...macros },
        })
        if (remembered.size >= mostRemembered) remembered.clear()
        remembered.set(prefix + key, html)
        value.set(key, html)
      } catch (error) {
        value.set(key, `<code class="math-error">${escapeHtml(formula.latex)}</code>`)
        const problem = error instanceof katex.ParseError ? error : bareError(error)
        diagnostics.push(parseError(problem, formula, file, index))
      }
    }
  }
  return { value, diagnostics }
}

/** Some of what KaTeX rejects it rejects without a place. */
function bareError(error: unknown): { rawMessage: string } {
  return { rawMessage: error instanceof Error ? error.message : String(error) }
}

/** KaTeX says where in the LaTeX; that is somewhere on one of the formula's lines. */
function parseError(
  { rawMessage, position, length }: { rawMessage: string; position?: number; length?: number },
  { lines, latex }: Formula,
  file: string,
  index: LineIndex,
): Diagnostic {
  const start = toChapter(lines, Math.min(position ?? 0, latex.length))
  const end = toChapter(lines, Math.min((position ?? 0) + (length ?? 1), latex.length))
  return errorAt(
    file,
    index,
    { start, end: Math.max(end, start + 1) },
    {
      rule: 'math',
      message: rawMessage,
      help: 'Formulas are LaTeX as KaTeX supports it: https://katex.org/docs/supported',
    },
  )
}

/** An offset into the LaTeX as an offset into the chapter. */
export function toChapter(lines: readonly Span[], offset: number): number {
  let rest = offset
  for (const { start, end } of lines) {
    if (rest <= end - start) return start + rest
    rest -= end - start + 1
  }
  return lines[lines.length - 1].end
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, c => `&#${c.charCodeAt(0)};`)
}
