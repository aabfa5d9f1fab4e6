/** A formula as data: its LaTeX, its places, its labels, and what it refers to. What is wrong with these is reported. */
import { errorAt, warningAt } from '../../base/diagnostic.ts'
import { offsetInLines, type Span } from '../../base/position.ts'
import type { Formula, FormulaRow, Reference } from '../chapter.ts'
import type { Env } from '../markdown/env.ts'
import { type Label, latexLabel, normalLabel } from './labels.ts'
import { type Mark, marksOf } from './marks.ts'
import {
  inlineLabel,
  labelWithoutNumber,
  type Problem,
  rowsAndWhole,
  sameLabelTwice,
  twoLabels,
  twoLabelsInRow,
} from './problems.ts'

export interface Written {
  readonly latex: string
  /** Where each line of `latex` lies in the chapter. */
  readonly lines: readonly Span[]
  readonly display: boolean
  /** With its marks, and the label behind it. */
  readonly outer: Span
  /** Behind it: `{#eq-name}`. */
  readonly label?: Label
}

export function formulaOf(
  env: Env,
  { latex, lines, display, outer, label }: Written,
): Omit<Formula, 'index'> {
  const span = { start: lines[0].start, end: lines[lines.length - 1].end }
  const marks = marksOf(latex)
  const placed = (mark: Mark): Span => placeIn(env, { latex, lines }, mark.span)
  const labels = marks
    .filter(mark => mark.command === 'label')
    .map(mark => ({ mark, label: latexLabel(mark.content, placed(mark)) }))
  if (!display) {
    const given = label ?? labels[0]?.label
    if (given) report(env, given.span, inlineLabel)
    return { display, latex, span, lines, outer, references: referencesIn(env, marks, placed) }
  }
  for (const { problem, span } of [...(label ? [label] : []), ...labels.map(l => l.label)])
    if (problem) report(env, span, problem)
  const rows = rowsOf(env, marks, labels)
  const whole = labels.filter(l => l.mark.row === undefined).map(l => l.label)
  const [first, second] = [...(label ? [label] : []), ...whole]
  if (second) report(env, second.span, second.label === first.label ? sameLabelTwice : twoLabels)
  const both = first && rows[0]
  if (both) report(env, rows[0].span, rowsAndWhole)
  const tag = marks.find(mark => mark.command.startsWith('tag') && mark.row === undefined)
  return {
    display,
    latex,
    span,
    lines,
    outer,
    label: first?.label,
    labelSpan: first?.span,
    tag: tag && tagText(tag.content),
    rows: both ? [] : rows,
    references: referencesIn(env, marks, placed),
  }
}

function rowsOf(
  env: Env,
  marks: readonly Mark[],
  labels: readonly { readonly mark: Mark; readonly label: Label }[],
): readonly FormulaRow[] {
  const inRows = labels.filter(({ mark }) => mark.row !== undefined)
  return inRows.flatMap(({ mark, label: { label, span } }, i) => {
    const inRow = marks.filter(m => m.row === mark.row)
    if (i > 0 && inRows[i - 1].mark.row === mark.row) {
      report(env, span, twoLabelsInRow)
      return []
    }
    if (inRow.some(m => m.command === 'nonumber' || m.command === 'notag'))
      report(env, span, labelWithoutNumber)
    const tag = inRow.find(m => m.command.startsWith('tag'))
    return [{ label, span, tag: tag && tagText(tag.content) }]
  })
}

function referencesIn(env: Env, marks: readonly Mark[], placed: (mark: Mark) => Span): readonly Reference[] {
  return marks
    .filter(mark => mark.command === 'eqref' || mark.command === 'ref')
    .flatMap(mark => {
      const span = placed(mark)
      const label = referenceLabel(env, mark.content, span)
      return label === undefined ? [] : [{ index: 0, label, span, form: 'number' as const }]
    })
}

/** `eq:name` of a `\ref` as we write it; what is no label of ours is reported. */
export function referenceLabel(env: Env, written: string, span: Span): string | undefined {
  const label = normalLabel(written)
  if (label === undefined)
    report(env, span, {
      rule: 'reference-label',
      message: `expected a label such as eq:name, got ${JSON.stringify(written)}`,
      help: 'Labels begin with `eq:`, `fig:`, `tbl:` or `sec:` (or `eq-` and so on), as where they are defined.',
    })
  return label
}

/** Where a part of a formula lies in the chapter. */
function placeIn({ index }: Env, { latex, lines }: Pick<Written, 'latex' | 'lines'>, part: Span): Span {
  const start = offsetInLines(index.text, lines, latex, part.start)
  return { start, end: Math.max(start + 1, offsetInLines(index.text, lines, latex, part.end)) }
}

/** Reports a mistake once: rules may see the same place twice. */
export function report(
  env: Env,
  span: Span,
  problem: Problem,
  severity: 'error' | 'warning' = 'error',
): void {
  if (env.reported.has(span.start)) return
  env.reported.add(span.start)
  env.diagnostics.push((severity === 'error' ? errorAt : warningAt)(env.file, env.index, span, problem))
}

/** What a `\tag` reads, without the LaTeX that draws it. */
function tagText(latex: string): string {
  return latex
    .replace(
      /\\(ast|star|dag|dagger|ddag|ddagger|S|P|prime)(?![A-Za-z])\s*/g,
      (_, name: string) => signs[name],
    )
    .replace(/\\[A-Za-z]+\*?\s*|[${}\\]/g, '')
    .trim()
}

const signs: Readonly<Record<string, string>> = {
  ast: '*',
  star: '⋆',
  dag: '†',
  dagger: '†',
  ddag: '‡',
  ddagger: '‡',
  S: '§',
  P: '¶',
  prime: '′',
}
