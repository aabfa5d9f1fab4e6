/** `\eqref{eq:name}` and `\ref{fig:name}` in prose: references as LaTeX writes them. Its other commands are said. */
import type { StateInline } from 'markdown-it'
import type { Reference } from '../chapter.ts'
import { envOf, locate } from '../env.ts'
import { referenceLabel, report } from './formula.ts'

const command = /\\([A-Za-z]+)\*?(?=\{)\{([^{}\n]*)\}/y

export function latexReferenceRule(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state
  if (src[pos] !== '\\') return false
  command.lastIndex = pos
  const match = command.exec(src)
  if (!match) return false
  const [all, name, content] = match
  const env = envOf(state)
  if (name !== 'eqref' && name !== 'ref') {
    const help = commands[name]
    if (help === undefined || silent) return false
    const start = locate(env, src, pos)
    const message = `this is shown as it stands: \\${name} is LaTeX, not Markdown`
    report(env, { start, end: start + name.length + 1 }, { rule: 'latex-command', message, help }, 'warning')
    return false
  }
  const start = locate(env, src, pos + all.length - content.length - 1)
  const span = { start, end: start + Math.max(1, content.length) }
  if (silent) {
    state.pos = pos + all.length
    return true
  }
  const label = referenceLabel(env, content, span)
  if (label === undefined) return false
  const reference: Omit<Reference, 'index'> = { label, span, form: name }
  const token = state.push('reference', 'a', 0)
  token.content = label
  token.meta = { reference, inLink: state.linkLevel > 0 }
  state.pos = pos + all.length
  return true
}

/** LaTeX's commands that people carry over into prose, and how to write them. */
const commands: Readonly<Record<string, string>> = {
  label:
    'Write `{#sec-name}` behind a heading, `{#eq-name}` behind a formula, `{#fig-name}` behind an image.',
  autoref: 'Write `@eq-name`.',
  cref: 'Write `@eq-name`.',
  Cref: 'Write `@eq-name`.',
  pageref: 'Write `@sec-name`.',
  cite: 'Write a link, or a footnote.',
  citep: 'Write a link, or a footnote.',
  citet: 'Write a link, or a footnote.',
  footnote: 'Write `[^1]`, and `[^1]: …` in a line of its own.',
  textbf: 'Write `**bold**`.',
  textit: 'Write `*emphasis*`.',
  emph: 'Write `*emphasis*`.',
  texttt: 'Write `` `code` ``.',
  url: 'Write `<https://…>`.',
  href: 'Write `[text](https://…)`.',
  section: 'Write a heading: `## …`.',
  subsection: 'Write a heading: `### …`.',
  includegraphics: 'Write `![what it shows](file.svg)`.',
  caption: 'An image’s caption stands in its brackets: `![caption](file.svg){#fig-name}`.',
  frac: 'Write a formula: `$\\frac{…}{…}$`.',
  sqrt: 'Write a formula: `$\\sqrt{…}$`.',
  mathbf: 'Write a formula: `$\\mathbf{…}$`.',
  mathrm: 'Write a formula: `$\\mathrm{…}$`.',
  operatorname: 'Write a formula: `$\\operatorname{…}$`.',
}
