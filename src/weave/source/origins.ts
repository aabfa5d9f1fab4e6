/**
 * Where inline text lies in the chapter. markdown-it gives inline tokens lines, no offsets: their content is made
 * of the ends of those lines (marks of lists and quotes taken off), or of the columns of a table's row.
 */
import type { MarkdownIt, Token } from 'markdown-it'
import type { LineIndex } from '../base/position.ts'
import { envOf, type Origin } from './env.ts'

/** Replaces markdown-it's `inline` step by one in which rules can ask for their place. */
export function originPlugin(md: MarkdownIt): void {
  md.core.ruler.at('inline', state => {
    const env = envOf(state)
    let row: Row | undefined
    for (const token of state.tokens) {
      if (token.type === 'tr_open' && token.map) row = startOfRow(env.index, token.map[0] + 1)
      if (token.type === 'tr_close') row = undefined
      if (token.type !== 'inline') continue
      env.origin = row ? columnOrigin(token, row) : blockOrigin(token, env.index)
      token.children ??= []
      state.md.inline.parse(token.content, state.md, env, token.children)
    }
    env.origin = undefined
  })
}

function blockOrigin({ content, map }: Token, index: LineIndex): Origin {
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
    content,
    locate(at) {
      const line = starts.findLast(s => s.at <= at) ?? starts[0]
      return line.offset + at - line.at
    },
  }
}

/** Column at which a piece of content begins in its raw line: it is the line's end, or (headings) inside it. */
function columnOf(raw: string, content: string): number {
  const trimmed = raw.trimEnd()
  if (trimmed.endsWith(content.trim())) return trimmed.length - content.trimEnd().length
  const inside = raw.indexOf(content.trim())
  return inside === -1 ? 0 : inside - (content.length - content.trimStart().length)
}

interface Row {
  readonly raw: string
  readonly offset: number
  /** Columns before this one are taken. */
  next: number
}

function startOfRow(index: LineIndex, line: number): Row {
  return { raw: index.line(line), offset: index.lineSpan(line).start, next: 0 }
}

/** In a table's row `\|` stands for `|`: offsets behind one are shifted. */
function columnOrigin({ content }: Token, row: Row): Origin {
  const escaped = content.replaceAll('|', '\\|')
  const found = row.raw.indexOf(escaped, row.next)
  const column = found === -1 ? row.next : found
  row.next = column + escaped.length
  return {
    content,
    locate: at => row.offset + column + content.slice(0, at).replaceAll('|', '\\|').length,
  }
}
