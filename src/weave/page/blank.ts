/** What stands for a page that could not be made: nothing is published, but others may link to it. */
import type { Chapter } from '../source/chapter.ts'
import { escapeHtml } from './html.ts'
import type { Page, PageOptions } from './types.ts'

export function blankPage(
  { file, path, book, slug, text, title, frontMatter }: Chapter,
  { number }: PageOptions,
): Page {
  return {
    file,
    path,
    book,
    slug,
    source: text,
    title,
    titleHtml: escapeHtml(title),
    frontMatter,
    number,
    html: '',
    toc: [],
    labels: [],
    anchors: [],
    references: [],
    targets: [],
    text: '',
    hasMath: false,
    isBlank: true,
  }
}
