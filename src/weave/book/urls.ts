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

/** A path or an anchor as it is meant; as it is written where its percent signs encode nothing. */
export function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A target as messages show it: a link may be as long as a chapter, and hold anything. */
export function shownTarget(text: string): string {
  const plain = text.replace(/\p{Cc}/gu, '\ufffd')
  return plain.length > 120 ? `${plain.slice(0, 80)}… (${plain.length} characters)` : plain
}
