/**
 * Formulas that stand in lines of their own: `$$…$$`, `\[…\]`, `\begin{align}…\end{align}`, and a fence ```` ```math ````.
 * Behind each, or on the next line, may stand a label: `{#eq-name}`.
 */
import type { StateBlock } from 'markdown-it'
import type { Span } from '../../base/position.ts'
import { type Env, envOf } from '../env.ts'
import { environments, unknownMath } from './environments.ts'
import { formulaOf, report } from './formula.ts'
import { attributeLabel, type Label, type Problem } from './labels.ts'
import { isClearlyLatex, isProse, isUnclear } from './looks.ts'
import { closingDollar, type Pairs, pairsOf } from './pairs.ts'

/** A block that has begun: how it goes on and ends. */
interface Opened {
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

type Form = (state: StateBlock, line: number, start: number) => Opened | undefined

export function blockRule(form: Form) {
  return (state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean => {
    const start = state.bMarks[startLine] + state.tShift[startLine]
    if (state.sCount[startLine] - state.blkIndent >= 4) return false
    const opened = form(state, startLine, start)
    if (!opened) return false
    const env = envOf(state)
    const block = readLines(state, opened, startLine, endLine)
    if (!block) {
      const { unclosed, markup } = opened
      const span = { start, end: start + markup.length }
      if (unclosed && !silent) report(env, span, withSuspect(env, unclosed))
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
    if (block.gap) gaps.set(env, [...(gaps.get(env) ?? []), startLine + 1])
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

/** Lines of formulas that go over an empty line: if a `$$` is missing, it may be there. */
const gaps = new WeakMap<Env, readonly number[]>()

function withSuspect(env: Env, problem: Problem): Problem {
  const line = gaps.get(env)?.at(-1)
  if (line === undefined) return problem
  const help = `The formula at line ${line} goes over an empty line: perhaps it is there that the closing mark is missing.`
  return { ...problem, help }
}

/** `$$…$$` */
export const dollars: Form = ({ src, eMarks }, line, start) => {
  if (!src.startsWith('$$', start)) return undefined
  const close = (from: number, to: number) => {
    const text = src.slice(from, to)
    const at = text.includes('$$') ? closingDollar(text, pairsOf(text), 0, text.length, '$$') : -1
    return at === -1 ? undefined : { to: from + at, after: from + at + 2 }
  }
  const rest = src.slice(start + 2, eMarks[line]).trim()
  const single = rest.length > 1 && rest.indexOf('$') === rest.length - 1 && !rest.endsWith('\\$')
  return {
    markup: '$$',
    from: start + 2,
    line,
    close,
    unclosed: {
      rule: 'math-unclosed',
      message: 'this formula is not closed: expected `$$`',
      help: single
        ? `Did you mean \`$$${rest.slice(0, -1)}$$\`? It ends with one dollar sign.`
        : 'For a plain dollar sign write `\\$`.',
    },
  }
}

/** `\[…\]`. In Markdown these are plain brackets, too: words in them are text. */
export const brackets: Form = (state, line, start) => {
  const { src, eMarks } = state
  if (!src.startsWith('\\[', start)) return undefined
  const first = src.slice(start + 2, eMarks[line])
  const end = pairsIn(state).brackets.get(start)
  const other = /(\\\)|\$\$)\s*$/.exec(first)?.[1]
  return {
    markup: '\\[',
    from: start + 2,
    line,
    close: end === undefined ? undefined : (_, to) => (end < to ? { to: end, after: end + 2 } : undefined),
    dense: true,
    accepts: latex => {
      if (latex.trim() === '') return false
      if (first.trim() === '') return true
      if (!isProse(latex) && !/^[\s\d]*$/.test(latex)) return true
      if (isUnclear(latex)) report(envOf(state), { start, end: start + 2 }, unclearBrackets, 'warning')
      return false
    },
    unclosed:
      // A bracket that closes without a backslash: `\[^1]` is text.
      first.trim() === '' || (isClearlyLatex(first) && !/(?<!\\)\]/.test(first))
        ? {
            rule: 'math-unclosed',
            message: 'this formula is not closed: expected `\\]`',
            help: other
              ? `Did you mean \`\\]\` in place of \`${other}\`?`
              : 'Close it with `\\]`, before the next empty line.',
          }
        : undefined,
  }
}

/** `\begin{align}…\end{align}` */
export const environment: Form = (state, line, start) => {
  const name = /^\\begin\{([A-Za-z]+\*?)\}/.exec(state.src.slice(start, start + 40))?.[1]
  if (name === undefined || !(environments.includes(name) || name in unknownMath)) return undefined
  const end = pairsIn(state).environments.get(start)?.end
  const markup = `\\begin{${name}}`
  return {
    markup,
    from: start,
    line,
    close: end === undefined ? undefined : (_, to) => (end <= to ? { to: end, after: end } : undefined),
    unclosed: unclosedEnvironment(name, end === undefined ? wrongEnd(state, start) : undefined),
  }
}

/** What is wrong with a `\begin` that has no `\end`. */
export function unclosedEnvironment(name: string, wrongEnd: string | undefined): Problem {
  return {
    rule: 'math-unclosed',
    message: `this formula is not closed: expected \`\\end{${name}}\``,
    help: wrongEnd
      ? `Did you mean \`\\end{${name}}\` in place of \`\\end{${wrongEnd}}\`?`
      : `Write \`\\end{${name}}\` behind its last row.`,
  }
}

/** The next `\end` that closes nothing, if it is near: it is meant, and no mistake of its own. */
function wrongEnd(state: StateBlock, start: number): string | undefined {
  const { strayEnds } = pairsIn(state)
  const at = [...strayEnds].find(end => end > start && end < start + 2000)
  if (at === undefined) return undefined
  envOf(state).reported.add(at)
  return /\{(.*?)\}/.exec(state.src.slice(at, at + 60))?.[1]
}

/** The whole text's, once per chapter. */
function pairsIn({ src, env }: StateBlock): Pairs {
  const known = pairsOfChapter.get(env)
  if (known?.src === src) return known.pairs
  const pairs = pairsOf(src)
  pairsOfChapter.set(env, { src, pairs })
  return pairs
}

const pairsOfChapter = new WeakMap<object, { readonly src: string; readonly pairs: Pairs }>()

/** ```` ```math ````, with a label in its first line, behind its last, or below. */
export const mathFence: Form = (state, line, start) => {
  const { src, eMarks, bMarks, tShift, sCount, blkIndent } = state
  const mystLike = /^(?:`{3,}|~{3,})[ \t]*\{math\}/.exec(src.slice(start, start + 80))
  if (mystLike) report(envOf(state), { start, end: start + mystLike[0].length }, mystFence)
  const opening = /^(`{3,}|~{3,})[ \t]*(math)(?=[\s{]|$)[ \t]*(.*)$/i.exec(src.slice(start, eMarks[line]))
  if (!opening || (opening[1][0] === '`' && opening[3].includes('`'))) return undefined
  const [all, marks, , info] = opening
  const inside = /^\{([^{}]*)\}\s*$/.exec(info)
  const at = start + all.length - info.length
  const label = inside ? labelIn(inside[1], at + 1) : undefined
  if (info !== '' && !label)
    report(
      envOf(state),
      { start: at, end: at + info.trimEnd().length },
      {
        rule: 'math-label',
        message: `expected {#eq-name} behind \`math\`, got ${info.trim()}`,
        help: 'A formula takes a label and nothing else.',
      },
    )
  return {
    markup: marks,
    from: bMarks[line + 1] + tShift[line + 1],
    line: line + 1,
    label,
    close: (from, to, at) => {
      const run = /^(`+|~+)(?=[ \t]*(?:\{[^{}]*\})?[ \t]*$)/.exec(src.slice(from, to))?.[1]
      const closes = run?.[0] === marks[0] && run.length >= marks.length && sCount[at] - blkIndent < 4
      return closes ? { to: from, after: from + run.length } : undefined
    },
  }
}

const emptyFormula = (markup: string): Problem => ({
  rule: 'math-empty',
  message: 'this formula is empty',
  help: `Write it, or remove it.${markup === '$$' ? ' For plain dollar signs write `\\$\\$`.' : ''}`,
})
const mystFence: Problem = {
  rule: 'math-fence',
  message: 'this is shown as code: expected `math`, got `{math}`',
  help: 'Write ```` ```math ````, and a label in the same line: ```` ```math {#eq-name} ````.',
}
const onlyLabel: Problem = {
  rule: 'math-label',
  message: 'a formula takes a label and nothing else',
  help: 'Write `{#eq-name}`.',
}
const textBehind: Problem = {
  rule: 'math-tail',
  message: 'behind the end of a formula that goes over an empty line stands text',
  help: 'Begin a new line behind the formula.',
}
export const unclearBrackets: Problem = {
  rule: 'math-unclear',
  message: 'this is shown as text in brackets: it could be a formula',
  help: 'Write a formula as `$…$`, and plain brackets without backslashes.',
}
