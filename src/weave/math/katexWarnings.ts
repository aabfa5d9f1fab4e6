/** What KaTeX would only warn of on the terminal: text that is not LaTeX, and characters that it has no sign for. */
import type { Span } from '../base/position.ts'
import { error, type FormulaProblem, type KatexToken, placeOf, spanOf, supported } from './katexProblem.ts'

/** What is not LaTeX, but drawn all the same. */
export function strictProblem(
  code: string,
  message: string,
  token: KatexToken | undefined,
  latex: string,
  say: (problem: FormulaProblem) => void,
): void {
  // These are reported where KaTeX asks whether to trust them.
  if (code === 'htmlExtension') return
  const text = token?.text ?? ''
  if (code === 'unknownSymbol') {
    if (!chinese.test(text)) say(unknownCharacter(text, latex, token))
    return
  }
  const [shown = message.replace(/^LaTeX-incompatible input[^:]*: /, ''), help = supported] =
    strictTexts[code]?.(text, message) ?? []
  const span = token ? spanOf(token, latex) : (placeWithout[code]?.(latex) ?? { start: 0, end: latex.length })
  say({ severity: 'warning', rule: 'math-latex', message: shown, help, span })
}

/** Where KaTeX does not say where: the last comment, the first line break outside of all environments. */
const placeWithout: Readonly<Record<string, (latex: string) => Span | undefined>> = {
  commentAtEnd(latex) {
    const at = [...latex.matchAll(/\\[\s\S]|%[^\n]*/g)].findLast(([token]) => token[0] === '%')?.index
    return at === undefined ? undefined : { start: at, end: at + 1 }
  },
  newLineInDisplayMode(latex) {
    let depth = 0
    for (const { 0: token, 1: side, index } of latex.matchAll(
      /\\(begin|end|newline)(?![A-Za-z])|\\[\s\S]/g,
    )) {
      depth += side === 'begin' ? 1 : side === 'end' ? -1 : 0
      if (depth === 0 && (token === '\\\\' || side === 'newline'))
        return { start: index, end: index + token.length }
    }
    return undefined
  },
}

/** Browsers draw these as well in formulas as in text. */
const chinese = /^[\p{Script=Han}\u3000-\u30ff\uff00-\uffef]/u

const strictTexts: Readonly<
  Record<string, (text: string, message: string) => readonly [message: string, help: string]>
> = {
  mathVsTextAccents: (_, message) => [message, 'Use \\acute, \\grave, \\ddot and so on, or \\text{…}.'],
  commentAtEnd: () => [
    '% begins a comment: what stands behind it is not shown',
    'For a percent sign write \\%.',
  ],
  newLineInDisplayMode: () => [
    '\\\\ breaks the line here in KaTeX, but does nothing in LaTeX',
    'Put the rows into \\begin{gathered} … \\end{gathered}, or into aligned.',
  ],
}

function unknownCharacter(text: string, latex: string, token?: KatexToken): FormulaProblem {
  const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const message = `KaTeX has no sign for ${text} (U+${code}), and would guess its size`
  const help = `Write a command that KaTeX knows, or put the character outside of the formula. ${supported}`
  return {
    ...error('math-character', message, help),
    span: token ? spanOf(token, latex) : placeOf(text, latex),
  }
}

/** `No character metrics for '⊶' in style 'Main-Regular' and mode 'math'` */
export function metricsProblem(heard: string, latex: string): FormulaProblem | undefined {
  const text = /^No character metrics for '([\s\S]*)' in style/.exec(heard)?.[1]
  if (text === undefined) return { ...error('math', heard, supported), span: { start: 0, end: latex.length } }
  if (chinese.test(text)) return undefined
  return unknownCharacter(text, latex)
}

/** Letters of Chinese and other scripts outside of `\text`: a word is one warning. */
export function textOutside(letters: readonly Span[], latex: string): readonly FormulaProblem[] {
  const words: Span[] = []
  for (const { start, end } of [...letters].sort((a, b) => a.start - b.start)) {
    const last = words.at(-1)
    if (last && latex.slice(last.end, start).trim() === '')
      words[words.length - 1] = { start: last.start, end }
    else words.push({ start, end })
  }
  return words.map(span => {
    const word = latex.slice(span.start, span.end)
    const message = `${word} is text, and stands in a formula outside of \\text{…}`
    return { severity: 'warning', rule: 'math-latex', message, help: `Write \\text{${word}}.`, span }
  })
}
