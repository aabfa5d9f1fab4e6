/** `@fig-x`, `[@eq-y]`: references to what is numbered. */
import type { MarkdownIt, StateInline } from 'markdown-it'
import type { Reference } from '../chapter.ts'
import { envOf, locate } from './env.ts'

export function referencePlugin(md: MarkdownIt): void {
  md.inline.ruler.before('link', 'reference', rule)
}

const kinds = '(?:fig|eq|tbl|sec)'
const bare = new RegExp(`@(${kinds}-[A-Za-z0-9](?:[\\w-]*[A-Za-z0-9])?)`, 'y')
const bracketed = new RegExp(`\\[@(${kinds}-[A-Za-z0-9](?:[\\w-]*[A-Za-z0-9])?)\\](?![(\\[])`, 'y')

function rule(state: StateInline, silent: boolean): boolean {
  const { src, pos } = state
  const first = src[pos]
  if (first !== '@' && first !== '[') return false
  // Not the @ of an address.
  if (first === '@' && /[\w.+-]/.test(src[pos - 1] ?? ' ')) return false
  const pattern = first === '@' ? bare : bracketed
  pattern.lastIndex = pos
  const match = pattern.exec(src)
  if (!match) return false
  if (!silent) {
    const env = envOf(state)
    const start = locate(env, src, pos + (first === '[' ? 1 : 0))
    const reference: Omit<Reference, 'index'> = {
      label: match[1],
      span: { start, end: start + match[1].length + 1 },
    }
    const token = state.push('reference', 'a', 0)
    token.content = match[1]
    // A link in a link is none: there only the number is shown.
    token.meta = { reference, inLink: state.linkLevel > 0 }
  }
  state.pos = pos + match[0].length
  return true
}
