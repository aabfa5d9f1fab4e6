/** `` `{ts} expression` `` in prose: its value stands there. `` `{ts=0.25} ratio` ``: what is typed does, and must agree. */
import type { MarkdownIt, StateInline } from 'markdown-it'
import { errorAt } from '../../base/diagnostic.ts'
import type { InlineExpression } from '../chapter.ts'
import { envOf, locate } from './env.ts'
import { type Head, readHead } from './expressionHead.ts'

export function expressionPlugin(md: MarkdownIt): void {
  md.inline.ruler.before('backticks', 'inline_expression', rule)
}

function rule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  if (src[pos] !== '`') return false
  const marks = /`+/y
  marks.lastIndex = pos
  const mark = marks.exec(src)?.[0] ?? '`'
  const from = pos + mark.length
  if (!/^ ?\{/.test(src.slice(from, from + 2))) return false
  const to = closing(src, from, posMax, mark.length)
  const head = to === -1 ? undefined : readHead(src.slice(from, to))
  if (!head) return false
  const start = from + head.length
  const code = src.slice(start, to).trimEnd()
  if (!silent) push(state, { ...head, start, code, outer: [pos, to + mark.length] })
  state.pos = to + mark.length
  return true
}

/** Offset of a run of exactly `length` backticks, or -1. */
function closing(src: string, from: number, max: number, length: number): number {
  for (const match of src.slice(from, max).matchAll(/`+/g))
    if (match[0].length === length) return from + match.index
  return -1
}

function push(
  state: StateInline,
  found: Head & { start: number; code: string; outer: [number, number] },
): void {
  const env = envOf(state)
  const { src } = state
  const start = locate(env, src, found.start)
  const outer = { start: locate(env, src, found.outer[0]), end: locate(env, src, found.outer[1] - 1) + 1 }
  const span = { start, end: Math.max(start, locate(env, src, found.start + found.code.length - 1) + 1) }
  const problem = problemOf(found, env.index.text.slice(span.start, span.end))
  if (problem) {
    if (!env.reported.has(outer.start)) env.diagnostics.push(errorAt(env.file, env.index, outer, problem))
    env.reported.add(outer.start)
    state.push('code_inline', 'code', 0).content = found.code
    return
  }
  const inline: Omit<InlineExpression, 'index'> = { code: found.code, typed: found.typed, span, outer }
  const token = state.push('inline_expression', 'span', 0)
  token.content = found.code
  token.meta = { inline }
}

function problemOf(
  { code, problem, typed }: Head & { code: string },
  written: string,
): { rule: string; message: string; help: string } | undefined {
  const help = 'Write one TypeScript expression: `{ts} ratio.toFixed(3)`.'
  if (problem) return problem
  if (typed !== undefined && !/^[-+−–]?\d[\d,_]*(\.\d+)?(e[-+]?\d+)?%?$/i.test(typed))
    return {
      rule: 'inline-typed',
      message: `expected a number after {ts=, got ${JSON.stringify(typed)}`,
      help: 'Write the number that the text says: `{ts=0.25} ratio`.',
    }
  if (code === '') return { rule: 'inline-empty', message: 'this inline expression is empty', help }
  if (code !== written)
    return {
      rule: 'inline-split',
      message: 'an inline expression cannot contain `|` in a table or go over lines of a quote',
      help: 'Give the value a name in a cell, and write the name here.',
    }
  return undefined
}
