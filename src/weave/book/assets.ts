/** Files that pages show or offer: each gets a name made of its content, and is copied once. */
import { basename, dirname, extname, resolve } from 'node:path'
import { errorAt, type Result } from '../base/diagnostic.ts'
import { lineIndex } from '../base/position.ts'
import type { Page } from '../page/page.ts'
import type { Target } from '../source/chapter.ts'
import { decodePart, encodePath, pageUrl, relativeUrl, shownTarget } from './urls.ts'

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
    diagnostics: [errorAt(page.file, lineIndex(page.source), target.span, { rule, message, help })],
  })
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href))
    return problem(
      'image-remote',
      `this image is not part of the book: ${shownTarget(href)}`,
      'Save it beside the chapter: readers without internet see it then, too.',
    )
  const path = resolve(dirname(page.path), decodePart(href.replace(/[?#].*$/, '')))
  const url = addFile(path, page, fileHash, files)
  return url === undefined
    ? problem(
        'image-missing',
        `there is no file ${shownTarget(href)}`,
        'Paths of images start at the chapter’s folder.',
      )
    : { value: url, diagnostics: [] }
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
  const url = `files/${hash.slice(0, 10)}-${encodePath(nameOf(path))}`
  files.set(url, path)
  return relativeUrl(pageUrl(page), url)
}

/** A file's name, short enough that there is room for its hash: file systems take 255 bytes. */
function nameOf(path: string): string {
  const name = basename(path)
  if (Buffer.byteLength(name) <= 200) return name
  return [...name].slice(0, 40).join('') + extname(name).slice(0, 10)
}
