/**
 * The chapters of the book, the one being read marked. Of a very long book only those around it: if each of 5,000 pages
 * listed all others, the lists would be larger than the book.
 */
import type { ChapterLink, ChapterView, IndexView } from '../../src/weave/book/theme.ts'
import type { Words } from './words.ts'

/** Books up to this length are listed whole. */
const whole = 200
/** Chapters before and behind the one that is read. */
const around = 25

export function ChapterList({
  view,
  words,
}: {
  readonly view: ChapterView | IndexView
  readonly words: Words
}) {
  const { chapters, url } = view.book
  const shown = view.kind === 'index' || chapters.length <= whole ? chapters : near(view)
  return (
    <>
      {shown.length < chapters.length && (
        <p class="chapters-all">
          <a href={view.root + url}>{words.allChapters(chapters.length)}</a>
        </p>
      )}
      <ol class="chapters">
        {shown.map(({ title, url, number }) => (
          <li key={url}>
            <a href={view.root + url} aria-current={url === view.url ? 'page' : undefined}>
              <span class="chapter-number">{number}</span>
              <span>{title}</span>
            </a>
          </li>
        ))}
      </ol>
    </>
  )
}

/** A chapter's number is its place, from 1. */
function near({ book, page }: ChapterView): readonly ChapterLink[] {
  const from = Math.max(0, page.number - 1 - around)
  return book.chapters.slice(from, page.number + around)
}
