/** Verdicts of a run → what each formula's page shows of them, and what is wrong, at the formula's place. */
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import { LineIndex, offsetInLines, type Span } from '../base/position.ts'
import type { Verdict } from '../formula/verify.ts'
import { verifyingCells } from '../run/claims.ts'
import type { Outputs } from '../run/output.ts'
import type { Cell, Chapter, Formula } from '../source/chapter.ts'

/** What a formula's readers are told. */
export interface Proof {
  /** The last cell that verifies it. */
  readonly cell: Cell
  /** False: refuted, as the chapter says. */
  readonly holds: boolean
  /** Bindings of all cells that verify it. */
  readonly bindings: number
  /** The largest relative deviation. */
  readonly deviation: number
}

/** By the formula's label. */
export type Proofs = ReadonlyMap<string, Proof>

/** @param complete whether every cell came to its end: a cell that did not run is no mistake of its own */
export function verdictsToProofs(chapter: Chapter, outputs: Outputs, complete: boolean): Result<Proofs> {
  const index = new LineIndex(chapter.text)
  const value = new Map<string, Proof>()
  const byLabel = new Map(chapter.formulas.map(f => [f.label, f]))
  const diagnostics: Diagnostic[] = chapter.cells.flatMap(cell => misused(cell, chapter, index))
  for (const cell of verifyingCells(chapter.cells)) {
    const verdicts = outputs.verdicts[cell.index]
    if (!verdicts && complete) diagnostics.push(nothingShown(cell, chapter.file, index))
    const unused = unusedBy((verdicts ?? []).map(v => v.verdict))
    if (unused.length > 0) diagnostics.push(uselessBindings(cell, unused, chapter.file, index))
    for (const { label, verdict } of verdicts ?? []) {
      const formula = byLabel.get(label)
      if (!formula) continue
      const problem = problemOf(verdict, { cell, formula, chapter, index })
      if (problem) diagnostics.push(problem)
      else if (verdict.kind === 'holds' || verdict.kind === 'refuted')
        value.set(label, joined(value.get(label), verdict, cell))
    }
  }
  return { value, diagnostics }
}

function joined(
  before: Proof | undefined,
  verdict: Verdict & { readonly kind: 'holds' | 'refuted' },
  cell: Cell,
): Proof {
  const holds = verdict.kind === 'holds'
  return {
    cell,
    holds: holds && (before?.holds ?? true),
    bindings: verdict.bindings + (before?.bindings ?? 0),
    deviation: Math.max(holds ? verdict.deviation : 0, before?.deviation ?? 0),
  }
}

/** Options that name nothing. */
function misused({ options, optionSpans, open }: Cell, chapter: Chapter, index: LineIndex): Diagnostic[] {
  const { verify, expect } = options
  const { file, formulas } = chapter
  if (expect && !verify)
    return [
      errorAt(file, index, optionSpans.expect ?? open, {
        rule: 'expect-alone',
        message: '`expect: refuted` needs a formula',
        help: 'Name it: `//| verify: eq-name`.',
      }),
    ]
  if (!verify) return []
  const labels = formulas.flatMap(f => f.label ?? [])
  const rows = formulas.flatMap(f => f.rows?.map(row => row.label) ?? [])
  return verify
    .filter(label => !labels.includes(label))
    .map(label => {
      if (rows.includes(label))
        return errorAt(file, index, optionSpans.verify ?? open, {
          rule: 'verify-unknown',
          message: `${label} is a row: only a whole formula can be verified`,
          help: `Label the formula, \`{#eq-…}\` behind it, in place of its rows.`,
        })
      const near = nearest(label, labels)
      const known = labels.length > 0 ? `This chapter has ${labels.join(', ')}.` : 'This chapter has none.'
      return errorAt(file, index, optionSpans.verify ?? open, {
        rule: 'verify-unknown',
        message: `no formula of this chapter has the label ${label}`,
        help: near ? `Did you mean ${near}?` : `${known} Label one: \`$$…$$ {#${label}}\`.`,
      })
    })
}

function nothingShown({ optionSpans, open }: Cell, file: string, index: LineIndex): Diagnostic {
  return errorAt(file, index, optionSpans.verify ?? open, {
    rule: 'verify-empty',
    message: 'this cell verifies a formula, but its last line has no value',
    help: "End it with the formula's symbols: `({ 'h_t': h, 'W_{hh}': W })`, or an array of such objects.",
  })
}

/** Names that are in none of the formulas; nothing where a formula could not be computed to its end. */
function unusedBy(verdicts: readonly Verdict[]): readonly string[] {
  const [first = [], ...rest] = verdicts.map(v => (v.kind === 'holds' ? v.unused : []))
  return first.filter(name => rest.every(unused => unused.includes(name)))
}

/** A name with a slip in it would otherwise go unnoticed. */
function uselessBindings(cell: Cell, names: readonly string[], file: string, index: LineIndex): Diagnostic {
  const { verify = [] } = cell.options
  return errorAt(file, index, cell.optionSpans.verify ?? cell.open, {
    rule: 'verify-bindings',
    message: `${verify.join(', ')} ${verify.length === 1 ? 'has' : 'have'} no ${names.join(', no ')}`,
    help: 'Bind the symbols as they are written in the formula, and no others.',
  })
}

interface Place {
  readonly cell: Cell
  readonly formula: Formula
  readonly chapter: Chapter
  readonly index: LineIndex
}

function problemOf(verdict: Verdict, { cell, formula, chapter, index }: Place): Diagnostic | undefined {
  const { file } = chapter
  const { options, optionSpans, open } = cell
  const at = optionSpans.verify ?? open
  const label = formula.label ?? ''
  const { line } = index.position(open.start)
  switch (verdict.kind) {
    case 'unreadable':
      return errorAt(file, index, spanIn(formula, verdict.span, chapter.text), {
        rule: 'formula-unreadable',
        message: `${verdict.message} (${label}, verified by the cell at line ${line})`,
        help: verdict.help,
      })
    case 'unbound':
      return errorAt(file, index, at, {
        rule: 'verify-bindings',
        message: verdict.message,
        help: verdict.help,
      })
    case 'refuted': {
      if (options.expect === 'refuted') return undefined
      const { message, help, detail } = verdict
      const shown = `${message} (${label}, bound by the cell at line ${line})`
      return errorAt(file, index, spanIn(formula, verdict.span, chapter.text), {
        rule: 'formula-refuted',
        message: shown,
        help,
        detail,
      })
    }
    case 'holds':
      if (options.expect === 'refuted')
        return errorAt(file, index, optionSpans.expect ?? open, {
          rule: 'formula-holds',
          message: `expected ${label} to be refuted, but it holds`,
          help: 'Remove `expect: refuted`, or bind values that tell the wrong formula from the right one.',
        })
      return undefined
    default:
      return verdict satisfies never
  }
}

/** A place in the LaTeX, or the whole formula, in the chapter. */
function spanIn({ lines, latex, span }: Formula, place: Span | undefined, text: string): Span {
  if (!place) return span
  const start = offsetInLines(text, lines, latex, place.start)
  return { start, end: Math.max(start + 1, offsetInLines(text, lines, latex, place.end)) }
}
