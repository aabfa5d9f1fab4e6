/** A line break inside Chinese text is no space: Chinese is written without. */
import type { MarkdownIt, Token } from 'markdown-it'

const wide =
  /[\u2e80-\u303f\u3040-\u30ff\u31f0-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
/** Full-width punctuation brings its own space. */
const punctuation =
  /[\u3001-\u3003\u3008-\u3011\u3014-\u301b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff60“”‘’…—]/u

export function softBreakPlugin(md: MarkdownIt): void {
  md.core.ruler.push('unroll_soft_breaks', ({ tokens }) => {
    for (const { type, children } of tokens) {
      if (type !== 'inline' || !children) continue
      for (const [i, token] of children.entries()) {
        if (token.type !== 'softbreak') continue
        const before = lastCharacter(children, i)
        const after = firstCharacter(children, i)
        const joined =
          (wide.test(before) && wide.test(after)) || punctuation.test(before) || punctuation.test(after)
        if (!joined || (!wide.test(before) && !wide.test(after))) continue
        token.type = 'text'
        token.tag = ''
        token.content = ''
      }
    }
  })
}

function lastCharacter(tokens: readonly Token[], before: number): string {
  for (let i = before - 1; i >= 0; i--)
    if (tokens[i].content !== '') return [...tokens[i].content].at(-1) ?? ''
  return ''
}

function firstCharacter(tokens: readonly Token[], after: number): string {
  for (let i = after + 1; i < tokens.length; i++) {
    const [first] = tokens[i].content.trimStart()
    if (first !== undefined) return tokens[i].content.trimStart().slice(0, first.length)
  }
  return ''
}
