/** What can be wrong with a formula before KaTeX sees it, and what to do about it. */

import { nearest } from '../../base/nearest.ts'
import { own } from '../../base/own.ts'
import { environments, textEnvironments } from './environments.ts'

export interface Problem {
  readonly rule: string
  readonly message: string
  readonly help: string
}

/** What is wrong with a `\begin` that has no `\end`. */
export function unclosedEnvironment(name: string, wrongEnd: string | undefined): Problem {
  return {
    rule: 'math-unclosed',
    message: `this formula is not closed: expected \`\\end{${name}}\``,
    help: wrongEnd
      ? `Did you mean \`\\end{${name}}\` in place of \`\\end{${wrongEnd}}\`?`
      : `Write \`\\end{${name}}\` behind its last row.`,
  }
}

export const emptyFormula = (markup: string): Problem => ({
  rule: 'math-empty',
  message: 'this formula is empty',
  help: `Write it, or remove it.${markup === '$$' ? ' For plain dollar signs write `\\$\\$`.' : ''}`,
})
export const mystFence: Problem = {
  rule: 'math-fence',
  message: 'this is shown as code: expected `math`, got `{math}`',
  help: 'Write ```` ```math ````, and a label in the same line: ```` ```math {#eq-name} ````.',
}
export const onlyLabel: Problem = {
  rule: 'math-label',
  message: 'a formula takes a label and nothing else',
  help: 'Write `{#eq-name}`.',
}
export const textBehind: Problem = {
  rule: 'math-tail',
  message: 'behind the end of a formula that goes over an empty line stands text',
  help: 'Begin a new line behind the formula.',
}
export const unclearBrackets: Problem = {
  rule: 'math-unclear',
  message: 'this is shown as text in brackets: it could be a formula',
  help: 'Write a formula as `$…$`, and plain brackets without backslashes.',
}
export const emptyDollars: Problem = {
  rule: 'math-empty',
  message: 'this formula is empty: it is shown as text',
  help: 'Write it, or remove its marks. For plain dollar signs write `\\$\\$`.',
}
export const emptyBrackets: Problem = {
  rule: 'math-empty',
  message: 'this formula is empty: it is shown as brackets',
  help: 'Write it, or plain brackets without backslashes.',
}
export const spacedDollars: Problem = {
  rule: 'math-spaces',
  message: 'this is shown as text: inside of the dollar signs of a formula stand no spaces',
  help: 'Write `$x$` in place of `$ x $`, or `\\$` for a plain dollar sign.',
}
export const digitBehind: Problem = {
  rule: 'math-digit',
  message: 'this is shown as text: behind the closing dollar sign stands a digit, as if it were a price',
  help: 'Put the digit into the formula, write ``$`x`$5``, or `\\$` for a plain dollar sign.',
}
export const openDollar = (mark: string): Problem => ({
  rule: 'math-unclosed',
  message: `this formula is not closed: expected \`${mark}\``,
  help: 'For a plain dollar sign write `\\$`.',
})
export const openQuoted = (marks: string): Problem => ({
  rule: 'math-unclosed',
  message: `this formula is not closed: expected ${'`'.repeat(marks.length + 1)} ${marks}$ ${'`'.repeat(marks.length + 1)}`,
  help: 'Write ``$`x`$``, or `\\$` for a plain dollar sign before code.',
})
export const openBracket = (mark: string): Problem => ({
  rule: 'math-unclosed',
  message: `this formula is not closed: expected \`${mark}\``,
  help: 'It ends in the paragraph that it begins in. For a plain bracket write no backslash.',
})
export const doubledBackslash: Problem = {
  rule: 'math-backslashes',
  message: 'this is shown as text: the marks of a formula have one backslash',
  help: 'Write `\\(…\\)` or `\\[…\\]`.',
}
export const strayEnd = (name: string): Problem => ({
  rule: 'math-unclosed',
  message: `this closes nothing: \`\\begin{${name}}\` is missing`,
  help: `Write \`\\begin{${name}}\` before its first row.`,
})
export const noEnvironment = (name: string): Problem => {
  const near = nearest(name, environments)
  return {
    rule: 'math-environment',
    message: `unknown environment: ${name}`,
    help:
      own(textEnvironments, name.replace('*', '')) ??
      (near
        ? `Did you mean ${near}?`
        : 'Chapters are Markdown: only LaTeX’s environments for formulas are known.'),
  }
}
export const inlineLabel: Problem = {
  rule: 'math-label',
  message: 'a formula within a line has no number, so it has no label either',
  help: 'Set it apart: `$$…$$ {#eq-name}`, or remove the label.',
}
export const twoLabels: Problem = {
  rule: 'math-label',
  message: 'this formula has two labels',
  help: 'Keep one. Rows have labels of their own in `align` and `gather`, not in `aligned` and `gathered`.',
}
export const sameLabelTwice: Problem = {
  rule: 'math-label',
  message: 'this formula has its label twice',
  help: 'Keep one.',
}
export const twoLabelsInRow: Problem = {
  rule: 'math-label',
  message: 'this row has two labels',
  help: 'Keep one.',
}
export const rowsAndWhole: Problem = {
  rule: 'math-label',
  message: 'this formula has a label, and so has one of its rows',
  help: 'Label either the whole, `{#eq-name}`, or rows, `\\label{eq-name}`.',
}
export const labelWithoutNumber: Problem = {
  rule: 'math-label',
  message: 'this row has a label, but \\nonumber keeps its number away',
  help: 'Remove one of them.',
}
export const textCommand = (name: string, help: string): Problem => ({
  rule: 'latex-command',
  message: `this is shown as it stands: \\${name} is LaTeX, not Markdown`,
  help,
})
export const lostCommand = (name: string): Problem => ({
  rule: 'latex-command',
  message: `this is shown as it stands: \\${name} has no formula round it`,
  help: `Write \`$\\${name}$\`. Perhaps a formula here has lost one of its marks.`,
})
