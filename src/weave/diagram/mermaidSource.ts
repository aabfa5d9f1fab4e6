/** What Mermaid takes out of a source before it parses it; its line numbers are those of what is left. */

export interface Preprocessed {
  readonly text: string
  /** For each character of `text` (and for its end) its offset in the source. */
  readonly offsets: readonly number[]
}

/** Front matter, directives and comment lines removed, as `preprocessDiagram` in mermaid 11 does. */
export function preprocess(code: string): Preprocessed {
  let text = code
  let offsets = Array.from({ length: code.length + 1 }, (_, i) => i)
  for (const { pattern } of removed) {
    let kept = ''
    const places: number[] = []
    let last = 0
    for (const match of text.matchAll(pattern)) {
      kept += text.slice(last, match.index)
      places.push(...offsets.slice(last, match.index))
      last = match.index + match[0].length
    }
    text = kept + text.slice(last)
    offsets = [...places, ...offsets.slice(last)]
  }
  return { text, offsets }
}

const removed: readonly { pattern: RegExp }[] = [
  { pattern: /^([^\S\n\r]*)-{3}\s*[\n\r](.*?)[\n\r]\1-{3}\s*[\n\r]+/gs },
  { pattern: /%{2}{\s*(?:(\w+)\s*:|(\w+))\s*(?:(\w+)|((?:(?!}%{2}).|\r?\n)*))?\s*(?:}%{2})?/gi },
  { pattern: /^\s*%%(?!{)[^\n]+\n?/gm },
  { pattern: /^\s+/g },
]
