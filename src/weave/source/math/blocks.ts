/** Formulas in lines of their own, whatever opens them: their lines, and a label behind them or below. */
import type { StateBlock } from 'markdown-it'
import type { Span } from '../../base/position.ts'
import { envOf } from '../markdown/env.ts'
import { formulaOf, report } from './formula.ts'
import { attributeLabel, type Label } from './labels.ts'
import { emptyFormula, onlyLabel, type Problem, textBehind } from './problems.ts'
import { noteGap, withSuspect } from './suspects.ts'

/** A block that has begun: how it goes on and ends. */
export interface Opened {
  /** What the author wrote to open it. */
  readonly markup: string
  /** Where its content begins. */
  readonly from: number
  /** The line on which the content begins: a fence's is the one below. */
  readonly line: number
  /** Where the content ends in a piece of a line, and where what closes it ends. Undefined: it never does. */
  readonly close?: (from: number, to: number, line: number) => Closed | undefined
  /** It ends at an empty line. */
  readonly dense?: boolean
  /** What closes it, wherever it is. */
  readonly end?: number
  /** What is wrong if it does not end; undefined: it is text then. */
  readonly unclosed?: Problem
  /** A label in what opens it, a fence's info string. */
  readonly label?: Label
  /** Whether such a content is a formula at all. */
  readonly accepts?: (latex: string) => boolean
}

interface Closed {
  readonly to: number
  readonly after: number
}

export type Form = (state: StateBlock, line: number, start: number) => Opened | undefined

export function blockRule(form: Form) {
  return (state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean => {
    const start = state.bMarks[startLine] + state.tShift[startLine]
    if (state.sCount[startLine] - state.blkIndent >= 4) return false
    const opened = form(state, startLine, start)
    if (!opened) return false
    const env = envOf(state)
    const block = readLines(state, opened, startLine, endLine)
    if (!block) {
      const { unclosed, markup, end } = opened
      const span = { start, end: start + markup.length }
      if (unclosed && !silent) {
        report(env, span, withSuspect(env, unclosed))
        // What would close it stands outside of this list or quotation.
        if (end !== undefined) env.reported.add(end)
      }
      return false
    }
    const tail = readTail(state, block, endLine)
    if (!tail) {
      if (block.gap && !silent) report(env, { start: block.after, end: block.lineEnd }, textBehind)
      return false
    }
    const latex = block.lines.map(({ start, end }) => state.src.slice(start, end)).join('\n')
    if (opened.accepts && !opened.accepts(latex)) return false
    if (silent) return true
    if (tail.problem) report(env, tail.problem.span, tail.problem.problem)
    if (isEmpty(latex, opened.markup)) report(env, { start, end: block.after }, emptyFormula(opened.markup))
    if (block.gap) noteGap(env, startLine + 1)
    const label = opened.label ?? tail.label
    const token = state.push('math_display', 'div', 0)
    token.map = [startLine, tail.next]
    token.markup = opened.markup
    const outer = { start, end: tail.end }
    token.meta = { formula: formulaOf(env, { latex, lines: block.lines, display: true, outer, label }) }
    state.line = tail.next
    return true
  }
}

interface Block {
  readonly lines: readonly Span[]
  /** Behind what closes it. */
  readonly after: number
  readonly lineEnd: number
  /** The line below. */
  readonly next: number
  /** It goes over an empty line. */
  readonly gap: boolean
}

function readLines(
  state: StateBlock,
  { from, line: first, close, dense }: Opened,
  startLine: number,
  endLine: number,
): Block | undefined {
  if (!close) return undefined
  const { bMarks, eMarks, tShift, sCount, blkIndent, src } = state
  const lines: Span[] = []
  let gap = false
  for (let line = first; line < endLine; line++) {
    const start = line === first ? from : bMarks[line] + tShift[line]
    const end = Math.max(start, eMarks[line])
    const blank = src.slice(start, end).trim() === ''
    if (line > startLine && blank && dense) return undefined
    if (line > startLine && !blank && sCount[line] < blkIndent) return undefined
    const closed = close(start, end, line)
    if (closed) {
      lines.push({ start, end: closed.to })
      const kept = lines.filter((l, i) => l.end > l.start || (i > 0 && i < lines.length - 1))
      return {
        lines: kept.length > 0 ? kept : lines.slice(0, 1),
        after: closed.after,
        lineEnd: end,
        next: line + 1,
        gap,
      }
    }
    gap ||= line > startLine && blank
    lines.push({ start, end })
  }
  return undefined
}

interface Tail {
  readonly label?: Label
  readonly end: number
  /** The line behind the formula and its label. */
  readonly next: number
  readonly problem?: { readonly span: Span; readonly problem: Problem }
}

/** What stands behind a formula: a label there or on the next line. Undefined: text, so that all is a paragraph. */
function readTail(
  { src, bMarks, eMarks, tShift, sCount, blkIndent }: StateBlock,
  block: Block,
  endLine: number,
): Tail | undefined {
  const behind = /^([ \t]*)(?:\{([^{}\n]*)\})?[ \t]*$/.exec(src.slice(block.after, block.lineEnd))
  if (!behind) return undefined
  const { next } = block
  if (behind[2] !== undefined) {
    const start = block.after + behind[1].length + 1
    const span = { start, end: start + behind[2].length }
    const label = labelIn(behind[2], start)
    if (label) return { label, end: span.end + 1, next }
    return /^\s*[#.]|=/.test(behind[2])
      ? { end: span.end + 1, next, problem: { span, problem: onlyLabel } }
      : undefined
  }
  if (next >= endLine || sCount[next] < blkIndent || sCount[next] - blkIndent >= 4)
    return { end: block.after, next }
  const start = bMarks[next] + tShift[next]
  const below = /^\{(#[^{}]*)\}[ \t]*$/.exec(src.slice(start, eMarks[next]))
  if (!below) return { end: block.after, next }
  const label = labelIn(below[1], start + 1)
  const span = { start: start + 1, end: start + 1 + below[1].length }
  if (label) return { label, end: span.end + 1, next: next + 1 }
  return { end: span.end + 1, next: next + 1, problem: { span, problem: onlyLabel } }
}

/** `#eq-name`, and nothing else. */
export function labelIn(text: string, start: number): Label | undefined {
  const written = /^#([^\s{}.#=]+)$/.exec(text.trim())?.[1]
  const at = start + text.length - text.trimStart().length
  return written === undefined
    ? undefined
    : attributeLabel(written, { start: at, end: at + written.length + 1 })
}

/** Of an environment that stands alone, what is in it counts. */
function isEmpty(latex: string, markup: string): boolean {
  const inside = markup.startsWith('\\begin')
    ? latex.slice(markup.length, latex.lastIndexOf('\\end{'))
    : latex
  return inside.trim() === ''
}
