/** Labels of all chapters of a book, and what `@label` becomes. */
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import { lineIndex } from '../base/position.ts'
import { fillHoles } from '../page/holes.ts'
import type { Label, Page } from '../page/page.ts'
import type { Reference } from '../source/chapter.ts'
import { pageUrl, relativeUrl } from './urls.ts'

interface Labelled {
  readonly page: Page
  readonly label: Label
}

/** Labels of all pages: each book numbers its own. */
export interface LabelTable {
  /** By `keyOf`; the first page that defines a label counts. */
  readonly labels: ReadonlyMap<string, Labelled>
  /** Later definitions of the same, with the first. */
  readonly twice: readonly { readonly first: Labelled; readonly again: Labelled }[]
}

const keyOf = (book: string, label: string) => `${book}\0${label}`

export function labelTable(pages: readonly Page[]): LabelTable {
  const labels = new Map<string, Labelled>()
  const twice: { first: Labelled; again: Labelled }[] = []
  for (const page of pages)
    for (const label of page.labels) {
      const key = keyOf(page.book, label.label)
      const first = labels.get(key)
      if (!first) labels.set(key, { page, label })
      // Within a chapter, source has reported them.
      else if (first.page !== page) twice.push({ first, again: { page, label } })
    }
  return { labels, twice }
}

/** Labels that two chapters of one book define. */
export function checkLabels(twice: LabelTable['twice']): Diagnostic[] {
  return twice.map(({ first, again: { page, label } }) => {
    const { line } = lineIndex(first.page.source).position(first.label.span.start)
    const message = `the label ${label.label} is taken: ${first.page.file}:${line}`
    const help = 'Labels are unique within a book: references point at them from any chapter.'
    const problem = { rule: 'label-doubled', message, help }
    return errorAt(page.file, lineIndex(page.source), label.span, problem)
  })
}

/** A section's title may itself hold references: they show as what they name, to this depth. */
function filled(
  { page, label }: Labelled,
  as: 'html' | 'text',
  labels: LabelTable['labels'],
  depth = 3,
): string {
  return fillHoles(label[as], (kind, index) => {
    if (kind === 'link' || kind === 'asset') return ''
    const found = labels.get(keyOf(page.book, page.references[index].label))
    if (!found) return ''
    return depth === 0 ? found.label.label : filled(found, as, labels, depth - 1)
  })
}

/** What a reference reads: its label's words, or as LaTeX writes it, the number alone. */
function wordsOf(
  found: Labelled,
  { form }: Reference,
  as: 'html' | 'text',
  labels: LabelTable['labels'],
): string {
  const { number } = found.label
  if (form === undefined || number === undefined) return filled(found, as, labels)
  return form === 'eqref' ? `(${number})` : number
}

/**
 * What a reference reads, `图 3.1`: a link, the same without the link, or plain text. A reference to no label is
 * reported, and shows as written.
 */
export function resolveReference(
  page: Page,
  reference: Reference,
  { labels }: LabelTable,
  kind: 'reference' | 'referenceHtml' | 'referenceText',
): Result<string> {
  const found = labels.get(keyOf(page.book, reference.label))
  if (found) {
    const value = wordsOf(found, reference, kind === 'referenceText' ? 'text' : 'html', labels)
    if (kind !== 'reference' || reference.form === 'number') return { value, diagnostics: [] }
    const url = found.page.path === page.path ? '' : relativeUrl(pageUrl(page), pageUrl(found.page))
    const href = `${url}#${encodeURIComponent(found.label.label)}`
    return { value: `<a class="ref" href="${href}">${value}</a>`, diagnostics: [] }
  }
  const known = [...labels.values()].filter(l => l.page.book === page.book).map(l => l.label.label)
  const guess = nearest(reference.label, known)
  const help = guess
    ? `Did you mean @${guess}?`
    : 'Give the figure, table, equation or section this label, or write `\\@` for a plain @.'
  const message = `nothing is labelled ${reference.label}`
  return {
    value: `@${reference.label}`,
    diagnostics: [
      errorAt(page.file, lineIndex(page.source), reference.span, {
        rule: 'reference-missing',
        message,
        help,
      }),
    ],
  }
}
