/**
 * Code that was meant to run and is no fence to Markdown: too few marks, the marks of another keyboard, four spaces
 * before it, a block of HTML round it. It would stand on the page as text.
 */
import type { MarkdownIt, Token } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import { type Env, envOf } from '../markdown/env.ts'

const asks = '(?:ts|typescript|js|javascript)[ \\t]+(?:exec|check)'
/** A line of prose: two backticks, quotes, dots, full-width signs. */
const inProse = new RegExp(`^[^\\p{L}\\p{N}\\s]{1,6}[ \\t]*${asks}[\\w\\s"={},.#:-]*$`, 'u')
const inBlock = new RegExp(`^[ \\t>]*(?:\`{3,}|~{3,})[ \\t]*${asks}\\b`)

export function nearFencePlugin(md: MarkdownIt): void {
  md.core.ruler.after('block', 'unroll_near_fences', state => {
    const env = envOf(state)
    for (const token of state.tokens) {
      if (token.type === 'inline') report(token, inProse, env, 'this line is text, and no fence')
      else if (token.type === 'code_block')
        report(token, inBlock, env, 'this fence is indented by four spaces, which makes it a text of code')
      else if (token.type === 'html_block')
        report(token, inBlock, env, 'this fence stands in a block of HTML, and is text there')
    }
  })
}

function report(
  { map, content }: Token,
  pattern: RegExp,
  { file, index, diagnostics }: Env,
  said: string,
): void {
  if (!map || !/exec|check/.test(content)) return
  // What is commented out, or shown as it stands, is meant so.
  const read = content.replace(/<!--[\s\S]*?(?:-->|$)|<pre[\s>][\s\S]*/gi, left =>
    left.replace(/[^\n]/g, ' '),
  )
  for (const [i, line] of read.split('\n').entries()) {
    if (!pattern.test(line)) continue
    const span = index.lineSpan(map[0] + 1 + i)
    const at = index.text.slice(span.start, span.end).indexOf(line.trim())
    diagnostics.push(
      errorAt(
        file,
        index,
        { start: span.start + Math.max(0, at), end: span.end },
        {
          rule: 'fence-almost',
          message: said,
          help: 'Code that runs begins with a line of three backticks and `ts exec`, less than four spaces before it, and a blank line after a tag of HTML.',
        },
      ),
    )
  }
}
