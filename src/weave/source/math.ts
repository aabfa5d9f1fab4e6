/**
 * `$…$` and `$$…$$`. The rules are Pandoc's, so that "$5 and $6" stays text: behind an opening `$` and before a
 * closing one stands no space, behind a closing one no digit. `\$` is a plain `$`.
 */
import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it'
import { errorAt } from '../base/diagnostic.ts'
import type { Span } from '../base/position.ts'
import type { Formula } from './chapter.ts'
import { type Env, envOf, locate } from './env.ts'

export function mathPlugin(md: MarkdownIt): void {
  md.block.ruler.before('fence', 'math_display', displayRule, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  })
  md.inline.ruler.before('backticks', 'math_inline', inlineRule)
}

/** What may stand behind the closing `$$` of a block: a label. */
const tail = /^[ \t]*(?:\{#([\w-]+)\})?[ \t]*$/

function displayRule(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const { src, bMarks, eMarks, tShift, sCount, blkIndent } = state
  const start = bMarks[startLine] + tShift[startLine]
  if (sCount[startLine] - blkIndent >= 4 || !src.startsWith('$$', start)) return false
  const lines: Span[] = []
  for (let line = startLine; line < endLine; line++) {
    if (line > startLine && sCount[line] < blkIndent && src.slice(bMarks[line], eMarks[line]).trim() !== '')
      break
    const from =
      line === startLine ? start + 2 : bMarks[line] + Math.min(tShift[line], Math.max(0, tShift[line]))
    const to = eMarks[line]
    const close = closing(src, from, to)
    lines.push({ start: from, end: close === -1 ? to : close })
    if (close === -1) continue
    const label = tail.exec(src.slice(close + 2, to))
    // Text behind the formula: it belongs to a paragraph, where the inline rule finds it.
    if (!label) return false
    if (silent) return true
    pushDisplay(state, startLine, line + 1, lines, label[1])
    return true
  }
  if (silent) return false
  const { file, index, diagnostics, reported } = envOf(state)
  if (!reported.has(start)) {
    reported.add(start)
    const message = 'this formula is not closed: expected `$$`'
    const help = 'For a plain dollar sign write `\\$`.'
    diagnostics.push(
      errorAt(file, index, { start, end: start + 2 }, { rule: 'math-unclosed', message, help }),
    )
  }
  return false
}

/** Offset of an unescaped `$$` in a line, or -1. */
function closing(src: string, from: number, to: number): number {
  for (let at = from; at < to - 1; at++) {
    if (src[at] === '\\') at++
    else if (src[at] === '$' && src[at + 1] === '$') return at
  }
  return -1
}

function pushDisplay(
  state: StateBlock,
  first: number,
  end: number,
  lines: readonly Span[],
  label: string | undefined,
): void {
  const kept = lines.filter((l, i) => l.end > l.start || (i > 0 && i < lines.length - 1))
  const shown = kept.length > 0 ? kept : lines.slice(0, 1)
  const latex = shown.map(({ start, end }) => state.src.slice(start, end)).join('\n')
  const formula = formulaOf(latex, shown, true, label)
  const token = state.push('math_display', 'div', 0)
  token.map = [first, end]
  token.markup = '$$'
  token.meta = { formula }
  state.line = end
}

function formulaOf(
  latex: string,
  lines: readonly Span[],
  display: boolean,
  label?: string,
): Omit<Formula, 'index'> {
  const span = { start: lines[0].start, end: lines[lines.length - 1].end }
  return { display, latex, span, lines, label }
}

function inlineRule(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state
  if (src[pos] !== '$') return false
  const mark = src[pos + 1] === '$' ? '$$' : '$'
  const from = pos + mark.length
  const to = mark === '$$' ? closing(src, from, posMax) : closingSingle(src, from, posMax)
  if (to === -1 || src.slice(from, to).trim() === '') {
    // A `$` that opens nothing is text; both of a `$$`, so that the second opens nothing either.
    if (!silent) state.pending += mark
    state.pos += mark.length
    return true
  }
  const end = to + mark.length
  const label = mark === '$$' ? /^\{#([\w-]+)\}/.exec(src.slice(end, posMax)) : null
  if (!silent) {
    const env = envOf(state)
    const lines = inlineLines(env, src, from, to)
    const token = state.push('math_inline', 'span', 0)
    token.markup = mark
    // In a table `\\|` stands for `|`: the content has it right, the chapter's text has not.
    const latex = src.slice(from, to)
    token.meta = { formula: formulaOf(latex, lines, mark === '$$', label?.[1]) }
  }
  state.pos = end + (label?.[0].length ?? 0)
  return true
}

function closingSingle(src: string, from: number, max: number): number {
  if (/\s/.test(src[from] ?? ' ')) return -1
  for (let at = from; at < max; at++) {
    const character = src[at]
    if (character === '\\') at++
    else if (character === '`') return -1
    else if (character === '$') return /\s/.test(src[at - 1]) || /\d/.test(src[at + 1] ?? '') ? -1 : at
  }
  return -1
}

/** An inline formula may go over lines of its paragraph. */
function inlineLines(env: Env, src: string, from: number, to: number): Span[] {
  let at = from
  return src
    .slice(from, to)
    .split('\n')
    .map(line => {
      const start = locate(env, src, at)
      const end = locate(env, src, at + line.length)
      at += line.length + 1
      return { start, end }
    })
}
