/** The order of chapters in their books, which gives each its number. */
import type { Chapter, SourceFile } from '../chapter.ts'

export interface NumberedChapter {
  readonly chapter: Chapter
  /** Place in its book, from 1; 0 for the text of a start page. */
  readonly number: number
}

/** `index.md` of a book, or of the site: the text of its start page, and no chapter. */
export function isStart({ slug }: Pick<SourceFile, 'slug'>): boolean {
  return slug === 'index'
}

/**
 * Books in the given order; in each its start page (number 0), then its chapters. What lies in one folder stays
 * together: chapters and folders with `order` first, by it, then by name. A folder's place is that of its `index.md`,
 * else that of its first chapter.
 */
export function orderChapters(chapters: readonly Chapter[], books: readonly string[]): NumberedChapter[] {
  const starts = chapters.filter(isStart)
  const others = chapters.filter(c => !isStart(c))
  return [...new Set([...books, ...starts.map(c => c.book)])].flatMap(book => [
    ...starts.filter(c => c.book === book).map(chapter => ({ chapter, number: 0 })),
    ...inOrder(others.filter(c => c.book === book)).map((chapter, i) => ({ chapter, number: i + 1 })),
  ])
}

function inOrder(chapters: readonly Chapter[]): Chapter[] {
  const ranks = folderRanks(chapters)
  const rankOf = (chapter: Chapter, path: string) =>
    (path === chapter.slug ? chapter.frontMatter.order : ranks.get(path)) ?? Number.POSITIVE_INFINITY
  return chapters.toSorted((a, b) => {
    const [x, y] = [a.slug.split('/'), b.slug.split('/')]
    const at = x.findIndex((part, i) => part !== y[i])
    const [p, q] = [x.slice(0, at + 1).join('/'), y.slice(0, at + 1).join('/')]
    const [r, s] = [rankOf(a, p), rankOf(b, q)]
    return byIndex(p, q) || (r === s ? byName(x[at] ?? '', y[at] ?? '') : r - s)
  })
}

/** The `order` of each folder below a book. */
function folderRanks(chapters: readonly Chapter[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>()
  const own = new Map<string, number>()
  for (const { slug, frontMatter } of chapters) {
    const { order } = frontMatter
    if (order === undefined) continue
    const parts = slug.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      ranks.set(folder, Math.min(order, ranks.get(folder) ?? order))
    }
    if (parts.length > 1 && parts.at(-1) === 'index') own.set(parts.slice(0, -1).join('/'), order)
  }
  return new Map([...ranks, ...own])
}

/** A folder's `index.md` is the first in it. */
function byIndex(a: string, b: string): number {
  const isIndex = (path: string) => (path.endsWith('/index') ? 0 : 1)
  return isIndex(a) - isIndex(b)
}

/** `2-b` before `10-a`; the same on every machine, whatever its locale. */
function byName(a: string, b: string): number {
  const number = (name: string) => Number(/^\d+/.exec(name)?.[0] ?? Number.POSITIVE_INFINITY)
  const [x, y] = [number(a), number(b)]
  return x === y ? (a < b ? -1 : a > b ? 1 : 0) : x - y
}
