/**
 * The law that nothing is lost. Every run of letters and digits that no construct has taken is replaced by a word
 * of its own; each word must then be on the page, in what a construct has taken, or where something is reported.
 */
import { parseHTML } from 'linkedom'
import { LineIndex } from '../../src/weave/base/position.ts'
import { pageOf, type TestPage } from './pageOf.ts'

/** Letters, digits, and every sign that is not ASCII: no construct begins with one of those. */
const run =
  /(?:[\p{L}\p{N}]|(?![\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff])[^\p{Z}\p{C}\u0021-\u007e])+/gu

/** Words of the text that are neither on the page nor accounted for, each with its place. */
export function lostWords(text: string): readonly string[] {
  const { text: planted, words } = plant(text, pageOf(text))
  const after = pageOf(planted)
  const readable = readableText(after)
  const index = new LineIndex(planted)
  const ranges = [
    ...after.chapter.consumed.map(c => c.span),
    ...after.diagnostics.flatMap(d =>
      d.range ? [{ start: index.offset(d.range.start), end: index.offset(d.range.end) }] : [],
    ),
  ]
  return words
    .filter(({ word, start }) => !readable.has(word) && !ranges.some(r => start >= r.start && start < r.end))
    .map(({ word, start, was }) => {
      const { line, column } = index.position(start)
      return `${line}:${column} ${word} (${was}) in ${JSON.stringify(index.line(line))}`
    })
}

interface Planted {
  readonly text: string
  readonly words: readonly { readonly word: string; readonly start: number; readonly was: string }[]
}

function plant(text: string, { chapter }: TestPage): Planted {
  const taken = chapter.consumed.map(c => c.span)
  const words: { word: string; start: number; was: string }[] = []
  let result = ''
  let at = 0
  for (const match of text.matchAll(run)) {
    const [was] = match
    const start = match.index
    if (taken.some(t => start < t.end && start + was.length > t.start)) continue
    const word = `w${words.length}q`
    result += text.slice(at, start)
    words.push({ word, start: result.length, was })
    result += word
    at = start + was.length
  }
  return { text: result + text.slice(at), words }
}

/** Every planted word that a reader can reach. */
function readableText({ page, html }: TestPage): ReadonlySet<string> {
  const { document } = parseHTML(`<html><body>${html}</body></html>`)
  const attributes = [...document.querySelectorAll('*')].flatMap(element =>
    ['alt', 'title', 'aria-label', 'lang', 'cite'].map(name => element.getAttribute(name) ?? ''),
  )
  const all = [document.body.textContent, ...attributes, page.title, page.titleHtml].join('\n')
  return new Set(all.match(/w\d+q/g))
}
