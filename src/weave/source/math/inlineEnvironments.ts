/** `\begin{…}…\end{…}` within a line, and what is wrong with those that are no formula. */

import type { StateInline } from 'markdown-it'
import { own } from '../../base/own.ts'
import { envOf, locate } from '../markdown/env.ts'
import { environments, unknownMath } from './environments.ts'
import { pairsIn, push, say } from './inlineFormula.ts'
import { noEnvironment, strayEnd, unclosedEnvironment } from './problems.ts'

export function beginRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const name = /^\\begin\{([^{}\n]*)\}/.exec(src.slice(pos, pos + 80))?.[1]
  if (name === undefined) return false
  const markup = `\\begin{${name}}`
  const range = [pos, pos + markup.length] as const
  if (!environments.includes(name) && !own(unknownMath, name)) {
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

/** An `\end` that a `\begin` before it has not taken. */
export function reportEnd(state: StateInline): void {
  const { src, pos } = state
  const name = nameAt(src, pos)
  if (name === undefined) return
  const range = [pos, pos + `\\end{${name}}`.length] as const
  const known = environments.includes(name) || own(unknownMath, name) !== undefined
  say(state, range, known ? strayEnd(name) : noEnvironment(name))
}

function nameAt(src: string, at: number): string | undefined {
  return /^\\end\{([^{}\n]*)\}/.exec(src.slice(at, at + 80))?.[1]
}
