/** Records what blocks take from the text: numbers of lists, boxes of tasks, words behind a fence. */
import type { MarkdownIt, Token } from 'markdown-it'
import { consume, type Env, envOf } from './env.ts'

export function blockMarkPlugin(md: MarkdownIt): void {
  md.core.ruler.after('block', 'unroll_block_marks', state => {
    for (const token of state.tokens) record(token, envOf(state))
  })
}

function record({ type, map, info, markup, content }: Token, env: Env): void {
  if (!map) return
  const { start } = env.index.lineSpan(map[0] + 1)
  const line = env.index.line(map[0] + 1)
  if (type === 'list_item_open' && info !== '') {
    const at = line.indexOf(info + markup)
    if (at !== -1) consume(env, 'list', start + at, start + at + info.length + 1)
  }
  if (type === 'fence' && info.trim() !== '') {
    const at = line.indexOf(info.trim(), line.indexOf(markup) + markup.length)
    if (at !== -1) consume(env, 'fence', start + at, start + line.length)
  }
  const box = type === 'inline' ? /^\[[ xX]\](?= )/.exec(content) : null
  const at = box ? line.indexOf(box[0]) : -1
  if (at !== -1) consume(env, 'task', start + at, start + at + 3)
}
