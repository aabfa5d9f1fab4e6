/**
 * The head of every page: the book's name, tools and the chapters. A column at the left on wide screens, a bar at the
 * top on narrow ones. There the empty `<details>` is the menu's switch: the style sheet shows the list beside it
 * while it is open, so the list stands in the page once and needs no JavaScript.
 */
import type { BookView, ChapterView, IndexView } from '../../src/weave/book/theme.ts'
import { ChapterList } from './chapterList.tsx'
import { toLanguageName, type Words } from './words.ts'

interface MastheadProps {
  readonly view: ChapterView | IndexView
  readonly words: Words
}

export function Masthead({ view, words }: MastheadProps) {
  const { root, book, site } = view
  const others = site.books.filter(other => other.id !== book.id)
  return (
    <header class="masthead">
      <a class="brand" href={root + book.url} aria-current={view.kind === 'index' ? 'page' : undefined}>
        {book.title}
      </a>
      <div class="tools">
        <Languages view={view} words={words} />
        <button class="scheme" type="button" hidden />
      </div>
      <details class="menu">
        <summary>
          <span class="menu-word">{words.menu}</span>
        </summary>
      </details>
      <div class="drawer">
        <nav aria-label={words.chapters}>
          <ChapterList view={view} words={words} />
        </nav>
        {others.length > 0 && <OtherBooks root={root} books={others} words={words} />}
        {site.repository && (
          <p class="repository">
            <a href={site.repository}>{words.source}</a>
          </p>
        )}
      </div>
    </header>
  )
}

function Languages({ view, words }: MastheadProps) {
  if (view.translations.length === 0) return null
  return (
    <nav class="languages" aria-label={words.languages}>
      {view.translations.map(({ lang, url }) => (
        <a key={lang} href={view.root + url} lang={lang} hreflang={lang}>
          {toLanguageName(lang)}
        </a>
      ))}
    </nav>
  )
}

interface OtherBooksProps {
  readonly root: string
  readonly books: readonly BookView[]
  readonly words: Words
}

function OtherBooks({ root, books, words }: OtherBooksProps) {
  return (
    <nav class="books" aria-label={words.otherBooks}>
      <p class="books-title">{words.otherBooks}</p>
      <ul>
        {books.map(book => (
          <li key={book.id}>
            <a href={root + book.url} lang={book.lang} hreflang={book.lang}>
              {book.title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
