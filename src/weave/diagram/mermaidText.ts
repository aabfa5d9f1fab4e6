/**
 * Character references in Mermaid's sources. Mermaid leaves `&nbsp;` to the browser's HTML and `#infin;` to its own code;
 * labels of SVG text get neither right. So what they stand for is put in before Mermaid reads the source. Marks that Mermaid's
 * grammars may take for their own (`&lt;`, `&quot;`, `&#59;`) go by Mermaid's own form, `#lt;`, which it takes out of harm's way.
 * Names of icons (`fa:fa-car`) are taken out: no set of icons is there, and Mermaid would print the name.
 */
import { Parser } from 'htmlparser2'

export interface Rewritten {
  readonly text: string
  /** For each character of `text` (and for its end) its offset in the source. */
  readonly offsets: readonly number[]
}

/** The source as Mermaid is to read it, line by line the same. */
export function rewriteText(code: string): Rewritten {
  let text = ''
  const offsets: number[] = []
  let last = 0
  const put = (piece: string, at: (i: number) => number) => {
    for (let i = 0; i < piece.length; i++) offsets.push(at(i))
    text += piece
  }
  for (const match of code.matchAll(/([&#])(#x?[\da-f]+|[a-z]\w*|\d+);|\bfa[bklrs]?:fa-[\w-]+[^\S\n]*/gi)) {
    const found = match[1]
      ? resolved(match[1], match[2], lineAround(code, match.index))
      : /[\p{L}\p{N}]/u.test(code[match.index + match[0].length] ?? '')
        ? ''
        : '\u00a0'
    if (found === undefined) continue
    const from = last
    put(code.slice(from, match.index), i => from + i)
    put(found, () => match.index)
    last = match.index + match[0].length
  }
  const from = last
  put(code.slice(from), i => from + i)
  offsets.push(code.length)
  return { text, offsets }
}

/** What stands in for a reference; undefined where it is none. */
function resolved(mark: string, name: string, line: string): string | undefined {
  // `fill:#333;` is a colour.
  if (mark === '#' && (/^[^\S\n]*(?:style|classDef|linkStyle)\b|%%\{/.test(line) || /:#\w+;/.test(line)))
    return undefined
  const reference = mark === '&' ? `&${name};` : /^\d+$/.test(name) ? `&#${name};` : `&${name};`
  const character = decoded(reference)
  if (character === reference) return undefined
  if (/[^\0-\x7f]/.test(character)) return character
  return mark === '#'
    ? undefined
    : `#${name.replace(/^#(?!x)/, '').replace(/^#x([\da-f]+)$/i, (_, hex) => String(Number.parseInt(hex, 16)))};`
}

/** The text that HTML makes of a reference. */
export function decoded(reference: string): string {
  let text = ''
  const parser = new Parser({ ontext: piece => (text += piece) }, { decodeEntities: true })
  parser.end(reference)
  return text
}

function lineAround(code: string, at: number): string {
  const end = code.indexOf('\n', at)
  return code.slice(code.lastIndexOf('\n', at - 1) + 1, end < 0 ? undefined : end)
}
