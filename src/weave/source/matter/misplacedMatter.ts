/** Front matter that does not stand first: Markdown takes it for a line and a heading, and prints it. */
import type { Token } from 'markdown-it'
import { type Diagnostic, errorAt } from '../../base/diagnostic.ts'
import type { LineIndex } from '../../base/position.ts'
import { isMatterRun } from './matterLines.ts'

export function misplacedMatter(tokens: readonly Token[], file: string, index: LineIndex): Diagnostic[] {
  return tokens.flatMap((token, i) => {
    const [block, inline] = [tokens[i + 1], tokens[i + 2]]
    if (token.type !== 'hr' || token.level > 0 || !token.markup.startsWith('-') || !token.map) return []
    if (!/^(heading|paragraph)_open$/.test(block?.type ?? '') || block.map?.[0] !== token.map[1]) return []
    if (!isMatterRun(inline.content.split('\n'))) return []
    const problem = {
      rule: 'front-matter-misplaced',
      message: 'front matter stands at the head of a file: here it would be printed',
      help: 'Move it up, above everything else; for a line across the page write `***`.',
    }
    return [errorAt(file, index, index.lineSpan(token.map[0] + 1), problem)]
  })
}
