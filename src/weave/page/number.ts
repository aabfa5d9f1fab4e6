/** Numbers of figures, tables and equations: the chapter's, a dot, the order of appearance. */
import type { Cell, Chapter, Diagram, Formula, FormulaRow, Target } from '../source/chapter.ts'
import { escapeHtml } from './html.ts'
import type { Words } from './words.ts'

export type NumberedKind = 'fig' | 'tbl' | 'eq'

export interface Numbered {
  readonly kind: NumberedKind
  /** `3.1`, or what a formula's `\tag` says. As HTML. */
  readonly number: string
  readonly label?: string
}

type Item = Cell | Diagram | Formula | FormulaRow | Target

export type Numbering = ReadonlyMap<Item, Numbered>

/** What a label's first part says it is. */
export function kindOf(label: string | undefined): 'fig' | 'tbl' | 'eq' | 'sec' | undefined {
  const kind = /^(fig|tbl|eq|sec)-/.exec(label ?? '')?.[1]
  return kind as 'fig' | 'tbl' | 'eq' | 'sec' | undefined
}

/** Numbers everything with a label of a kind, or with a caption. */
export function numberChapter(
  chapter: Chapter,
  images: ReadonlyMap<Target, string>,
  chapterNumber: number,
): Numbering {
  const items: { item: Item; at: number; kind: NumberedKind; label?: string; tag?: string }[] = []
  for (const cell of chapter.cells) {
    const { label } = cell.options
    const kind =
      kindOf(label) ?? (cell.options['fig-cap'] ? 'fig' : cell.options['tbl-cap'] ? 'tbl' : undefined)
    if (kind === 'fig' || kind === 'tbl') items.push({ item: cell, at: cell.open.start, kind, label })
  }
  for (const diagram of chapter.diagrams)
    if (diagram.label || diagram.caption)
      items.push({ item: diagram, at: diagram.open.start, kind: 'fig', label: diagram.label })
  for (const formula of chapter.formulas) {
    const { label, tag, span, rows = [] } = formula
    if (label) items.push({ item: formula, at: span.start, kind: 'eq', label, tag })
    for (const row of rows)
      items.push({ item: row, at: row.span.start, kind: 'eq', label: row.label, tag: row.tag })
  }
  for (const [target, label] of images)
    items.push({ item: target, at: target.span.start, kind: kindOf(label) === 'tbl' ? 'tbl' : 'fig', label })
  items.sort((a, b) => a.at - b.at)
  const counts = { fig: 0, tbl: 0, eq: 0 }
  // A start page is no chapter, and has no number.
  const prefix = chapterNumber === 0 ? '' : `${chapterNumber}.`
  return new Map(
    items.map(({ item, kind, label, tag }) => {
      if (tag !== undefined) return [item, { kind, number: escapeHtml(tag), label }]
      counts[kind]++
      return [item, { kind, number: `${prefix}${counts[kind]}`, label }]
    }),
  )
}

/** What a reference reads: `图 3.1`, `式 (3.1)`. */
export function referenceText({ kind, number }: Numbered, words: Words): string {
  return `${words[kind]} ${kind === 'eq' ? `(${number})` : number}`
}
