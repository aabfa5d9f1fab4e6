/** What other tools write on the line of an opening fence, and our way of saying it. */

interface Foreign {
  readonly pattern: RegExp
  /** Whose word it is. */
  readonly tool: string
  readonly help: string
}

const words: readonly Foreign[] = [
  {
    pattern: /^@?twoslash$/i,
    tool: 'Twoslash',
    help: 'Types are checked in `ts check` cells, and promised errors named by `//| type-error: 2322`.',
  },
  {
    pattern: /^:?(?:no-?)?(?:show-?)?(?:line-?numbers?|number-?lines|linenums|linenos)\b/i,
    tool: 'Docusaurus, VitePress and MkDocs',
    help: 'Lines have no numbers here; mark some of them instead: `{1,3}`.',
  },
  {
    pattern: /^(?:no-?)?copy\b/i,
    tool: 'Nextra and Mintlify',
    help: 'Take it out: every block of code can be copied.',
  },
  {
    pattern: /^(?:ins|del|add|remove|focus|error|warning)=/i,
    tool: 'Expressive Code',
    help: 'Mark lines by `{1,3}`, or show a change in a block of the language `diff`.',
  },
  {
    pattern:
      /^(?:frame|wrap|no-?wrap|word-?wrap|collapse|collapsible|preserveIndent|startLineNumber|diff|expandable|lines)(?:=|$)/i,
    tool: 'Expressive Code, Docusaurus and Mintlify',
    help: 'Take it out; a cell folds with `//| code-fold: true`.',
  },
  {
    pattern: /^(?:live|no-?inline|playground|editable|runnable|sandpack|repl)(?:=|$)/i,
    tool: 'Docusaurus and MDX',
    help: 'Code runs when the book is built: write `ts exec`.',
  },
  {
    pattern: /^(?:ignore|no_run|should_panic|compile_fail|no-?check|no-?verify)$/i,
    tool: 'documentation tests of Rust and Deno',
    help: '`ts` alone is only shown; `ts check` is type-checked, and `//| type-error: 2322` promises an error.',
  },
  {
    pattern: /^(?:\/.+\/\w*|"[^"]*")$/,
    tool: 'Expressive Code and Rehype Pretty Code',
    help: 'Words are not marked here; mark lines: `{1,3}`.',
  },
]

/** Whose word it is, and what to do; undefined for a word that nobody is known to use. */
export function foreignWord(word: string): { readonly tool: string; readonly help: string } | undefined {
  return words.find(w => w.pattern.test(word))
}

/** Languages in which other tools draw. */
export const foreignDiagrams: readonly string[] = [
  ...['d2', 'ditaa', 'nomnoml', 'svgbob', 'blockdiag', 'seqdiag', 'actdiag', 'nwdiag', 'erd', 'structurizr'],
  ...['vega', 'vega-lite', 'vegalite', 'wavedrom', 'bpmn', 'excalidraw', 'pikchr', 'bytefield', 'wireviz'],
  ...['tikz', 'markmap', 'echarts', 'flow', 'flowchart', 'sequence', 'gantt', 'kroki', 'chart', 'zenuml'],
]

interface Directive {
  /** A cell of another language is an error: its results are missing. A directive is text that stands there as code. */
  readonly severity: 'error' | 'warning'
  readonly rule: string
  readonly message: string
  readonly help: string
}

const callouts = new Set([
  ...['note', 'tip', 'warning', 'important', 'caution', 'danger', 'hint', 'seealso', 'attention', 'error'],
  ...['admonition', 'dropdown', 'exercise', 'proof', 'topic', 'sidebar'],
])
const shown = new Set(['code', 'code-block', 'sourcecode', 'literalinclude', 'code-cell', 'prompt'])

/** `{python}` of Quarto, `{note}` of MyST: a fence whose language stands in braces. */
export function foreignDirective(name: string): Directive {
  const key = name.toLowerCase()
  const help = callouts.has(key)
    ? 'Write `::: note` … `:::`.'
    : shown.has(key)
      ? 'Write the language alone behind the marks, such as ```python.'
      : key === 'math'
        ? 'Write `$$` … `$$`.'
        : undefined
  const message = `{${name}} is a directive of MyST: here it is shown as code`
  if (help) return { severity: 'warning', rule: 'fence-word', message, help }
  return {
    severity: 'error',
    rule: 'cell-kind',
    message: `cells are TypeScript, got {${name}}`,
    help: `Write \`ts exec\`, or \`${name}\` without braces to only show the code.`,
  }
}

/** Options of cells in Quarto, knitr and Jupyter Book that are none of ours: what to write instead. */
export const foreignOptions: Readonly<Record<string, string>> = {
  include: 'Write `echo: false` and `output: false`.',
  fold: 'Did you mean `code-fold`?',
  caption: 'Write `fig-cap` or `tbl-cap`.',
  'fig.cap': 'Did you mean `fig-cap`?',
  'fig.alt': 'Did you mean `fig-alt`?',
  name: 'Did you mean `label`?',
  id: 'Did you mean `label`?',
  warning: 'What a cell prints is shown or hidden as a whole: `output: false`.',
  message: 'What a cell prints is shown or hidden as a whole: `output: false`.',
  results: 'Write `output: false` to hide what a cell shows.',
  cache: 'Take it out: only what has changed runs again.',
  freeze: 'Take it out: only what has changed runs again.',
  'fig-width': 'Give the size to the figure itself: `Plot.plot({ width: … })`.',
  'fig-height': 'Give the size to the figure itself: `Plot.plot({ height: … })`.',
  'code-line-numbers': 'Mark lines behind the language: `ts exec {1,3}`.',
  filename: 'Write it behind the language: `ts exec title="a.ts"`.',
  title: 'Write it behind the language: `ts exec title="a.ts"`.',
  'hide-input': 'Write `echo: false`.',
  'hide-output': 'Write `output: false`.',
  'remove-cell': 'Write `echo: false` and `output: false`.',
}
