/**
 * Where inline text lies in the chapter. markdown-it gives inline tokens lines, no offsets: their content is made
 * of the ends of those lines (marks of lists and quotes taken off). Whoever makes an inline token of another kind
 * (a table's column, a caption) puts its origin into the token's `meta`.
 */
import type { MarkdownIt, StateInline, Token } from 'markdown-it'
import type { LineIndex } from '../../base/position.ts'
import { envOf, type Origin } from './env.ts'
import { wrapRule } from './rules.ts'

/** Replaces markdown-it's `inline` step by one in which rules can ask for their place. */
export function originPlugin(md: MarkdownIt): void {
  md.core.ruler.at('inline', state => {
    const env = envOf(state)
    for (const token of state.tokens) {
      if (token.type !== 'inline') continue
      const { origin } = (token.meta ?? {}) as { readonly origin?: Origin }
      env.origin = origin ?? blockOrigin(token, env.index)
      token.children ??= []
      state.md.inline.parse(token.content, state.md, env, token.children)
    }
    env.origin = undefined
  })
}

/** For rules that parse a part of the text by itself, `skip` characters behind their own beginning: `![…]`, `^[…]`. */
export function nestedPlugin(md: MarkdownIt, rule: string, skip: number): void {
  wrapRule(md.inline.ruler, rule, inner => (state: StateInline, silent: boolean) => {
    if (silent) return inner(state, silent)
    const env = envOf(state)
    const { origin } = env
    const start = state.pos + skip
    if (origin) env.origin = { locate: at => origin.locate(start + at) }
    const found = inner(state, silent)
    env.origin = origin
    return found
  })
}

/** For content that is made of the ends of its lines. */
export function blockOrigin({ content, map }: Pick<Token, 'content' | 'map'>, index: LineIndex): Origin {
  const lines = content.split('\n')
  const firstLine = (map?.[0] ?? 0) + 1
  const starts: { at: number; offset: number }[] = []
  let at = 0
  for (const [i, line] of lines.entries()) {
    const { start } = index.lineSpan(firstLine + i)
    starts.push({ at, offset: start + columnOf(index.line(firstLine + i), line) })
    at += line.length + 1
  }
  return {
    locate(at) {
      const line = starts[lastAtMost(starts, at)]
      return line.offset + at - line.at
    },
  }
}

/** The last start that is not behind `at`. */
function lastAtMost(starts: readonly { readonly at: number }[], at: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (starts[middle].at <= at) low = middle
    else high = middle - 1
  }
  return low
}

/** Column at which a piece of content begins in its raw line: it is the line's end, or (headings) inside it. */
function columnOf(raw: string, content: string): number {
  const trimmed = raw.trimEnd()
  if (trimmed.endsWith(content.trim())) return trimmed.length - content.trimEnd().length
  const inside = raw.indexOf(content.trim())
  return inside === -1 ? 0 : inside - (content.length - content.trimStart().length)
}
