/** What LaTeX says of numbers in a formula: `\label`, `\tag`, `\eqref`, `\ref`, `\nonumber`, and in which row. */
import type { Span } from '../../base/position.ts'
import { rowEnvironments } from './environments.ts'

export interface Mark {
  readonly command: 'label' | 'tag' | 'tag*' | 'eqref' | 'ref' | 'nonumber' | 'notag'
  /** Between its braces. */
  readonly content: string
  /** Of the content in the LaTeX; of the command where it has no braces. */
  readonly span: Span
  /** The row that it stands in, counted through the formula; undefined where the formula has no rows to number. */
  readonly row: number | undefined
}

const tokens =
  /%[^\n]*|\\verb\*?([^A-Za-z*\s])[^\n]*?\1|\\(begin|end)\{([A-Za-z]+\*?)\}|\\(label|tag\*?|eqref|ref|nonumber|notag)(?![A-Za-z])|\\\\|\\cr(?![A-Za-z])|\\[\s\S]|[{}]/g

/** All marks of a formula, in order. */
export function marksOf(latex: string): readonly Mark[] {
  if (!/\\(?:label|tag|eqref|ref|nonumber|notag)(?![A-Za-z])/.test(latex)) return []
  const marks: Mark[] = []
  const open: { readonly name: string; readonly braces: number; readonly firstRow: number }[] = []
  /** Rows that are not the only one of their environment. */
  const several = new Set<number>()
  let row = 0
  let braces = 0
  for (const { index, 0: token, 2: side, 3: name, 4: command } of latex.matchAll(tokens)) {
    const inner = open.at(-1)
    if (token === '{') braces++
    else if (token === '}') braces--
    else if (side === 'begin') {
      if (rowEnvironments.has(name)) row++
      open.push({ name, braces, firstRow: row })
    } else if (side === 'end') open.pop()
    else if (command) {
      const inRow = open.some(environment => rowEnvironments.has(environment.name))
      const after = index + token.length
      const argument = command === 'nonumber' || command === 'notag' ? undefined : argumentAt(latex, after)
      marks.push({
        command: command as Mark['command'],
        content: argument ? latex.slice(argument.start, argument.end) : '',
        span: argument ?? { start: index, end: after },
        row: inRow ? row : undefined,
      })
    } else if (
      (token === '\\\\' || token === '\\cr') &&
      inner?.braces === braces &&
      rowEnvironments.has(inner.name)
    )
      several.add(inner.firstRow).add(++row)
  }
  return marks.map(mark =>
    mark.row === undefined || several.has(mark.row) ? mark : { ...mark, row: undefined },
  )
}

/** What stands in the braces that follow. */
function argumentAt(latex: string, from: number): Span | undefined {
  const start = from + (/^\s*\{/.exec(latex.slice(from, from + 80))?.[0].length ?? 0)
  if (start === from) return undefined
  let depth = 1
  for (let at = start; at < latex.length; at++) {
    if (latex[at] === '\\') at++
    else if (latex[at] === '{') depth++
    else if (latex[at] === '}' && --depth === 0) return { start, end: at }
  }
  return undefined
}
