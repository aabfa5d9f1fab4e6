/** The order of chapters in their books, which gives each its number. */
import type { Chapter } from './chapter.ts'

export interface NumberedChapter {
  readonly chapter: Chapter
  /** Place in its book, from 1. */
  readonly number: number
}

/** Books in the given order; in each, chapters with `order` first, by it, then by file name. */
export function orderChapters(chapters: readonly Chapter[], books: readonly string[]): NumberedChapter[] {
  const rank = ({ frontMatter }: Chapter) => frontMatter.order ?? Number.POSITIVE_INFINITY
  const compare = (a: Chapter, b: Chapter) =>
    rank(a) === rank(b) ? byName(a.slug, b.slug) : rank(a) - rank(b)
  return books.flatMap(book =>
    chapters
      .filter(c => c.book === book)
      .sort(compare)
      .map((chapter, i) => ({ chapter, number: i + 1 })),
  )
}

/** `2-b` before `10-a`; the same on every machine, whatever its locale. */
function byName(a: string, b: string): number {
  const number = (name: string) => Number(/^\d+/.exec(name)?.[0] ?? Number.POSITIVE_INFINITY)
  const [x, y] = [number(a), number(b)]
  return x === y ? (a < b ? -1 : a > b ? 1 : 0) : x - y
}
