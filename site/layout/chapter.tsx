/** A chapter: title, contents of the page, text, neighbours. */
import type { ChapterLink, ChapterView } from '../../src/weave/book/theme.ts'
import type { TocEntry } from '../../src/weave/page/page.ts'
import { toWords, type Words } from './words.ts'

/** Headings deeper than this are not listed. */
const deepest = 3

export function Chapter({ view }: { readonly view: ChapterView }) {
  const words = toWords(view.book.lang)
  const toc = view.page.toc.filter(entry => entry.level <= deepest)
  return (
    <main id="main" tabIndex={-1}>
      <Title view={view} words={words} />
      {toc.length > 1 && <Toc entries={toc} words={words} />}
      <div id="content" dangerouslySetInnerHTML={{ __html: view.html }} />
      <Pager view={view} words={words} />
    </main>
  )
}

interface Props {
  readonly view: ChapterView
  readonly words: Words
}

function Title({ view, words }: Props) {
  const { titleHtml, number, frontMatter, description } = view.page
  const { author, date, updated } = frontMatter
  return (
    <header class="title">
      <p class="title-number">{words.chapter(number)}</p>
      <h1 dangerouslySetInnerHTML={{ __html: titleHtml }} />
      {description && <p class="title-description" dangerouslySetInnerHTML={{ __html: description.html }} />}
      {(author || date || updated) && (
        <p class="title-facts">
          {author && <span>{author}</span>}
          {date && <time dateTime={date}>{date}</time>}
          {updated && (
            <span>
              {words.updated} <time dateTime={updated}>{updated}</time>
            </span>
          )}
        </p>
      )}
    </header>
  )
}

/** On narrow screens the `<details>` is the switch of the list that follows it, see masthead.tsx. */
function Toc({ entries, words }: { readonly entries: readonly TocEntry[]; readonly words: Words }) {
  return (
    <div class="toc">
      <details class="toc-switch">
        <summary>{words.onThisPage}</summary>
      </details>
      <nav aria-label={words.onThisPage}>
        <p class="toc-title">{words.onThisPage}</p>
        <ol>
          {entries.map(({ level, id, html }) => (
            <li key={id} class={`level-${level}`}>
              <a href={`#${encodeURIComponent(id)}`} dangerouslySetInnerHTML={{ __html: html }} />
            </li>
          ))}
        </ol>
      </nav>
    </div>
  )
}

function Pager({ view, words }: Props) {
  if (!view.previous && !view.next) return null
  return (
    <nav class="pager" aria-label={words.pager}>
      {view.previous && <Neighbour link={view.previous} root={view.root} rel="prev" label={words.previous} />}
      {view.next && <Neighbour link={view.next} root={view.root} rel="next" label={words.next} />}
    </nav>
  )
}

interface NeighbourProps {
  readonly link: ChapterLink
  readonly root: string
  readonly rel: 'prev' | 'next'
  readonly label: string
}

function Neighbour({ link, root, rel, label }: NeighbourProps) {
  return (
    <a class={`pager-${rel}`} rel={rel} href={root + link.url}>
      <span class="pager-label">{label}</span>
      <span class="pager-title">{`${link.number}  ${link.title}`}</span>
    </a>
  )
}
