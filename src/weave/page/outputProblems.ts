/** What cells show is markup that others must be able to read: an SVG or HTML that is broken would break the page. */
import { Parser } from 'htmlparser2'
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import { withUniqueIds } from '../diagram/svg.ts'
import type { Output, Outputs } from '../run/output.ts'
import type { Chapter } from '../source/chapter.ts'
import { svgsIn } from './svgOutput.ts'

/** An error at each cell whose output is no well-formed SVG, or HTML that leaves elements open. */
export function outputProblems({ file, text, cells }: Chapter, outputs: Outputs): readonly Diagnostic[] {
  const index = new LineIndex(text)
  return cells.flatMap(cell => {
    if (cell.options.output === false) return []
    const wrong = (outputs.cells[cell.index] ?? []).map(problemOf).find(p => p !== undefined)
    if (!wrong) return []
    const help = 'Look at what builds it: every element needs its end, and text in it `&lt;` for `<`.'
    return [errorAt(file, index, cell.open, { rule: 'output-markup', message: wrong, help })]
  })
}

function problemOf(output: Output): string | undefined {
  if (output.output_type !== 'execute_result' && output.output_type !== 'display_data') return undefined
  const { 'text/html': html, 'image/svg+xml': svg } = output.data
  if (typeof html === 'string') {
    const wrong = svgProblem(html) ?? htmlProblem(withoutSvg(html))
    return wrong && `this cell shows HTML that is broken: ${wrong}`
  }
  if (typeof svg !== 'string') return undefined
  const wrong = svgsIn(svg).length === 0 ? 'missing <svg>' : svgProblem(svg)
  return wrong && `this cell shows an SVG that is not well-formed: ${wrong}`
}

function svgProblem(html: string): string | undefined {
  for (const { start, end } of svgsIn(html))
    try {
      withUniqueIds(html.slice(start, end), 'a')
    } catch (error) {
      if (error instanceof SyntaxError) return error.message
      throw error
    }
  return undefined
}

/** Its SVGs follow XML's rules, not those of HTML. */
function withoutSvg(html: string): string {
  const spans = svgsIn(html)
  const kept = spans.map(({ start }, i) => html.slice(spans[i - 1]?.end ?? 0, start))
  const rest = html.slice(spans.at(-1)?.end ?? 0)
  return [...kept, rest].join('')
}

/** Elements whose end may be left out. */
const endOptional = new Set([
  ...['p', 'li', 'dt', 'dd', 'tr', 'td', 'th', 'thead', 'tbody', 'tfoot', 'colgroup', 'option', 'optgroup'],
  ...['rt', 'rp', 'body', 'html', 'head'],
])

function htmlProblem(html: string): string | undefined {
  const open: string[] = []
  let problem: string | undefined
  let ended = 0
  const parser = new Parser({
    onopentag: name => void open.push(name),
    onclosetag(name, isImplied) {
      open.pop()
      if (!isImplied) ended++
      else if (!endOptional.has(name) && !isVoid.has(name)) problem ??= `<${name}> is not closed`
    },
  })
  parser.end(html)
  if (problem) return problem
  const withoutComments = html.replace(/<!--[\s\S]*?-->/g, '')
  if (withoutComments.includes('<!--')) return 'a comment is not closed'
  const raw = withoutComments.replace(/(<(script|style|textarea|title)\b[^>]*>)[\s\S]*?(?=<\/\2)/gi, '$1')
  const ends = raw.match(/<\/[a-z][^>]*>/gi) ?? []
  return ends.length > ended ? 'an element is closed that is not open' : undefined
}

const isVoid = new Set([
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'],
])
