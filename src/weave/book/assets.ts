/** Files that pages show or offer: each gets a name made of its content, and is copied once. */
import { basename, dirname, resolve } from 'node:path'
import { errorAt, type Result } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Page } from '../page/page.ts'
import type { Target } from '../source/chapter.ts'
import { encodePath, pageUrl, relativeUrl } from './urls.ts'

/** Url in the site → absolute path of the file. */
export type AssetFiles = ReadonlyMap<string, string>

/** What stands in `src`, relative to the page. */
export function resolveAsset(
  page: Page,
  target: Target,
  fileHash: (path: string) => string | undefined,
  files: Map<string, string>,
): Result<string> {
  const { href } = target
  if (/^data:image\/(png|jpeg|gif|webp|avif|svg\+xml)[;,]/i.test(href))
    return { value: href, diagnostics: [] }
  const problem = (rule: string, message: string, help: string): Result<string> => ({
    value: href,
    diagnostics: [errorAt(page.file, new LineIndex(page.source), target.span, { rule, message, help })],
  })
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href))
    return problem(
      'image-remote',
      `this image is not part of the book: ${href}`,
      'Save it beside the chapter: readers without internet see it then, too.',
    )
  const path = resolve(dirname(page.path), decoded(href))
  const url = addFile(path, page, fileHash, files)
  return url === undefined
    ? problem('image-missing', `there is no file ${href}`, 'Paths of images start at the chapter’s folder.')
    : { value: url, diagnostics: [] }
}

/** What is percent-encoded wrongly is taken as it is written: such a file may exist. */
function decoded(href: string): string {
  try {
    return decodeURIComponent(href.replace(/[?#].*$/, ''))
  } catch {
    return href
  }
}

/** Takes a file into the site; gives its url relative to the page, or undefined when it does not exist. */
export function addFile(
  path: string,
  page: Page,
  fileHash: (path: string) => string | undefined,
  files: Map<string, string>,
): string | undefined {
  const hash = fileHash(path)
  if (hash === undefined) return undefined
  const url = `files/${hash.slice(0, 10)}-${encodePath(basename(path))}`
  files.set(url, path)
  return relativeUrl(pageUrl(page), url)
}
