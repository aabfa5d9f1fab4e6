/** Titles and marked lines of a block of code, in the ways in which other tools write them. */
import type { CodeLook } from '../chapter.ts'

/** `title="a.ts"`, `[a.ts]`, `{1,3-5}`; undefined for another word. */
export function lookOf(word: string): CodeLook | undefined {
  const lines = /^(?:(?:highlight|hl_lines|mark|emphasize-lines)=)?["{]\{?([\d\s,-]+)\}?["}]$/.exec(word)?.[1]
  if (lines !== undefined && /\d/.test(lines)) return { lines: lineNumbers(lines) }
  const title =
    /^(?:title|filename|file|name|filepath)=(?:"([^"]*)"|'([^']*)'|(\S+))$/i.exec(word) ??
    /^\[([^\]]+)\]$/.exec(word)
  const text = title?.slice(1).find(t => t !== undefined && t !== '')
  return text === undefined ? undefined : { title: text }
}

/** `1,3-5` → 1, 3, 4, 5 */
function lineNumbers(text: string): readonly number[] {
  return [...text.matchAll(/(\d+)(?:\s*-\s*(\d+))?/g)].flatMap(([, from, to = from]) => {
    const count = Math.min(Number(to) - Number(from) + 1, 10_000)
    return Array.from({ length: Math.max(0, count) }, (_, i) => Number(from) + i)
  })
}
