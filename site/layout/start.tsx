/** A book's start page: what it is, and its chapters. */
import type { IndexView } from '../../src/weave/book/theme.ts'
import { OtherBooks } from './masthead.tsx'
import { toWords } from './words.ts'

export function Start({ view }: { readonly view: IndexView }) {
  const { book, root, site } = view
  const words = toWords(book.lang)
  const others = site.books.filter(other => other.id !== book.id)
  const first = book.chapters.at(0)
  return (
    <main id="main" tabIndex={-1}>
      <header class="cover">
        <h1>{book.title}</h1>
        {book.subtitle && <p class="subtitle">{book.subtitle}</p>}
        {book.description && <p class="cover-description">{book.description}</p>}
        {first && (
          <p>
            <a class="begin" href={root + first.url}>
              {words.begin}
            </a>
          </p>
        )}
      </header>
      <section class="contents" aria-labelledby="contents">
        <h2 id="contents">{words.contents}</h2>
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
      {others.length > 0 && <OtherBooks root={root} books={others} words={words} />}
    </main>
  )
}
