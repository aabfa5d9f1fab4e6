/** Reports forms that look like a construct and are none (constructs.ts). Takes nothing from the text. */
import type { MarkdownIt, StateInline } from 'markdown-it'
import { errorAt, warningAt } from '../../base/diagnostic.ts'
import { isCaption } from './captions.ts'
import { type Almost, early, late, lines } from './constructs.ts'
import { type Env, envOf, locate } from './env.ts'
import { blockOrigin } from './origins.ts'

export function almostPlugin(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'almost_early', (state, silent) => look(state, early, silent))
  md.inline.ruler.push('almost_late', (state, silent) => look(state, late, silent))
  md.core.ruler.after('block', 'unroll_almost_lines', state => {
    const env = envOf(state)
    for (const [i, token] of state.tokens.entries()) {
      if (token.type !== 'inline' || state.tokens[i - 1]?.type !== 'paragraph_open' || isCaption(token))
        continue
      const { locate: place } = blockOrigin(token, env.index)
      let at = 0
      for (const line of token.content.split('\n')) {
        for (const almost of lines) report(almost, almost.pattern.exec(line), place(at), env)
        at += line.length + 1
      }
    }
  })
}

function look(
  state: StateInline,
  table: Readonly<Record<string, readonly Almost[]>>,
  silent: boolean,
): false {
  const { src, pos } = state
  const candidates = Object.hasOwn(table, src[pos]) ? table[src[pos]] : undefined
  if (silent || !candidates) return false
  const before = src[pos - 1] ?? '\n'
  for (const almost of candidates) {
    if (almost.notAfter?.test(before) || (almost.lineStart && before !== '\n')) continue
    almost.pattern.lastIndex = pos
    const match = almost.pattern.exec(src)
    if (!match) continue
    const env = envOf(state)
    if (report(almost, match, locate(env, src, pos), env)) return false
  }
  return false
}

function report(almost: Almost, match: RegExpExecArray | null, start: number, env: Env): boolean {
  // Inside of what has been reported there may be more of the same.
  const isInside = env.almost !== undefined && start >= env.almost.start && start < env.almost.end
  const said = match && !isInside && almost.say(match, env)
  if (!said) return false
  env.almost = { start, end: start + match[0].length }
  const { file, index, diagnostics } = env
  const at = almost.severity === 'error' ? errorAt : warningAt
  diagnostics.push(at(file, index, { start, end: start + match[0].length }, { rule: almost.rule, ...said }))
  return true
}
