/** A look at DOT before it is drawn: Graphviz reads the first graph of a text and leaves the rest without a word. */
import type { Problem } from './engine.ts'

/** What stands behind the first graph, if anything does. */
export function textAfterGraph(code: string): Problem | undefined {
  let depth = 0
  let closed = false
  for (const { 0: token, index } of code.matchAll(tokens)) {
    if (isComment(code, token, index)) continue
    if (closed) {
      const before = code.slice(0, index)
      return {
        line: before.split('\n').length,
        column: index - before.lastIndexOf('\n'),
        ...(/^(?:strict|graph|digraph)$/i.test(token)
          ? { message: 'a second diagram in one block', help: 'Give every diagram a block of its own.' }
          : {
              message: 'text after the end of the graph is not drawn',
              help: 'Write it between the braces, or remove it.',
            }),
      }
    }
    if (token === '{') depth++
    if (token === '}') closed = --depth <= 0
  }
  return undefined
}

/** Comments, strings (HTML in angle brackets nests), braces, words, single characters. */
const tokens =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*|"(?:\\[\s\S]|[^"\\])*"|(?<==\s*)<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>|[{}]|[^\s{}"#/<]+|\S/g

/** A line that starts with `#` is a comment; a colour does not start one. */
function isComment(code: string, token: string, index: number): boolean {
  if (token.startsWith('//') || token.startsWith('/*')) return true
  return token.startsWith('#') && code.slice(code.lastIndexOf('\n', index - 1) + 1, index).trim() === ''
}
