/** `\(…\)` and `\[…\]` within a line. In Markdown these are plain brackets, too: what reads like words is text. */
import type { StateInline } from 'markdown-it'
import { pairsIn, push, restOfLine, say } from './inlineFormula.ts'
import { isClearlyLatex, isDisplay, isProse, isSentence, isUnclear } from './looks.ts'
import { doubledBackslash, emptyBrackets, openBracket, unclearBrackets } from './problems.ts'

export function bracketRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const markup = src.slice(pos, pos + 2)
  const display = markup === '\\['
  const to = pairsIn(state).brackets.get(pos)
  if (to === undefined || to >= posMax) {
    const line = restOfLine(src, pos + 2, posMax)
    const begins =
      /^\s*(?:\\[A-Za-z]|[A-Za-z][_^][A-Za-z0-9{\\])/.test(line) ||
      (display && line.trim() === '' && src.includes('\n', pos))
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

/** `\\(…\\)`: other tools need the backslash of `\(` doubled. */
export function reportDoubledBackslash(state: StateInline): void {
  const { src, pos, posMax } = state
  const closing = { '(': '\\\\)', '[': '\\\\]' }[src[pos + 2] ?? '']
  const to = closing === undefined ? -1 : src.indexOf(closing, pos + 3)
  if (to !== -1 && to < posMax && isClearlyLatex(src.slice(pos + 3, to)))
    say(state, [pos, to + 3], doubledBackslash, 'warning')
}
