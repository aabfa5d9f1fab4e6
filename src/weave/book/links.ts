/** Links inside the book: to chapters by their Markdown file, to anchors, to files beside the chapter. */
import { dirname, resolve } from 'node:path'
import { errorAt, type Result } from '../base/diagnostic.ts'
import { nearest } from '../base/nearest.ts'
import { LineIndex } from '../base/position.ts'
import type { Page } from '../page/page.ts'
import type { Target } from '../source/chapter.ts'
import { addFile } from './assets.ts'
import { pageUrl, relativeUrl } from './urls.ts'

/** What stands in `href`, relative to the page. A link to nowhere is reported and stays as written. */
export function resolveLink(
  page: Page,
  target: Target,
  pages: readonly Page[],
  fileHash: (path: string) => string | undefined,
  files: Map<string, string>,
): Result<string> {
  const { href } = target
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(href)) return { value: href, diagnostics: [] }
  const [path, anchor] = splitAnchor(href)
  const broken = (message: string, help: string): Result<string> => ({
    value: href,
    diagnostics: [
      errorAt(page.file, new LineIndex(page.source), target.span, { rule: 'link-broken', message, help }),
    ],
  })
  const file = path === '' ? page.path : resolve(dirname(page.path), path)
  const other = pages.find(p => p.path === file || p.path.replace(/\.md$/, '.html') === file)
  if (!other) {
    const url = addFile(file, page, fileHash, files)
    if (url !== undefined) return { value: url, diagnostics: [] }
    const names = pages
      .filter(p => p.book === page.book)
      .map(p => p.path.slice(dirname(page.path).length + 1))
    const guess = nearest(path, names)
    return broken(
      `this link leads nowhere: ${path}`,
      guess
        ? `Did you mean ${guess}?`
        : 'Name the chapter’s Markdown file, relative to this one: 02-forward.md.',
    )
  }
  if (anchor !== undefined && !other.anchors.includes(anchor)) {
    const guess = nearest(anchor, other.anchors)
    return broken(
      `${other.path === page.path ? 'this chapter' : other.file} has no anchor #${anchor}`,
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

function splitAnchor(href: string): [path: string, anchor: string | undefined] {
  const at = href.indexOf('#')
  if (at === -1) return [decode(href), undefined]
  return [decode(href.slice(0, at)), decode(href.slice(at + 1))]
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
