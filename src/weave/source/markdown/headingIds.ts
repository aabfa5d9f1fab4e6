/**
 * Every heading has an id: the one that `{#id}` gives it, or one made of its text. Two with the same `{#id}`: the second
 * is reported and gets an id of its own.
 */
import type { MarkdownIt, Token } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import { type Env, envOf } from './env.ts'

export const labelHelp = 'Labels are unique within a book: references point at them from any chapter.'

/** Runs behind the plugin that reads `{#id}`. */
export function headingIdPlugin(md: MarkdownIt): void {
  md.core.ruler.push('unroll_heading_ids', state => {
    const headings = state.tokens.flatMap((token, i) =>
      token.type === 'heading_open' ? [{ token, inline: state.tokens[i + 1] }] : [],
    )
    const taken = givenIds(
      headings.map(h => h.token),
      envOf(state),
    )
    /** The last number behind a slug: of thousands of equal headings none looks through all numbers again. */
    const numbers = new Map<string, number>()
    for (const { token, inline } of headings) {
      if (token.attrGet('id') !== null) continue
      const slug = slugify(textOf(inline))
      let id = slug
      for (let n = (numbers.get(slug) ?? 0) + 1; taken.has(id); n++) {
        id = `${slug}-${n}`
        numbers.set(slug, n)
      }
      taken.add(id)
      token.attrSet('id', id)
    }
  })
}

/** The ids that the author gives; one that is given again is reported and taken away. */
function givenIds(headings: readonly Token[], { file, index, diagnostics }: Env): Set<string> {
  const lines = new Map<string, number>()
  for (const token of headings) {
    const id = token.attrGet('id')
    if (id === null || !token.map) continue
    const line = token.map[0] + 1
    const first = lines.get(String(id))
    lines.set(String(id), first ?? line)
    if (first === undefined) continue
    const { start, end } = index.lineSpan(line)
    const at = start + Math.max(0, index.text.slice(start, end).lastIndexOf(`#${id}`))
    const message = `the label ${id} is taken: line ${first}`
    const problem = { rule: 'label-doubled', message, help: labelHelp }
    diagnostics.push(errorAt(file, index, { start: at, end: at + String(id).length + 1 }, problem))
    token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'id')
  }
  return new Set(lines.keys())
}

function textOf(inline: Token): string {
  return (inline.children ?? [])
    .filter(t => t.type === 'text' || t.type === 'code_inline')
    .map(t => t.content)
    .join('')
}

/** Readable, and Chinese stays Chinese: `梯度消失 (vanishing)` → `梯度消失-vanishing`. */
function slugify(text: string): string {
  const slug = text
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return slug || 'section'
}
