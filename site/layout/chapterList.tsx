/** The chapters of the book, the one being read marked. */
import type { ChapterView, IndexView } from '../../src/weave/book/theme.ts'

export function ChapterList({ view }: { readonly view: ChapterView | IndexView }) {
  return (
    <ol class="chapters">
      {view.book.chapters.map(({ title, url, number }) => (
        <li key={url}>
          <a href={view.root + url} aria-current={url === view.url ? 'page' : undefined}>
            <span class="chapter-number">{number}</span>
            <span>{title}</span>
          </a>
        </li>
      ))}
    </ol>
  )
}
