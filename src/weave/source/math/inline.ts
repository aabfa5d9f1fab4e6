/** Formulas within lines: by the mark that opens them. What looks like one and is none stays text, and is said. */
import type { StateInline } from 'markdown-it'
import { bracketRule, reportDoubledBackslash } from './inlineBrackets.ts'
import { dollarRule } from './inlineDollars.ts'
import { beginRule, reportEnd } from './inlineEnvironments.ts'

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
