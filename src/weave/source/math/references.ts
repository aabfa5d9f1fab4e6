/** `\eqref{eq:name}` and `\ref{fig:name}` in prose: references as LaTeX writes them. Its other commands are said. */

import type { StateInline } from 'markdown-it'
import { own } from '../../base/own.ts'
import type { Reference } from '../chapter.ts'
import { envOf, locate } from '../markdown/env.ts'
import { knownCommands, textCommands } from './commands.ts'
import { referenceLabel } from './formula.ts'
import { isSaid, say } from './inlineFormula.ts'
import { lostCommand, textCommand } from './problems.ts'

const command = /\\([A-Za-z]+)(?:\{([^{}\n]*)\})?/y
const formulaCommands = new Set(knownCommands)

export function latexReferenceRule(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state
  if (src[pos] !== '\\') return false
  command.lastIndex = pos
  const [all, name, content] = command.exec(src) ?? []
  if (all === undefined) return false
  if ((name !== 'eqref' && name !== 'ref') || content === undefined) {
    if (!silent) reportCommand(state, name, content !== undefined)
    return false
  }
  const env = envOf(state)
  const start = locate(env, src, pos + all.length - content.length - 1)
  const span = { start, end: start + Math.max(1, content.length) }
  const label = silent ? '' : referenceLabel(env, content, span)
  if (label === undefined) return false
  state.pos = pos + all.length
  if (silent) return true
  const reference: Omit<Reference, 'index'> = { label, span, form: name }
  const token = state.push('reference', 'a', 0)
  token.content = label
  token.meta = { reference, inLink: state.linkLevel > 0 }
  return true
}

/** A command that Markdown does not know. In a path, `C:\\beta`, it is none. */
function reportCommand(state: StateInline, name: string, braces: boolean): void {
  const { src, pos } = state
  // A table of commands has them alone in its cells.
  if (src.trim() === `\\${name}` || inCode(src, pos)) return
  const range = [pos, pos + 1 + name.length] as const
  const help = braces ? own(textCommands, name) : undefined
  if (help !== undefined) say(state, range, textCommand(name, help), 'warning')
  else if (formulaCommands.has(name) && !/[\w:/\\]/.test(src[pos - 1] ?? '') && !isSaid(state))
    say(state, range, lostCommand(name), 'warning')
}

/** Within `<code>…</code>`. */
function inCode(src: string, pos: number): boolean {
  const open = src.lastIndexOf('<code', pos)
  return open !== -1 && src.lastIndexOf('</code', pos) < open
}
