/** A page: one chapter as HTML, before the book knows where its links and references lead. */
import type { Span } from '../base/position.ts'
import type { Typeset } from '../math/typeset.ts'
import type { Proofs } from '../math/verify.ts'
import type { Diagram, FrontMatter, Reference, Target } from '../source/chapter.ts'
import type { Highlighted } from './highlight.ts'

/** A heading in the table of contents. */
export interface TocEntry {
  /** 2 for `##` and so on; a page's own title is 1 and not listed. */
  readonly level: number
  readonly id: string
  /** Inline HTML, formulas typeset, without links. */
  readonly html: string
  /** Without markup. */
  readonly text: string
}

export type LabelKind = 'fig' | 'tbl' | 'eq' | 'sec'

/** Something that `@label` can point at. */
export interface Label {
  readonly label: string
  readonly kind: LabelKind
  /** What a reference to it reads: `图 3.1`, `Figure 3.1`, `式 (3.1)`; for a section its title. HTML. */
  readonly html: string
  /** The same without markup. */
  readonly text: string
  /** `3.1`, as HTML; a section has none. */
  readonly number?: string
  /** The definition in the chapter's text. */
  readonly span: Span
}

/**
 * A chapter as HTML, with holes (holes.ts) that the book fills, because only it knows all pages: in `html`,
 * `titleHtml`, `text`, and in the HTML of the contents and of labels.
 */
export interface Page {
  readonly file: string
  readonly path: string
  readonly book: string
  readonly slug: string
  /** The chapter's Markdown text, for the places of diagnostics. */
  readonly source: string
  /** Without markup. */
  readonly title: string
  /** Inline HTML, without links. */
  readonly titleHtml: string
  /** What the front matter says about the chapter: as inline HTML without links, and without markup. */
  readonly description?: { readonly html: string; readonly text: string }
  readonly frontMatter: FrontMatter
  /** Number of the chapter in its book, from 1: the first part of every figure's number. 0 for a start page. */
  readonly number: number
  /** Where it lies in the site, if not where its file does: the first book's start page is also the site's. */
  readonly url?: string
  readonly html: string
  readonly toc: readonly TocEntry[]
  readonly labels: readonly Label[]
  /** Ids of all anchors on the page: headings, figures, equations, cells, footnotes. */
  readonly anchors: readonly string[]
  readonly references: readonly Reference[]
  readonly targets: readonly Target[]
  /** What the reader reads, without markup: for search and for the page's description. */
  readonly text: string
  /** Whether the page needs KaTeX's style sheet. */
  readonly hasMath: boolean
  /** A stage of ours has failed on the chapter: what others say of its anchors and labels is not judged. */
  readonly isBlank?: boolean
}

/** What the stages before have rendered. */
export interface Rendered {
  readonly formulas: Typeset
  /** Formulas that were verified. */
  readonly proofs: Proofs
  readonly highlighted: Highlighted
  /** SVG of a diagram of this chapter; undefined when it could not be drawn. */
  readonly diagram: (diagram: Diagram) => string | undefined
}

export interface PageOptions {
  /** The chapter's number in its book. */
  readonly number: number
  /** BCP 47: words such as 图 and Figure follow it. */
  readonly lang: string
}
