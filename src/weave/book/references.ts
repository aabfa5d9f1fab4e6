/** Labels of all chapters of a book, and what `@label` becomes. */
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import { lineIndex } from '../base/position.ts'
import type { Label, Page } from '../page/page.ts'
import type { Reference } from '../source/chapter.ts'
import { pageUrl, relativeUrl } from './urls.ts'

interface Labelled {
  readonly page: Page
  readonly label: Label
}

/** By book and label: each book numbers its own. */
export type LabelTable = ReadonlyMap<string, Labelled>

const keyOf = (book: string, label: string) => `${book}\0${label}`

export function labelTable(pages: readonly Page[]): LabelTable {
  const table = new Map<string, Labelled>()
  for (const page of pages)
    for (const label of page.labels) {
      const key = keyOf(page.book, label.label)
      if (!table.has(key)) table.set(key, { page, label })
    }
  return table
}

/** Labels that two chapters of one book define. (Within a chapter, source has reported them.) */
export function checkLabels(pages: readonly Page[]): Diagnostic[] {
  const table = labelTable(pages)
  return pages.flatMap(page =>
    page.labels.flatMap(({ label, span }) => {
      const first = table.get(keyOf(page.book, label))
      if (!first || first.page === page) return []
      const { line } = lineIndex(first.page.source).position(first.label.span.start)
      const message = `the label ${label} is taken: ${first.page.file}:${line}`
      const help = 'Labels are unique within a book: references point at them from any chapter.'
      return [errorAt(page.file, lineIndex(page.source), span, { rule: 'label-doubled', message, help })]
    }),
  )
}

/** A link that reads `图 3.1`. A reference to no label is reported, and shows as written. */
export function resolveReference(page: Page, reference: Reference, labels: LabelTable): Result<string> {
  const found = labels.get(keyOf(page.book, reference.label))
  if (found) {
    const url = found.page === page ? '' : relativeUrl(pageUrl(page), pageUrl(found.page))
    const href = `${url}#${encodeURIComponent(found.label.label)}`
    return { value: `<a class="ref" href="${href}">${found.label.html}</a>`, diagnostics: [] }
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
