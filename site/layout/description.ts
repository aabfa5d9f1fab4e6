/** What search engines show below a page's title. */
import type { ChapterView, IndexView } from '../../src/weave/book/theme.ts'

const longest = 150

/** The author's words where there are some, else the beginning of the text. */
export function toDescription(view: ChapterView | IndexView): string {
  const { book } = view
  if (view.kind === 'index')
    return view.text?.page.description?.text ?? book.description ?? book.subtitle ?? ''
  return view.page.description?.text ?? cut(view.page.text.replace(/\s+/g, ' ').trim())
}

function cut(text: string): string {
  const characters = [...text]
  return characters.length <= longest ? text : characters.slice(0, longest - 1).join('') + '…'
}
