/** Links inside the book: to chapters by their Markdown file, to anchors, to files beside the chapter. */
import { dirname, resolve } from 'node:path'
import { errorAt, type Result } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import type { Page } from '../page/page.ts'
import type { Target } from '../source/chapter.ts'
import { addFile } from './assets.ts'
import { decodePart, pageUrl, relativeUrl, shownTarget } from './urls.ts'

/** Pages by the paths that links may name: their Markdown file's, and their document's. */
export type PagesByPath = ReadonlyMap<string, Page>

export function pagesByPath(pages: readonly Page[]): PagesByPath {
  return new Map([
    ...pages.map(p => [p.path.replace(/\.md$/, '.html'), p] as const),
    ...pages.map(p => [p.path, p] as const),
  ])
}

/** Addresses that a reader's browser would run, or that lead into the author's machine. */
const unsafe = /^(javascript|vbscript|data|file|blob|about|view-source):/i

/** What stands in `href`, relative to the page. A link to nowhere is reported and stays as written. */
export function resolveLink(
  page: Page,
  target: Target,
  pages: PagesByPath,
  fileHash: (path: string) => string | undefined,
  files: Map<string, string>,
): Result<string> {
  const { href } = target
  const broken = (message: string, help: string, rule = 'link-broken'): Result<string> => ({
    value: href,
    diagnostics: [errorAt(page.file, page.source, target.span, { rule, message, help })],
  })
  // Browsers leave out control characters and spaces before they read the scheme.
  const scheme = unsafe.exec(decodePart(href).replace(/[\0-\x20\x7f]/g, ''))?.[1].toLowerCase()
  if (scheme !== undefined) {
    const { diagnostics } = broken(
      `a page does not link to ${scheme}: addresses`,
      'Link to a chapter, to a file beside it, or to a web address.',
      'link-unsafe',
    )
    return { value: '#', diagnostics }
  }
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) return { value: href, diagnostics: [] }
  const [path, anchor] = splitAnchor(href)
  const file = path === '' ? page.path : resolve(dirname(page.path), path)
  const other = pages.get(file)
  if (!other) {
    const url = addFile(file, page, fileHash, files)
    if (url !== undefined) return { value: url, diagnostics: [] }
    const names = [...new Set(pages.values())]
      .filter(p => p.book === page.book)
      .map(p => p.path.slice(dirname(page.path).length + 1))
    const guess = nearest(path, names)
    return broken(
      `this link leads nowhere: ${shownTarget(path)}`,
      guess
        ? `Did you mean ${guess}?`
        : 'Name the chapter’s Markdown file, relative to this one: 02-forward.md.',
    )
  }
  if (anchor !== undefined && !other.isBlank && !anchorsOf(other).has(anchor)) {
    const guess = nearest(anchor, other.anchors)
    return broken(
      `${other.path === page.path ? 'this chapter' : other.file} has no anchor #${shownTarget(anchor)}`,
      guess
        ? `Did you mean #${guess}?`
        : `Anchors: ${other.anchors
            .slice(0, 8)
            .map(a => `#${a}`)
            .join(' ')}`,
    )
  }
  const hash = anchor === undefined ? '' : `#${encodeURIComponent(anchor)}`
  const url = other.path === page.path ? '' : relativeUrl(pageUrl(page), pageUrl(other))
  return { value: url + hash || '#', diagnostics: [] }
}

const anchorSets = new WeakMap<Page, ReadonlySet<string>>()

/** A page with thousands of anchors is linked to thousands of times. */
function anchorsOf(page: Page): ReadonlySet<string> {
  const anchors = anchorSets.get(page) ?? new Set(page.anchors)
  anchorSets.set(page, anchors)
  return anchors
}

function splitAnchor(href: string): [path: string, anchor: string | undefined] {
  const at = href.indexOf('#')
  if (at === -1) return [decodePart(href), undefined]
  return [decodePart(href.slice(0, at)), decodePart(href.slice(at + 1))]
}
