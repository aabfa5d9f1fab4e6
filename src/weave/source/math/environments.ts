/** LaTeX's environments: those that KaTeX draws, and what to do about the others. */

/** Rows of these are numbered one by one in LaTeX. Here a row with a `\label` has a number. */
export const rowEnvironments: ReadonlySet<string> = new Set([
  ...['align', 'align*', 'alignat', 'alignat*', 'gather', 'gather*'],
])

/** All that KaTeX draws. */
export const environments: readonly string[] = [
  ...rowEnvironments,
  ...['aligned', 'alignedat', 'gathered', 'equation', 'equation*', 'split'],
  ...['array', 'darray', 'subarray', 'smallmatrix', 'CD'],
  ...['cases', 'dcases', 'rcases', 'drcases'],
  ...['matrix', 'pmatrix', 'bmatrix', 'Bmatrix', 'vmatrix', 'Vmatrix'],
  ...['matrix*', 'pmatrix*', 'bmatrix*', 'Bmatrix*', 'vmatrix*', 'Vmatrix*'],
]

/** LaTeX's environments for formulas that KaTeX does not draw, and what to write in their place. */
export const unknownMath: Readonly<Record<string, string>> = {
  multline: 'gather',
  'multline*': 'gather*',
  flalign: 'align',
  'flalign*': 'align*',
  eqnarray: 'align',
  'eqnarray*': 'align*',
  displaymath: 'equation*',
  math: 'equation*',
  dmath: 'equation',
  'dmath*': 'equation*',
  subequations: 'align',
}

/** Environments of LaTeX's text that Markdown writes in its own way. */
export const textEnvironments: Readonly<Record<string, string>> = {
  itemize: 'Write a list: `- …`.',
  enumerate: 'Write a list: `1. …`.',
  description: 'Write a list: `- **word**: …`.',
  tabular: 'Write a table: `| a | b |`.',
  table: 'Write a table: `| a | b |`.',
  figure: 'Write `![what it shows](file.svg){#fig-name}`.',
  verbatim: 'Write a code block: ```` ``` ````.',
  lstlisting: 'Write a code block: ```` ``` ````.',
  minted: 'Write a code block: ```` ``` ````.',
  quote: 'Write a quotation: `> …`.',
  quotation: 'Write a quotation: `> …`.',
  theorem: 'Write a callout: `::: note Theorem`.',
  lemma: 'Write a callout: `::: note Lemma`.',
  definition: 'Write a callout: `::: note Definition`.',
  proof: 'Write a callout: `::: proof`.',
  tikzpicture: 'Draw a diagram: ```` ```dot ```` or ```` ```mermaid ````.',
}
