/** Where things lie in the site. All urls are relative, so that the site works below any path. */
import { posix } from 'node:path'
import type { Page } from '../page/types.ts'

/** A chapter's document: `zh/02-forward.html`. */
export function pageUrl({ book, slug, url }: Pick<Page, 'book' | 'slug' | 'url'>): string {
  return url ?? encodePath(book === '' ? `${slug}.html` : `${book}/${slug}.html`)
}

/** From one document to another, both relative to the site's root. */
export function relativeUrl(from: string, to: string): string {
  return posix.relative(posix.dirname(`/${from}`), `/${to}`) || posix.basename(to)
}

/** Each part of a path percent-encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
