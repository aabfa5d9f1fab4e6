/** What opens a formula in lines of its own: `$$`, `\[`, `\begin{align}`, and a fence ```` ```math ````. */

import type { StateBlock } from 'markdown-it'
import { own } from '../../base/own.ts'
import { envOf } from '../markdown/env.ts'
import { type Form, labelIn } from './blocks.ts'
import { environments, unknownMath } from './environments.ts'
import { report } from './formula.ts'
import { isClearlyLatex, isNumbers, isProse, isUnclear } from './looks.ts'
import { closingDollar, type Pairs, pairsOf } from './pairs.ts'
import { mystFence, unclearBrackets, unclosedEnvironment } from './problems.ts'

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
      if (!isProse(latex) && !isNumbers(latex)) return true
      if (isUnclear(latex) || /^\s*[A-Za-z]+\s*$/.test(latex))
        report(envOf(state), { start, end: start + 2 }, unclearBrackets, 'warning')
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
  if (name === undefined || !(environments.includes(name) || own(unknownMath, name))) return undefined
  const end = pairsIn(state).environments.get(start)?.end
  const markup = `\\begin{${name}}`
  return {
    markup,
    from: start,
    line,
    close: end === undefined ? undefined : (_, to) => (end <= to ? { to: end, after: end } : undefined),
    end: end === undefined ? undefined : end - `\\end{${name}}`.length,
    unclosed: unclosedEnvironment(name, end === undefined ? wrongEnd(state, start) : undefined),
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
