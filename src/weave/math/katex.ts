/**
 * One formula by KaTeX: HTML with MathML, and everything that KaTeX has to say of it. What it would print on the terminal
 * or draw in red is a problem with a place, and nothing that it throws gets out.
 */

import katexLibrary from 'katex'
import { nearest } from '../base/nearest.ts'
import { own } from '../base/own.ts'
import type { Span } from '../base/position.ts'
import { knownCommands, replacements } from '../source/math/commands.ts'
import { environments, unknownMath } from '../source/math/environments.ts'
import { error, type FormulaProblem, placeOf, spanOf, supported } from './katexProblem.ts'
import { metricsProblem, strictProblem, textOutside } from './katexWarnings.ts'
import { numberPlace, referencePlace } from './places.ts'

export interface Typesetting {
  /** Undefined: KaTeX rejects it. */
  readonly html: string | undefined
  readonly problems: readonly FormulaProblem[]
}

export interface TypesetOptions {
  readonly display: boolean
  readonly macros: Readonly<Record<string, string>>
  /** Labels of rows that show a number of ours: those without a `\tag`. */
  readonly numberedRows: ReadonlySet<string>
  /** `\label`, `\eqref` and `\ref` have a meaning: in formulas of chapters, not in what cells show. */
  readonly linked: boolean
  /** A label as it is written in LaTeX → ours. */
  readonly labelOf: (written: string) => string
}

/** KaTeX draws what it does not trust in this colour. */
const errorColor = '#cc0001'

export function typeset(latex: string, options: TypesetOptions): Typesetting {
  const problems: FormulaProblem[] = []
  const said = new Set<string>()
  const say = (problem: FormulaProblem) => {
    // A character without metrics is heard of twice: while KaTeX reads, and while it draws.
    const key = `${problem.span.start} ${problem.message}`
    if (!said.has(key)) problems.push(problem)
    said.add(key)
  }
  const text: Span[] = []
  const render = () =>
    katexLibrary.renderToString(latex, {
      displayMode: options.display,
      output: 'htmlAndMathml',
      throwOnError: true,
      errorColor,
      strict: (code, message, token) => {
        if (code === 'unicodeTextInMathMode') text.push(spanOf(token, latex))
        else strictProblem(code, message, token, latex, say)
      },
      trust: ({ command }) => {
        say(untrusted(command, latex, problems))
        return false
      },
      macros: macrosFor(latex, options, say),
    })
  // Deeper ones overflow KaTeX's stack, some of them only after minutes.
  if (depthOf(latex) > deepest) return { html: undefined, problems: [tooDeep(latex)] }
  try {
    const html = quietly(render, heard => {
      const problem = metricsProblem(heard, latex)
      if (problem) say(problem)
    })
    for (const problem of textOutside(text, latex)) say(problem)
    // An address that KaTeX cannot read is not trusted either, and it does not ask.
    if (html.includes(errorColor) && !problems.some(p => p.rule === 'math-untrusted'))
      say(untrusted(/\\(?:href|url|includegraphics)/.exec(latex)?.[0] ?? '\\href', latex, problems))
    return { html, problems }
  } catch (error) {
    return { html: undefined, problems: [thrown(error, latex)] }
  }
}

const deepest = 250

/** How deep braces, `\left` and `\begin` are nested in each other. */
function depthOf(latex: string): number {
  let [depth, most] = [0, 0]
  for (const [token, command] of latex.matchAll(/\\(left|right|begin|end)(?![A-Za-z])|\\[\s\S]|[{}]/g)) {
    if (token === '{' || command === 'left' || command === 'begin') most = Math.max(most, ++depth)
    else if (token === '}' || command === 'right' || command === 'end') depth--
  }
  return most
}

function tooDeep(latex: string): FormulaProblem {
  const message = `this formula is nested too deeply: KaTeX manages ${deepest} groups in each other`
  return { ...error('math', message, 'Take it apart.'), span: { start: 0, end: latex.length } }
}

/** KaTeX writes to the console; here it is heard instead. Nothing else runs meanwhile. */
function quietly<T>(render: () => T, hear: (text: string) => void): T {
  const { warn, log, error } = console
  console.warn = console.log = console.error = (...said: unknown[]) => hear(String(said[0]))
  try {
    return render()
  } finally {
    Object.assign(console, { warn, log, error })
  }
}

/** A new object for each formula: what one defines, another does not see. */
function macrosFor(
  latex: string,
  { macros, numberedRows, linked, labelOf }: TypesetOptions,
  say: (problem: FormulaProblem) => void,
): Record<string, string | Macro> {
  const all: Record<string, string | Macro> = { ...macros }
  // `align` without a star would number its rows 1, 2, 3 on each page. Numbers are ours: it never gets to count.
  Object.defineProperty(all, '\\@eqnsw', { get: () => '0', set() {}, enumerable: true, configurable: true })
  for (const command of ['\\message', '\\errmessage', '\\show'])
    all[command] = context => {
      if (command === '\\show') context.popToken()
      else context.consumeArgs(1)
      const message = `${command} prints on a terminal, and shows nothing`
      say({
        severity: 'warning',
        rule: 'math-terminal',
        message,
        help: 'Remove it.',
        span: placeOf(command, latex),
      })
      return ''
    }
  if (!linked) return all
  const argument = (context: MacroContext) =>
    labelOf(
      context
        .consumeArgs(1)[0]
        .map(token => token.text)
        .reverse()
        .join(''),
    )
  all['\\label'] = context => {
    const label = argument(context)
    return numberedRows.has(label) ? `\\tag{${numberPlace(label)}}` : ''
  }
  all['\\ref'] = context => `\\text{${referencePlace(argument(context))}}`
  all['\\eqref'] = context => `\\text{(${referencePlace(argument(context))})}`
  return all
}

/** What a macro may ask KaTeX for. Arguments come as tokens, the last one first. */
interface MacroContext {
  consumeArgs(count: number): { readonly text: string }[][]
  popToken(): unknown
}
type Macro = (context: MacroContext) => string

function untrusted(command: string, latex: string, before: readonly FormulaProblem[]): FormulaProblem {
  const count = before.filter(p => p.rule === 'math-untrusted' && p.message.startsWith(`${command} `)).length
  const links = command === '\\href' || command === '\\url'
  return {
    ...error(
      'math-untrusted',
      `${command} does not work in formulas: it would be printed in red`,
      links
        ? 'Put the link outside of the formula: `[text](address)`.'
        : command === '\\includegraphics'
          ? 'Put the image outside of the formula: `![what it shows](file.svg)`.'
          : 'Remove it: pages get their looks from the theme.',
    ),
    span: placeOf(command, latex, count),
  }
}

function thrown(cause: unknown, latex: string): FormulaProblem {
  const whole = { start: 0, end: latex.length }
  if (cause instanceof RangeError) return tooDeep(latex)
  if (!(cause instanceof katexLibrary.ParseError)) {
    const message = `KaTeX fails on this formula: ${cause instanceof Error ? cause.message : String(cause)}`
    return { ...error('math', message, supported), span: whole }
  }
  const { rawMessage } = cause
  return { ...error('math', rawMessage, helpFor(rawMessage)), span: placeOfError(cause, latex) }
}

/** Where KaTeX stopped; the whole formula if it was in a macro, whose text KaTeX counts in then. */
function placeOfError({ position, length = 1, message }: katexLibrary.ParseError, latex: string): Span {
  const whole = { start: 0, end: latex.length }
  if (position === undefined) return whole
  const end = position + length
  // The end of the message shows the place, underlined, with 15 characters on both sides.
  const marked = latex.slice(position, end).replace(/[\s\S]/g, '$&\u0332')
  const shown = latex.slice(Math.max(0, position - 15), position) + marked + latex.slice(end, end + 15)
  return message.replace(/…$/, '').endsWith(shown) ? { start: position, end } : whole
}

function helpFor(message: string): string {
  const command = /^Undefined control sequence: \\([A-Za-z]+)$/.exec(message)?.[1]
  const environment = /^No such environment: (.+)$/.exec(message)?.[1]
  if (command !== undefined) {
    const other = own(replacements, command)
    if (other) return `KaTeX does not have it: write ${other}.`
    const near = nearest(command, likeliest(command))
    return near
      ? `Did you mean \\${near}?`
      : `${supported}. Macros of your own stand in \`macros\` of book.config.ts.`
  }
  if (environment !== undefined) return environmentHelp(environment)
  if (message.startsWith('Too many expansions'))
    return 'A macro calls itself without end: correct its definition.'
  return supported
}

/** Swapped letters are likelier than a letter left out: `\tahn` is `\tanh`, not `\tan`. */
function likeliest(command: string): readonly string[] {
  const off = (name: string) => Math.abs(name.length - command.length)
  return [...knownCommands].sort((a, b) => off(a) - off(b))
}

function environmentHelp(name: string): string {
  const near = own(unknownMath, name) ?? nearest(name, environments)
  return near ? `Did you mean ${near}?` : supported
}
