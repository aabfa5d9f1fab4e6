/** A book's start page: what it is, what `index.md` says, and its chapters. */
import type { BookView, IndexView } from '../../src/weave/book/theme.ts'
import { toWords } from './words.ts'

export function Start({ view }: { readonly view: IndexView }) {
  const { book, root, site, text } = view
  const description = text?.page.description?.text ?? book.description
  const words = toWords(book.lang)
  const others = site.books.filter(other => other.id !== book.id)
  const first = book.chapters.at(0)
  return (
    <main id="main" tabIndex={-1}>
      <header class="cover">
        <h1>{text?.title ?? book.title}</h1>
        {book.subtitle && <p class="subtitle">{book.subtitle}</p>}
        {description && <p class="cover-description">{description}</p>}
        {first && (
          <p>
            <a class="begin" href={root + first.url}>
              {words.begin}
            </a>
          </p>
        )}
      </header>
      {text && <div id="content" dangerouslySetInnerHTML={{ __html: text.html }} />}
      <section class="contents" aria-labelledby="book-contents">
        <h2 id="book-contents">{words.contents}</h2>
        <ol>
          {book.chapters.map(({ title, url, number, description }) => (
            <li key={url}>
              <span class="chapter-number">{number}</span>
              <div>
                <a href={root + url}>{title}</a>
                {description && <p>{description}</p>}
              </div>
            </li>
          ))}
        </ol>
      </section>
      {others.length > 0 && <Library root={root} books={others} title={words.otherBooks} />}
    </main>
  )
}

interface LibraryProps {
  readonly root: string
  readonly books: readonly BookView[]
  readonly title: string
}

function Library({ root, books, title }: LibraryProps) {
  return (
    <section class="library" aria-labelledby="other-books">
      <h2 id="other-books">{title}</h2>
      <ul>
        {books.map(book => (
          <li key={book.id} lang={book.lang}>
            <a href={root + book.url} hreflang={book.lang}>
              {book.title}
            </a>
            {book.subtitle && <span>{book.subtitle}</span>}
          </li>
        ))}
      </ul>
    </section>
  )
}
