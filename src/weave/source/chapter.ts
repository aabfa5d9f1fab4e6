/** A chapter as data: what the author wrote, taken apart, with the place of everything that can fail. */
import type { Token } from 'markdown-it'
import type { Span } from '../base/position.ts'

/** A Markdown file before it is taken apart. */
export interface SourceFile {
  /** As diagnostics show it: relative to the project, forward slashes. */
  readonly file: string
  /** Absolute path on disk: what imports inside the chapter are relative to. */
  readonly path: string
  /** Folder name of the book under content/ (`zh`), or '' for chapters that lie in content/ itself. */
  readonly book: string
  /** File name without `.md`, and any folders below the book: `01-what-is-rnn`. */
  readonly slug: string
  readonly text: string
}

/** The front matter, validated. Hexo's keys are accepted as they are. */
export interface FrontMatter {
  readonly title?: string
  readonly description?: string
  /** ISO date, `2026-02-05`. */
  readonly date?: string
  /** When it was last changed. */
  readonly updated?: string
  /** Place in the book; chapters without one follow in file-name order. */
  readonly order?: number
  /** Each category is a path: `[['大模型', '神经网络基础']]`. */
  readonly categories?: readonly (readonly string[])[]
  readonly tags?: readonly string[]
  readonly author?: string
  /** A draft is built by `dev` only. */
  readonly draft?: boolean
  /** Seconds that the chapter's cells may take, one after the other. */
  readonly timeout?: number
  /** Megabytes that the chapter's cells may hold. */
  readonly memory?: number
  /** Defaults for the cells below. */
  readonly execute?: CellOptions
}

/** What `//| key: value` lines may say. Quarto's names, and ours (`tolerance` and on). */
export interface CellOptions {
  /** `fig-…`, `tbl-…` make the output a numbered figure or table; any other label names the cell. */
  readonly label?: string
  /** Show the code (true), hide it (false). Default true. */
  readonly echo?: boolean
  /** Run it (default true); false: type-checked and shown, not run. */
  readonly eval?: boolean
  /** Show its outputs. Default true. */
  readonly output?: boolean
  /** True or an error's name: the cell promises to throw; if it does not, the build fails. */
  readonly error?: boolean | string
  readonly 'fig-cap'?: string
  readonly 'fig-alt'?: string
  readonly 'tbl-cap'?: string
  /** true: folded; 'show': foldable, open. */
  readonly 'code-fold'?: boolean | 'show'
  readonly 'code-summary'?: string
  /** Relative tolerance: of each number against the record, of a verified formula's sides. Default 1e-9. */
  readonly tolerance?: number
  /** Labels of display formulas that the cell's value binds: each is evaluated and must hold. */
  readonly verify?: readonly string[]
  /** The formulas must turn out wrong. */
  readonly expect?: 'refuted'
  /** Shown, but not recorded and not compared (timings). */
  readonly volatile?: boolean
  /** Seconds that this cell may take. */
  readonly timeout?: number
  /** The TypeScript errors that this cell promises, by their codes: each must occur. */
  readonly 'type-error'?: readonly number[]
  /** Files that the cell reads at run time, relative to the chapter: part of the cache key. */
  readonly inputs?: readonly string[]
}

/** Lines of code inside a chapter. Line i of `code` is `text.slice(lines[i].start, lines[i].end)`. */
export interface CodeBlock {
  /** The code without fence, indentation of the list and `>` of the quote. Ends in a newline unless empty. */
  readonly code: string
  /** Where each line of `code` lies in the chapter's text. */
  readonly lines: readonly Span[]
  /** The opening fence line in the chapter's text. */
  readonly open: Span
  /** The closing fence line. */
  readonly close: Span
}

/** How a block of code looks, beside its colours. */
export interface CodeLook {
  /** Stands above it: `title="a.ts"`. */
  readonly title?: string
  /** Its lines, from 1, that are marked: `{1,3-5}`. */
  readonly lines?: readonly number[]
}

/** An executed (`exec`) or only type-checked (`check`) fenced block. */
export interface Cell extends CodeBlock {
  /** Place among the chapter's cells, from 0. */
  readonly index: number
  readonly kind: 'exec' | 'check'
  /** `js` is run as it is, and its types are not checked. */
  readonly language: 'ts' | 'js'
  readonly look?: CodeLook
  readonly options: CellOptions
  /** How many first lines of `code` are `//|` options: not shown. */
  readonly optionLines: number
  /** Where each option's line lies, for diagnostics about it. */
  readonly optionSpans: Readonly<Partial<Record<keyof CellOptions, Span>>>
}

/** `` `{ts} expression` `` in prose. */
export interface InlineExpression {
  /** A number that stands there instead of the value, which must round to it: `{ts=0.25}`. */
  readonly typed?: string
  /** Place among the chapter's inline expressions, from 0. */
  readonly index: number
  readonly code: string
  /** The expression itself in the chapter's text. `text.slice(span.start, span.end) === code`. */
  readonly span: Span
  /** The whole code span, with its backticks and `{ts}`. */
  readonly outer: Span
  /** The cell whose caption it stands in: it is evaluated when that cell has run. */
  readonly caption?: Cell
}

export type DiagramLanguage = 'plantuml' | 'mermaid' | 'dot'

/** A diagram fence: ```` ```plantuml ````, ```` ```mermaid ````, ```` ```dot ````. */
export interface Diagram extends CodeBlock {
  /** Place among the chapter's diagrams, from 0. */
  readonly index: number
  readonly language: DiagramLanguage
  /** `label`, `fig-cap`, `fig-alt` from attributes in the info string or option lines (`%%|`, `'|`, `//|`). */
  readonly label?: string
  readonly caption?: string
  readonly alt?: string
}

/** `$…$`, `$$…$$`, or one of the other forms in source/math. */
export interface Formula {
  /** Place among the chapter's formulas, from 0. */
  readonly index: number
  readonly display: boolean
  readonly latex: string
  /** The LaTeX in the chapter's text, delimiters excluded (lines of a quote keep their `>` here). */
  readonly span: Span
  /** Where each line of `latex` lies in the chapter's text. */
  readonly lines: readonly Span[]
  /** With its marks, and the label behind it. */
  readonly outer: Span
  /** `{#eq-name}` after a display formula, or `\label{eq:name}` in it. */
  readonly label?: string
  readonly labelSpan?: Span
  /** `\tag{…}`: KaTeX shows it, and references read it in place of a number. */
  readonly tag?: string
  /** Rows of `align` and `gather` that have labels of their own. */
  readonly rows?: readonly FormulaRow[]
  /** `\eqref{…}` and `\ref{…}` in it. */
  readonly references?: readonly Reference[]
}

/** A row with a `\label`. */
export interface FormulaRow {
  readonly label: string
  readonly span: Span
  readonly tag?: string
}

/** `[@label]`, `@fig-x`, `\eqref{eq:x}` or `\ref{fig:x}`: a reference to something numbered. */
export interface Reference {
  /** Place among the chapter's references, from 0. */
  readonly index: number
  readonly label: string
  readonly span: Span
  /**
   * How it reads: `式 (3.1)`, if there is no form; as LaTeX writes it `(3.1)` (eqref) or `3.1` (ref); `number` stands in
   * a formula, and is no link.
   */
  readonly form?: 'eqref' | 'ref' | 'number'
}

/** A link or an image, with its target as written. */
export interface Target {
  /** Place among the chapter's targets, from 0. */
  readonly index: number
  readonly kind: 'link' | 'image'
  readonly href: string
  readonly span: Span
}

/**
 * A part of the text that a construct has taken: it is not shown as written, but means something. Whatever is in
 * no such part is shown, or is in the range of a diagnostic.
 */
export interface Consumed {
  /** What has taken it: `link`, `cell`, `front-matter`. */
  readonly construct: string
  readonly span: Span
}

/** A label defined in this chapter: on a cell, diagram, formula, heading or image. */
export interface LabelDefinition {
  readonly label: string
  readonly span: Span
}

/** What has captions (a cell, a diagram, a callout, the front matter): each as inline tokens. */
export interface CaptionOwner {
  readonly captions: Record<string, readonly Token[]>
}

export interface Chapter extends SourceFile {
  readonly frontMatter: FrontMatter
  /** Front matter's title, else the first heading's text, else the slug. */
  readonly title: string
  /** The title as inline tokens, where it has markup. */
  readonly titleTokens?: readonly Token[]
  /** The front matter's description as inline tokens. */
  readonly descriptionTokens?: readonly Token[]
  /** The heading that is the title, and is shown as such: its opening token. */
  readonly titleHeading?: Token
  /** Offset at which the body starts (after the front matter). */
  readonly bodyStart: number
  /**
   * markdown-it tokens of the body. Ours carry their object in `meta`:
   * `cell` {cell}, `diagram` {diagram}, `math_display`/`math_inline` {formula}, `inline_expression` {inline},
   * `reference` {reference}; links and images have {target}, HTML has {html}, alerts and containers are
   * `callout_open` {callout} and `callout_close`. Cells, diagrams and callouts have {captions}. All others are
   * markdown-it's own.
   */
  readonly tokens: readonly Token[]
  readonly cells: readonly Cell[]
  readonly inlines: readonly InlineExpression[]
  readonly diagrams: readonly Diagram[]
  readonly formulas: readonly Formula[]
  readonly references: readonly Reference[]
  readonly targets: readonly Target[]
  readonly labels: readonly LabelDefinition[]
  readonly consumed: readonly Consumed[]
}
