/** Lists and quotations nested deeper than markdown-it reads: it would drop their text without a word. */
import type { MarkdownIt, StateBlock } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import { envOf } from './env.ts'

/** A list takes two levels, itself and its item. */
const room = 3

export function nestingPlugin(md: MarkdownIt): void {
  md.block.ruler.before('table', 'too_deep', tooDeep)
}

function tooDeep(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if (silent || state.level < (state.md.options.maxNesting ?? 100) - room) return false
  const { file, index, diagnostics } = envOf(state)
  const span = {
    start: state.bMarks[startLine] + state.tShift[startLine],
    end: index.lineSpan(endLine).end,
  }
  diagnostics.push(
    errorAt(file, index, span, {
      rule: 'nesting',
      message: `this is nested ${state.level} levels deep; deeper text would be lost`,
      help: 'Quotations count one level, lists two. Bring it further out.',
    }),
  )
  state.line = endLine
  const token = state.push('code_block', 'code', 0)
  token.content = state.getLines(startLine, endLine, state.blkIndent, true)
  token.map = [startLine, endLine]
  return true
}
