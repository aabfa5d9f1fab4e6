/** Links inside the book: to chapters by their Markdown file, to anchors, to files beside the chapter. */
import { dirname, resolve } from 'node:path'
import { errorAt, type Result } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import type { Page } from '../page/page.ts'
import type { Target } from '../source/chapter.ts'
import { addFile } from './assets.ts'
import { decodePart, pageUrl, relativeUrl, shownTarget } from './urls.ts'

/** Pages by the absolute path of their Markdown file, and of the document that it would become beside it. */
export type PagePaths = ReadonlyMap<string, Page>

export function pagePaths(pages: readonly Page[]): PagePaths {
  const byDocument = pages.map(p => [p.path.replace(/\.md$/, '.html'), p] as const)
  return new Map([...byDocument, ...pages.map(p => [p.path, p] as const)])
}

/** What stands in `href`, relative to the page. A link to nowhere is reported and stays as written. */
export function resolveLink(
  page: Page,
  target: Target,
  pages: PagePaths,
  fileHash: (path: string) => string | undefined,
  files: Map<string, string>,
): Result<string> {
  const { href } = target
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) return { value: href, diagnostics: [] }
  const [path, anchor] = splitAnchor(href)
  const broken = (message: string, help: string): Result<string> => ({
    value: href,
    diagnostics: [errorAt(page.file, page.source, target.span, { rule: 'link-broken', message, help })],
  })
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
      `${other === page ? 'this chapter' : other.file} has no anchor #${shownTarget(anchor)}`,
      guess
        ? `Did you mean #${guess}?`
        : `Anchors: ${other.anchors
            .slice(0, 8)
            .map(a => `#${a}`)
            .join(' ')}`,
    )
  }
  const hash = anchor === undefined ? '' : `#${encodeURIComponent(anchor)}`
  const url = other === page ? '' : relativeUrl(pageUrl(page), pageUrl(other))
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
