/** Which book a Markdown file belongs to. */
import { isLanguageName } from '../../base/language.ts'

export interface Place {
  /** The folder of the book; '' for the content folder itself. */
  readonly book: string
  /** The rest of the path, without `.md`. */
  readonly slug: string
}

/** A file's book is its first folder. @param path from the content folder, with forward slashes */
export function placeOf(path: string): Place {
  const at = path.indexOf('/')
  return { book: path.slice(0, Math.max(0, at)), slug: path.slice(at + 1).replace(/\.md$/, '') }
}

/**
 * Where chapters lie in the content folder itself, its folders are parts of that book, unless the configuration, or
 * a language for a name, makes them books of their own.
 */
export function placed(paths: readonly string[], books: readonly string[]): Place[] {
  const isFlat = paths.some(path => !path.includes('/') && path !== 'index.md')
  return paths.map(path => {
    const place = placeOf(path)
    const isPart = isFlat && !books.includes(place.book) && !isLanguageName(place.book)
    return isPart ? { book: '', slug: path.replace(/\.md$/, '') } : place
  })
}
