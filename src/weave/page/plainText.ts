/** Inline tokens as text without markup: for alt texts, titles and search. May hold holes of references. */
import type { Token } from 'markdown-it'
import type { Outputs } from '../run/output.ts'
import type { Formula, InlineExpression, Reference } from '../source/chapter.ts'
import { hole } from './holes.ts'

interface Meta {
  readonly formula?: Formula
  readonly inline?: InlineExpression
  readonly reference?: Reference
}

export function plainText(tokens: readonly Token[], outputs: Outputs): string {
  return tokens
    .map(({ type, content, meta, children }) => {
      const { formula, inline, reference } = (meta ?? {}) as Meta
      if (formula) return formula.latex.replace(/\\label\s*\{[^{}]*\}/g, '')
      if (inline) return inline.typed ?? outputs.inlines[inline.index] ?? ''
      if (reference) return hole('referenceText', reference.index)
      if (type === 'softbreak' || type === 'hardbreak') return ' '
      if (type === 'image') return plainText(children ?? [], outputs)
      return type === 'html_inline' ? '' : content
    })
    .join('')
    .trim()
}
