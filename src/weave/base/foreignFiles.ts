/** Files of other tools: whoever has them in the content folder expects that they do something. */

import { basename, extname } from 'node:path'
import { own } from './own.ts'

/** By the end of the name: documents, and the way to a chapter. */
const documents: Readonly<Record<string, string>> = {
  '.ipynb': 'Chapters are Markdown: `jupyter nbconvert --to markdown` makes one of it.',
  '.qmd': 'Chapters are Markdown: rename it to .md, and mark its cells with ```` ```ts exec ````.',
  '.rmd': 'Chapters are Markdown: rename it to .md, and mark its cells with ```` ```ts exec ````.',
  '.mdx': 'Chapters are Markdown without JSX: rename it to .md.',
  '.rst': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.adoc': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.asciidoc': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.org': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.tex': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.typ': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
  '.docx': 'Chapters are Markdown: `pandoc -t gfm` makes one of it.',
}

/** By the whole name: settings, and where the same is said here. */
const settings: Readonly<Record<string, string>> = {
  '_category_.json': 'Folders come by the names and the `order` of what is in them: remove it.',
  '_category_.yml': 'Folders come by the names and the `order` of what is in them: remove it.',
  '_category_.yaml': 'Folders come by the names and the `order` of what is in them: remove it.',
  '_quarto.yml': 'The book’s settings are in `book.config.ts`: remove it.',
  '_metadata.yml': 'The book’s settings are in `book.config.ts`, a chapter’s in its front matter: remove it.',
  '_toc.yml': 'Chapters come by their `order` and their names: remove it.',
  '_config.yml': 'The book’s settings are in `book.config.ts`: remove it.',
  '_sidebar.md': 'The list of chapters is made of their titles and `order`: remove it.',
  '_navbar.md': 'The list of chapters is made of their titles and `order`: remove it.',
}

/** What to do with a document of another tool; undefined for any other file. */
export function documentAdvice(path: string): string | undefined {
  const extension = extname(path).toLowerCase()
  return own(documents, extension)
}

/** What to do with another tool's settings; undefined for any other file. */
export function settingsAdvice(path: string): string | undefined {
  const name = basename(path).toLowerCase()
  return own(settings, name)
}
