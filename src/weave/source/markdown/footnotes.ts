/** Footnotes, by markdown-it's own plugin, which joins all tokens anew for each note. */
import type { MarkdownIt } from 'markdown-it'
import footnote from 'markdown-it-footnote'

export function footnotePlugin(md: MarkdownIt): void {
  md.use(footnote)
  const { ruler } = md.core
  ruler.before('footnote_tail', 'unroll_before_notes', state => {
    if ('footnotes' in state.env) state.tokens = Growing.from(state.tokens) as typeof state.tokens
  })
  ruler.after('footnote_tail', 'unroll_after_notes', state => {
    if (state.tokens instanceof Growing) state.tokens = Array.from(state.tokens)
  })
}

/** `tokens = tokens.concat(more)` adds to the end, as it is meant: thousands of notes take no longer than their number. */
class Growing<T> extends Array<T> {
  override concat(more: T[]): this {
    for (const item of more) this.push(item)
    return this
  }
}
