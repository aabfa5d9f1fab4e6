/** Two headings with the same `{#id}`: the second is reported and gets an id of its own. */
import type { MarkdownIt } from 'markdown-it'
import { errorAt } from '../base/diagnostic.ts'
import { envOf } from './env.ts'

export const labelHelp = 'Labels are unique within a book: references point at them from any chapter.'

/** Runs between the plugin that reads `{#id}` and the one that makes anchors, which would throw. */
export function headingIdPlugin(md: MarkdownIt): void {
  md.core.ruler.push('unroll_heading_ids', state => {
    const { file, index, diagnostics } = envOf(state)
    const lines = new Map<string, number>()
    for (const token of state.tokens) {
      const id = token.type === 'heading_open' ? token.attrGet('id') : null
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
  })
}
