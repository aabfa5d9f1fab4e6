/**
 * Formulas, in the forms that people write: `$…$`, `$$…$$`, ``$`…`$``, `\(…\)`, `\[…\]`, `\begin{align}…\end{align}`, and
 * a fence ```` ```math ````.
 */
import type { MarkdownIt } from 'markdown-it'
import { brackets, dollars, environment, mathFence } from './math/blockForms.ts'
import { blockRule } from './math/blocks.ts'
import { inlineRule } from './math/inline.ts'
import { latexReferenceRule } from './math/references.ts'

export function mathPlugin(md: MarkdownIt): void {
  const alt = ['paragraph', 'reference', 'blockquote', 'list']
  md.block.ruler.before('fence', 'math_fence', blockRule(mathFence), { alt })
  md.block.ruler.before('fence', 'math_display', blockRule(dollars), { alt })
  md.block.ruler.before('fence', 'math_brackets', blockRule(brackets), { alt })
  md.block.ruler.before('fence', 'math_environment', blockRule(environment), { alt })
  md.inline.ruler.before('escape', 'math_inline', inlineRule)
  md.inline.ruler.before('escape', 'latex_reference', latexReferenceRule)
}
