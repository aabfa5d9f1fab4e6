/**
 * `$…$` by Pandoc's rules, so that "$5 and $6" stays text: behind an opening `$` and before a closing one stands no space,
 * behind a closing one no digit. ``$`…`$`` is GitHub's; `$$…$$` is set apart.
 */
import type { StateInline } from 'markdown-it'
import { envOf } from '../markdown/env.ts'
import { asText, pairsIn, push, restOfLine, say } from './inlineFormula.ts'
import { isClearlyLatex, isOnlyLatex, isPrice } from './looks.ts'
import { closingDollar, firstFrom } from './pairs.ts'
import { digitBehind, emptyDollars, openDollar, openQuoted, spacedDollars } from './problems.ts'
import { withSuspect } from './suspects.ts'

export function dollarRule(state: StateInline, silent: boolean): boolean {
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
  if (isPrice(content) || !isOnlyLatex(content)) return asText(state, from, silent)
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
  return src.startsWith(marks, at) && /\\|[_^]/.test(src.slice(from, at)) ? at : -1
}

function reportOpenDollar(state: StateInline, markup: string, line: string): void {
  const { src, pos } = state
  const ownLine = markup === '$$' && (pos === 0 || src[pos - 1] === '\n') && line.trim() === ''
  const begins = markup === '$$' ? isClearlyLatex(line) : /^(?:\\[A-Za-z]|[A-Za-z][_^]\{)/.test(line)
  if (ownLine || begins) say(state, [pos, pos + markup.length], withSuspect(envOf(state), openDollar(markup)))
}
