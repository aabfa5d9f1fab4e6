/** The HTML document round every view: head, masthead, main, scripts. */
import type { ComponentChildren } from 'preact'
import type { ChapterView, IndexView } from '../../src/weave/book/theme.ts'
import { palette } from '../style/palette.ts'
import { toDescription } from './description.ts'
import { Masthead } from './masthead.tsx'
import { toWords } from './words.ts'

/** Where the theme's files lie, relative to the site's root. */
export interface ThemeFiles {
  readonly style: string
  /** Style sheets with `@font-face` rules only. */
  readonly fonts: readonly string[]
  readonly katex: string
  readonly main: string
  readonly reload: string
  readonly icon: string
  /** Script text for the head: sets the chosen colours before anything is drawn. */
  readonly early: string
}

interface DocumentProps {
  readonly view: ChapterView | IndexView
  readonly files: ThemeFiles
  readonly children: ComponentChildren
}

export function Document({ view, files, children }: DocumentProps) {
  const words = toWords(view.book.lang)
  const client = JSON.stringify(words.client)
  return (
    <html lang={view.book.lang}>
      <Head view={view} files={files} />
      <body class={view.kind}>
        <a class="skip" href="#main">
          {words.skip}
        </a>
        <Masthead view={view} words={words} />
        {children}
        <script src={view.root + files.main} data-words={client} defer />
        {view.live && <script src={view.root + files.reload} data-url={view.url} data-words={client} defer />}
      </body>
    </html>
  )
}

function Head({ view, files }: Omit<DocumentProps, 'children'>) {
  const { root, book } = view
  const description = toDescription(view)
  const needsKatex = view.kind === 'chapter' ? view.page.hasMath : view.text?.page.hasMath
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{toTitle(view)}</title>
      {description !== '' && <meta name="description" content={description} />}
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" media="(prefers-color-scheme: light)" content={palette.light.paper} />
      <meta name="theme-color" media="(prefers-color-scheme: dark)" content={palette.dark.paper} />
      <script dangerouslySetInnerHTML={{ __html: files.early }} />
      <link rel="icon" type="image/svg+xml" href={root + files.icon} />
      <link rel="stylesheet" href={root + files.style} />
      {needsKatex && <link rel="stylesheet" href={root + files.katex} />}
      {files.fonts.map(font => (
        <link key={font} rel="stylesheet" href={root + font} />
      ))}
      {view.translations.length > 0 && <link rel="alternate" hreflang={book.lang} href={root + view.url} />}
      {view.translations.map(({ lang, url }) => (
        <link key={lang} rel="alternate" hreflang={lang} href={root + url} />
      ))}
      {view.kind === 'chapter' && view.previous && <link rel="prev" href={root + view.previous.url} />}
      {view.kind === 'chapter' && view.next && <link rel="next" href={root + view.next.url} />}
    </head>
  )
}

function toTitle(view: ChapterView | IndexView): string {
  if (view.kind === 'chapter') return `${view.page.title} · ${view.book.title}`
  if (view.text?.title) return view.text.title
  return view.book.subtitle ? `${view.book.title} · ${view.book.subtitle}` : view.book.title
}
