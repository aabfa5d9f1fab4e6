/** Mermaid's error messages as places in the author's own lines. Its diagram types have three kinds of parsers. */
import type { Problem } from './engine.ts'
import { preprocess } from './mermaidSource.ts'

const help = 'See https://mermaid.js.org for the syntax of this kind of diagram.'

export function readMermaidError(message: string, code: string): Problem {
  const { text, offsets } = preprocess(code)
  const lines = message.split('\n').filter(line => !/^\s*(?:at |\S+ \(?https?:\/\/)/.test(line))
  const at = (offset: number) => placeOf(code, offsets[Math.min(offset, offsets.length - 1)] ?? 0)
  if (/No diagram type detected/.test(message)) {
    const kind = /\S+/.exec(text)?.[0] ?? ''
    return { ...at(text.indexOf(kind)), message: `unknown kind of diagram: ${kind}`, help }
  }
  const edges = /Edge limit exceeded.*the limit is (\d+)/.exec(message)?.[1]
  if (edges) return { message: `more than ${edges} edges`, help: 'Draw less, or draw it in parts.' }
  if (/^Diagrams beginning with ---/.test(lines[0]))
    return {
      line: 1,
      message: 'the front matter of the diagram is not closed, or nothing follows it',
      help: 'Write it between two lines ---, and the diagram under them.',
    }
  // langium: `Lexer error on line 3, column 10: unexpected character: …`, one after the other.
  const langium =
    /(?:Lexer|Parse) error on line (\d+), column (\d+): ([\s\S]*?)(?=(?:Lexer|Parse) error on line|$)/
  const [, row, column, reason] = langium.exec(message) ?? []
  if (row !== undefined) {
    const what = reason.replace(/\s+/g, ' ').replace(/, skipped \d+ characters|at offset: \d+|\.?\s*$/g, '')
    return {
      ...at(offsetOfLine(text, Number(row)) + Number(column) - 1),
      message: `syntax error: ${what.trim()}`,
      help,
    }
  }
  // jison: the line, an excerpt, a caret.
  const line = /(?:Parse|Lexical) error on line (\d+)/.exec(message)?.[1]
  if (line !== undefined) {
    const caret = lines.findIndex(l => /^-*\^$/.test(l))
    const start = offsetOfLine(text, Number(line))
    const column =
      caret > 0 ? columnOf(lineAt(text, start), lines[caret - 1], lines[caret].length - 1) : undefined
    const place = at(start + (column ?? 0))
    return {
      line: place.line,
      column: column === undefined ? undefined : place.column,
      message: summary(lines),
      help,
    }
  }
  // Found while drawing: no place, but often the word that is wrong.
  const word = /"([^"]+)"|:\s*(\S+)\s*$/.exec(lines[0])
  const offset = word ? text.indexOf(word[1] ?? word[2]) : -1
  return { ...(offset >= 0 ? at(offset) : {}), message: lines.join(' ').trim() || 'Mermaid failed', help }
}

/** `Expecting 'A', 'B', … got 'C'`, without the dozens of token names that help nobody. */
function summary(lines: readonly string[]): string {
  const expecting = lines.find(line => line.startsWith('Expecting')) ?? ''
  const got = /got '([^']*)'$/.exec(expecting)?.[1]
  if (got === undefined) return 'syntax error: unrecognized text'
  const expected = [...expecting.replace(/, got .*$/, '').matchAll(/'([^']*)'/g)].map(match => match[1])
  if (expected.length > 6) return `syntax error: unexpected ${got}`
  return `syntax error: expected ${expected.join(' or ')}, got ${got}`
}

function offsetOfLine(text: string, line: number): number {
  const lines = text.split('\n')
  const last = Math.min(line, lines.length) - 1
  return lines.slice(0, last).reduce((sum, l) => sum + l.length + 1, 0)
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end < 0 ? undefined : end)
}

/** The parser shows the text round the mistake with line breaks taken out, and a caret under it. */
function columnOf(line: string, shown: string, caret: number): number | undefined {
  const before = shown.slice(0, caret).replace(/^\.\.\./, '')
  const after = shown.slice(caret)
  for (let column = line.length; column >= 0; column--) {
    const [left, right] = [line.slice(0, column), line.slice(column)]
    if (
      (before.endsWith(left) || left.endsWith(before)) &&
      (after.startsWith(right) || right.startsWith(after))
    )
      return column
  }
  return undefined
}

function placeOf(code: string, offset: number): { line: number; column: number } {
  const before = code.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
