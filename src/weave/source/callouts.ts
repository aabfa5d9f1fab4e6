/** `::: note Title … :::` and GitHub's `> [!NOTE]`: both become `container_<kind>` tokens with a title. */
import type { MarkdownIt } from 'markdown-it'
import container from 'markdown-it-container'

export const calloutKinds = ['note', 'tip', 'warning', 'important', 'caution', 'exercise', 'proof'] as const

const alert = /^\[!(NOTE|TIP|WARNING|IMPORTANT|CAUTION)\][ \t]*(?:\n|$)/

export function calloutPlugin(md: MarkdownIt): void {
  for (const kind of calloutKinds) md.use(container, kind)
  md.core.ruler.after('block', 'unroll_callouts', ({ tokens }) => {
    for (const token of tokens) {
      const kind = /^container_(\w+)_open$/.exec(token.type)?.[1]
      if (kind) token.info = token.info.trim().slice(kind.length).trim()
    }
    for (const [i, token] of tokens.entries()) {
      if (token.type !== 'blockquote_open' || tokens[i + 1]?.type !== 'paragraph_open') continue
      const inline = tokens[i + 2]
      const match = alert.exec(inline.content)
      const close = tokens.findIndex(
        (t, j) => j > i && t.type === 'blockquote_close' && t.level === token.level,
      )
      if (!match || close === -1) continue
      const kind = match[1].toLowerCase()
      token.type = `container_${kind}_open`
      tokens[close].type = `container_${kind}_close`
      token.info = ''
      inline.content = inline.content.slice(match[0].length)
      if (inline.map && match[0].endsWith('\n')) inline.map = [inline.map[0] + 1, inline.map[1]]
    }
  })
}
