/**
 * Samples of documents inside a chapter (```` ```markdown sample ````): each is built as a chapter of its own, next to
 * the one that shows it, and what is wrong with it is reported where it stands. Nothing of it is published.
 */
import { dirname, join } from 'node:path'
import type { Diagnostic } from './base/diagnostic.ts'
import { LineIndex, type Position } from './base/position.ts'
import { silent } from './base/progress.ts'
import { fillPages } from './book/book.ts'
import { hashFile, type OpenBook, type WeaveOptions } from './open.ts'
import { runPipeline, type Woven } from './pipeline.ts'
import type { Chapter, SourceFile } from './source/chapter.ts'

interface Sample {
  readonly source: SourceFile
  readonly lang: string | undefined
  /** A place in the sample as a place in the chapter. */
  readonly place: (position: Position) => Position
  /** The chapter's file. */
  readonly file: string
}

export async function checkSamples(
  { config, services }: OpenBook,
  { chapters, pages }: Woven,
  options: WeaveOptions & { readonly fresh?: boolean },
): Promise<readonly Diagnostic[]> {
  const langOf = (book: string) => config.books.find(b => b.dir === book)?.lang
  const samples = chapters.flatMap(({ chapter }) => samplesOf(chapter, langOf(chapter.book)))
  if (samples.length === 0) return []
  // Each is a book of its own: its labels are not the chapter's.
  const books = samples.map(({ source, lang = 'en' }) => ({ dir: source.book, title: source.book, lang }))
  const sources = samples.map(s => s.source)
  const input = { config: { ...config, books }, sources, services }
  const woven = await runPipeline(input, { root: options.root, progress: silent, fresh: options.fresh })
  const site = fillPages([...woven.value.pages, ...pages], {
    config,
    theme: options.theme,
    fileHash: hashFile(),
  })
  return [...woven.diagnostics, ...site.diagnostics].flatMap(d => {
    const sample = samples.find(s => s.source.file === d.file)
    if (!sample) return []
    const range = d.range && { start: sample.place(d.range.start), end: sample.place(d.range.end) }
    return [{ ...d, file: sample.file, range: range ?? pointAt(sample.place({ line: 1, column: 1 })) }]
  })
}

const pointAt = (start: Position) => ({ start, end: { line: start.line, column: start.column + 1 } })

function samplesOf({ file, path, text, tokens }: Chapter, lang: string | undefined): Sample[] {
  const index = new LineIndex(text)
  return tokens.flatMap((token, i) => {
    const { isSample } = (token.meta ?? {}) as { readonly isSample?: boolean }
    if (!isSample || !token.map) return []
    const first = token.map[0] + 1
    const lines = token.content.split('\n')
    const name = `sample-${i}`
    return {
      file,
      lang,
      source: {
        file: `${file}#${name}`,
        path: join(dirname(path), `_${name}.md`),
        book: `${file}#${name}`,
        slug: name,
        text: token.content,
      },
      place: ({ line, column }: Position) => {
        const indent = Math.max(0, index.line(first + line).length - (lines[line - 1]?.length ?? 0))
        return { line: first + line, column: column + indent }
      },
    }
  })
}
