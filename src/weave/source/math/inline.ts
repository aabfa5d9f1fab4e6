/**
 * Formulas within lines. `$…$` by Pandoc's rules, so that "$5 and $6" stays text: behind an opening `$` and before a
 * closing one stands no space, behind a closing one no digit. GitHub's ``$`…`$``, LaTeX's `\(…\)` and `\[…\]`, and
 * environments. What looks like a formula and is none stays text, and is said.
 */
import type { StateInline } from 'markdown-it'
import { nearest } from '../../base/nearest.ts'
import type { Span } from '../../base/position.ts'
import { envOf, locate } from '../env.ts'
import { labelIn, unclearBrackets, unclosedEnvironment } from './blocks.ts'
import { environments, textEnvironments, unknownMath } from './environments.ts'
import { formulaOf, report } from './formula.ts'
import type { Problem } from './labels.ts'
import { isClearlyLatex, isPrice, isProse, isSentence, isUnclear } from './looks.ts'
import { closingDollar, firstFrom, type Pairs, pairsOf } from './pairs.ts'

export function inlineRule(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state
  if (src[pos] === '$') return dollarRule(state, silent)
  if (src[pos] !== '\\') return false
  if (src[pos + 1] === '\\' && !silent) reportDoubledBackslash(state)
  if (src[pos + 1] === '(' || src[pos + 1] === '[') return bracketRule(state, silent)
  if (src.startsWith('\\begin{', pos)) return beginRule(state, silent)
  if (src.startsWith('\\end{', pos) && !silent) reportEnd(state)
  return false
}

/** A formula found: from the mark that opens it to behind the mark that closes it. */
interface Found {
  readonly markup: string
  readonly from: number
  readonly to: number
  readonly after: number
  readonly display: boolean
}

function push(state: StateInline, found: Found, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const label = labelBehind(src.slice(found.after, posMax), found.display)
  state.pos = found.after + (label?.length ?? 0)
  if (silent) return true
  const env = envOf(state)
  const token = state.push('math_inline', 'span', 0)
  token.markup = found.markup
  const latex = src.slice(found.from, found.to)
  const start = label && locate(env, src, found.after + label.length - label.content.length - 1)
  const written = {
    latex,
    lines: linesOf(state, found.from, found.to),
    display: found.display,
    outer: { start: locate(env, src, pos), end: locate(env, src, state.pos - 1) + 1 },
    label: label && start !== undefined ? labelIn(label.content, start) : undefined,
  }
  token.meta = { formula: formulaOf(env, written) }
  return true
}

/** `{#eq-name}` behind a formula; behind one within a line only if it is meant for it. */
function labelBehind(text: string, display: boolean): { content: string; length: number } | undefined {
  const pattern = display ? /^[ \t]*(?:\n[ \t]*)?\{(#[^\s{}.#=]+)\}/ : /^[ \t]?\{(#eqn?[-:][^\s{}.#=]+)\}/i
  const match = pattern.exec(text)
  return match ? { content: match[1], length: match[0].length } : undefined
}

/** A formula may go over lines of its paragraph. In a table `\|` stands for `|`: the content has it right. */
function linesOf(state: StateInline, from: number, to: number): Span[] {
  const env = envOf(state)
  let at = from
  return state.src
    .slice(from, to)
    .split('\n')
    .map(line => {
      const start = locate(env, state.src, at)
      const end = locate(env, state.src, at + line.length)
      at += line.length + 1
      return { start, end }
    })
}

function say(
  state: StateInline,
  [from, to]: readonly [number, number],
  problem: Problem,
  severity?: 'warning',
): void {
  const env = envOf(state)
  const start = locate(env, state.src, from)
  report(env, { start, end: Math.max(start + 1, locate(env, state.src, to)) }, problem, severity)
}

function asText(state: StateInline, to: number, silent: boolean): boolean {
  if (!silent) state.pending += state.src.slice(state.pos, to)
  state.pos = to
  return true
}

function dollarRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  if (src[pos + 1] === '`') {
    const quoted = quotedRule(state, silent)
    if (quoted !== undefined) return quoted
  }
  const pairs = pairsIn(state)
  const markup = src[pos + 1] === '$' ? '$$' : '$'
  const from = pos + markup.length
  const to = closingDollar(src, pairs, from, posMax, markup)
  if (to === -1) {
    if (!silent) reportOpenDollar(state, markup, restOfLine(src, from, posMax))
    // Both of a `$$`, so that the second opens nothing either.
    return asText(state, from, silent)
  }
  const content = src.slice(from, to)
  if (content.trim() === '') {
    // The two of `$$`, or four.
    if (markup === '$$' && !silent) say(state, [pos, to + 2], emptyDollars, 'warning')
    return asText(state, markup === '$$' ? to + 2 : from, silent)
  }
  if (markup === '$$') return push(state, { markup, from, to, after: to + 2, display: true }, silent)
  const spaced = /^\s/.test(content) || /(?<!\\)\s$/.test(content)
  const digit = /\d/.test(src[to + 1] ?? '')
  if (!spaced && !digit) return push(state, { markup, from, to, after: to + 1, display: false }, silent)
  if (isPrice(content) || content.includes('\n\n') || !isClearlyLatex(content))
    return asText(state, from, silent)
  if (!silent) say(state, [pos, to + 1], spaced ? spacedDollars : digitBehind, 'warning')
  return asText(state, to + 1, silent)
}

/** ``$`…`$``; undefined: something else. A price may stand before code, too: `` $`{ts} price` ``. */
function quotedRule(state: StateInline, silent: boolean): boolean | undefined {
  const { src, pos, posMax } = state
  const run = /`+/y
  run.lastIndex = pos + 1
  const marks = run.exec(src)?.[0] ?? ''
  const from = pos + 1 + marks.length
  const codeEnd = pairsIn(state).codes.get(pos + 1) ?? -1
  const to = closingQuote(state, marks, from, codeEnd)
  const content = to === -1 ? restOfLine(src, from, posMax) : src.slice(from, to)
  if (to !== -1 && !/^ ?\{ts[=}]/.test(content)) {
    if (content.trim() !== '')
      return push(
        state,
        { markup: `$${marks}`, from, to, after: to + marks.length + 1, display: false },
        silent,
      )
    if (!silent) say(state, [pos, to + marks.length + 1], emptyDollars, 'warning')
    return asText(state, pos + 1, silent)
  }
  // A code span behind a dollar sign.
  if (codeEnd !== -1 && codeEnd <= posMax) {
    const code = src.slice(from, codeEnd - marks.length)
    if (!silent && isClearlyLatex(code)) say(state, [pos, codeEnd], openQuoted(marks), 'warning')
    return asText(state, pos + 1, silent)
  }
  if (!isClearlyLatex(content)) return undefined
  if (!silent) say(state, [pos, from], openQuoted(marks))
  return asText(state, from, silent)
}

/** Where `` `$ `` closes: at the end of the code span, or, in LaTeX with back-quotes, at the first one. */
function closingQuote(state: StateInline, marks: string, from: number, codeEnd: number): number {
  const { src, posMax } = state
  if (codeEnd !== -1 && codeEnd < posMax && src[codeEnd] === '$') return codeEnd - marks.length
  const { quotedDollars } = pairsIn(state)
  const dollar = quotedDollars[firstFrom(quotedDollars, from + 1)]
  if (dollar === undefined || dollar >= posMax || src[dollar + 1] === '`') return -1
  const at = dollar - marks.length
  return src.startsWith(marks, at) && isClearlyLatex(src.slice(from, at)) ? at : -1
}

function restOfLine(src: string, from: number, max: number): string {
  const end = src.indexOf('\n', from)
  return src.slice(from, end === -1 || end > max ? max : end)
}

function reportOpenDollar(state: StateInline, markup: string, line: string): void {
  const { src, pos } = state
  const ownLine = markup === '$$' && (pos === 0 || src[pos - 1] === '\n') && line.trim() === ''
  const begins = markup === '$$' ? isClearlyLatex(line) : /^(?:\\[A-Za-z]|[A-Za-z][_^]\{)/.test(line)
  if (ownLine || begins) say(state, [pos, pos + markup.length], openDollar(markup))
}

function bracketRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const markup = src.slice(pos, pos + 2)
  const display = markup === '\\['
  const to = pairsIn(state).brackets.get(pos)
  if (to === undefined || to >= posMax) {
    const line = restOfLine(src, pos + 2, posMax)
    const begins =
      /^\s*(?:\\[A-Za-z]|[A-Za-z][_^][A-Za-z0-9{\\])/.test(line) || (display && line.trim() === '')
    if (begins && !silent) say(state, [pos, pos + 2], openBracket(display ? '\\]' : '\\)'))
    return false
  }
  const content = src.slice(pos + 2, to)
  const range = [pos, to + 2] as const
  if (content.trim() === '') {
    if (!silent) say(state, range, emptyBrackets, 'warning')
    return false
  }
  // `\[a link\](…)` is a link that is not one, `call\(it\)` the brackets of a call.
  if (display && /[([]/.test(src[to + 2] ?? '')) return false
  if (!display && isProse(content) && /[A-Za-z0-9_]/.test(src[pos - 1] ?? '')) return false
  if (display ? isDisplay(content) : !isSentence(content))
    return push(state, { markup, from: pos + 2, to, after: to + 2, display }, silent)
  if (!silent && (!display || isUnclear(content))) say(state, range, unclearBrackets, 'warning')
  return false
}

/** Within a line `\[1\]` and `\[a\]` are text: it takes a sign, or the spaces that `\[ x \]` has. */
function isDisplay(content: string): boolean {
  return isClearlyLatex(content) || (!isProse(content) && /[=<>+*/|()-]|^\s+[A-Za-z]\s+$/.test(content))
}

/** `\\(…\\)`: other tools need the backslash of `\(` doubled. */
function reportDoubledBackslash(state: StateInline): void {
  const { src, pos, posMax } = state
  const closing = { '(': '\\\\)', '[': '\\\\]' }[src[pos + 2] ?? '']
  const to = closing === undefined ? -1 : src.indexOf(closing, pos + 3)
  if (to !== -1 && to < posMax && isClearlyLatex(src.slice(pos + 3, to)))
    say(state, [pos, to + 3], doubledBackslash, 'warning')
}

function beginRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const name = /^\\begin\{([^{}\n]*)\}/.exec(src.slice(pos, pos + 80))?.[1]
  if (name === undefined) return false
  const markup = `\\begin{${name}}`
  const range = [pos, pos + markup.length] as const
  if (!environments.includes(name) && !(name in unknownMath)) {
    if (!silent) say(state, range, noEnvironment(name))
    return false
  }
  const pairs = pairsIn(state)
  const end = pairs.environments.get(pos)?.end
  if (end !== undefined && end <= posMax)
    return push(state, { markup, from: pos, to: end, after: end, display: true }, silent)
  if (!silent) {
    const stray = [...pairs.strayEnds].find(at => at > pos)
    if (stray !== undefined) envOf(state).reported.add(locate(envOf(state), src, stray))
    const wrong = stray === undefined ? undefined : nameAt(src, stray)
    say(state, range, unclosedEnvironment(name, wrong))
  }
  return false
}

function reportEnd(state: StateInline): void {
  const { src, pos } = state
  const name = nameAt(src, pos)
  if (name === undefined) return
  const range = [pos, pos + `\\end{${name}}`.length] as const
  const known = environments.includes(name) || name in unknownMath
  say(state, range, known ? strayEnd(name) : noEnvironment(name))
}

function nameAt(src: string, at: number): string | undefined {
  return /^\\end\{([^{}\n]*)\}/.exec(src.slice(at, at + 80))?.[1]
}

const pairsOfState = new WeakMap<StateInline, Pairs>()

function pairsIn(state: StateInline): Pairs {
  const pairs = pairsOfState.get(state) ?? pairsOf(state.src)
  pairsOfState.set(state, pairs)
  return pairs
}

const emptyDollars: Problem = {
  rule: 'math-empty',
  message: 'this formula is empty: it is shown as text',
  help: 'Write it, or remove its marks. For plain dollar signs write `\\$\\$`.',
}
const emptyBrackets: Problem = {
  rule: 'math-empty',
  message: 'this formula is empty: it is shown as brackets',
  help: 'Write it, or plain brackets without backslashes.',
}
const spacedDollars: Problem = {
  rule: 'math-spaces',
  message: 'this is shown as text: inside of the dollar signs of a formula stand no spaces',
  help: 'Write `$x$` in place of `$ x $`, or `\\$` for a plain dollar sign.',
}
const digitBehind: Problem = {
  rule: 'math-digit',
  message: 'this is shown as text: behind the closing dollar sign stands a digit, as if it were a price',
  help: 'Put the digit into the formula, write ``$`x`$5``, or `\\$` for a plain dollar sign.',
}
const openDollar = (mark: string): Problem => ({
  rule: 'math-unclosed',
  message: `this formula is not closed: expected \`${mark}\``,
  help: 'For a plain dollar sign write `\\$`.',
})
const openQuoted = (marks: string): Problem => ({
  rule: 'math-unclosed',
  message: `this formula is not closed: expected ${'`'.repeat(marks.length + 1)} ${marks}$ ${'`'.repeat(marks.length + 1)}`,
  help: 'Write ``$`x`$``, or `\\$` for a plain dollar sign before code.',
})
const openBracket = (mark: string): Problem => ({
  rule: 'math-unclosed',
  message: `this formula is not closed: expected \`${mark}\``,
  help: 'It ends in the paragraph that it begins in. For a plain bracket write no backslash.',
})
const doubledBackslash: Problem = {
  rule: 'math-backslashes',
  message: 'this is shown as text: the marks of a formula have one backslash',
  help: 'Write `\\(…\\)` or `\\[…\\]`.',
}
const strayEnd = (name: string): Problem => ({
  rule: 'math-unclosed',
  message: `this closes nothing: \`\\begin{${name}}\` is missing`,
  help: `Write \`\\begin{${name}}\` before its first row.`,
})
const noEnvironment = (name: string): Problem => {
  const near = nearest(name, environments)
  return {
    rule: 'math-environment',
    message: `unknown environment: ${name}`,
    help:
      textEnvironments[name.replace('*', '')] ??
      (near
        ? `Did you mean ${near}?`
        : 'Chapters are Markdown: only LaTeX’s environments for formulas are known.'),
  }
}
