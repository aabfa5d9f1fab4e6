/** The formulas of chapters → HTML with MathML, once per formula. What is wrong with one is said at its place. */
import { type Diagnostic, errorAt, type Result, warningAt } from '../base/diagnostic.ts'
import { LineIndex, offsetInLines, type Span } from '../base/position.ts'
import { normalLabel } from '../source/math/labels.ts'
import type { Typesetting } from './katex.ts'
import type { FormulaProblem } from './katexProblem.ts'

/** What typesetting needs of a formula. */
export interface Formula {
  readonly latex: string
  readonly display: boolean
  /** Where each line of `latex` lies in the chapter. */
  readonly lines: readonly Span[]
  /** Rows with labels; absent for formulas that cells show or captions hold, which have no labels. */
  readonly rows?: readonly { readonly label: string; readonly tag?: string }[]
  /** Absent likewise. */
  readonly references?: readonly unknown[]
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
const remembered = new Map<string, Typesetting>()
const mostRemembered = 5000

/**
 * Typesets the formulas of some chapters. A formula that KaTeX rejects shows as its LaTeX.
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
  const { typeset } = await import('./katex.ts')
  const prefix = JSON.stringify(macros)
  for (const { file, text, formulas } of sources) {
    const index = new LineIndex(text)
    const definitions = formulas.filter(f => /\\(?:[gex]?def|let|\w*newcommand|Declare)/.test(f.latex))
    for (const formula of formulas) {
      const { latex, display, references } = formula
      const linked = references !== undefined
      const key = `${prefix}${linked}${formulaKey(formula)}`
      const known = remembered.get(key)
      const numberedRows = new Set((formula.rows ?? []).filter(r => r.tag === undefined).map(r => r.label))
      const labelOf = (written: string) => normalLabel(written) ?? written
      const { html, problems } = known ?? typeset(latex, { display, macros, numberedRows, linked, labelOf })
      if (!known) {
        if (remembered.size >= mostRemembered) remembered.clear()
        remembered.set(key, { html, problems })
      }
      value.set(formulaKey(formula), html ?? `<code class="math-error">${escapeHtml(latex)}</code>`)
      diagnostics.push(...problems.map(problem => inChapter(problem, formula, definitions, file, index)))
    }
  }
  return { value, diagnostics }
}

/** KaTeX says where in the LaTeX; that is somewhere on one of the formula's lines. */
function inChapter(
  { severity, span, rule, message, help }: FormulaProblem,
  { lines, latex }: Formula,
  definitions: readonly Formula[],
  file: string,
  index: LineIndex,
): Diagnostic {
  const place = placeOf(span, latex, lines, index.text)
  const defined = definedElsewhere(message, definitions, index)
  const problem = { rule, message, help: defined ?? help }
  return (severity === 'error' ? errorAt : warningAt)(file, index, place, problem)
}

/** Of a formula that is not written there (a cell shows it, or a caption holds it), all that is given as its place. */
function placeOf(span: Span, latex: string, lines: readonly Span[], text: string): Span {
  const written = lines.map(line => text.slice(line.start, line.end)).join('\n')
  const whole = { start: lines[0].start, end: lines[lines.length - 1].end }
  if (written !== latex && written.replaceAll('\\|', '|') !== latex.replaceAll('\\|', '|')) return whole
  const start = offsetInLines(text, lines, latex, span.start)
  return { start, end: Math.max(offsetInLines(text, lines, latex, span.end), start + 1) }
}

/** A macro that another formula defines: definitions end with their formula. */
function definedElsewhere(
  message: string,
  definitions: readonly Formula[],
  index: LineIndex,
): string | undefined {
  const name = /^Undefined control sequence: \\([A-Za-z]+)$/.exec(message)?.[1]
  if (name === undefined) return undefined
  const definition = new RegExp(
    `\\\\(?:[gex]?def|let|(?:re)?newcommand|DeclareMathOperator)\\*?\\s*\\{?\\\\${name}(?![A-Za-z])`,
  )
  const found = definitions.find(formula => definition.test(formula.latex))
  if (!found) return undefined
  const { line } = index.position(found.lines[0].start)
  return `The formula at line ${line} defines it, for itself: a definition ends with its formula. Put it into \`macros\` of book.config.ts.`
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, c => `&#${c.charCodeAt(0)};`)
}
