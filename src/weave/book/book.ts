/** Pages → site: every hole filled, every document laid out. */
import { posix } from 'node:path'
import type { Config } from '../base/config.ts'
import type { Diagnostic, Result } from '../base/diagnostic.ts'
import { guard } from '../base/fault.ts'
import { grouped } from '../base/grouped.ts'
import { fillHoles, type HoleKind } from '../page/holes.ts'
import { escapeHtml } from '../page/html.ts'
import type { Page } from '../page/page.ts'
import { isStart } from '../source/folder/order.ts'
import { type AssetFiles, resolveAsset } from './assets.ts'
import { pagesByPath, resolveLink } from './links.ts'
import { brokenDocument } from './missing.ts'
import { checkLabels, labelTable, resolveReference } from './references.ts'
import type { BookView, ChapterLink, ChapterView, IndexView, SiteView, Theme } from './theme.ts'
import { encodePath, pageUrl } from './urls.ts'

export interface BookOptions {
  readonly config: Config
  readonly theme: Theme
  /** Content hash of a file by absolute path; undefined when it does not exist. */
  readonly fileHash: (path: string) => string | undefined
  /** `npm run dev` is serving. */
  readonly live?: boolean
}

/** A page with its holes filled, and where it lies: what dev sends to an open browser. */
export interface FilledPage {
  readonly page: Page
  readonly url: string
  readonly html: string
}

export interface FilledSite {
  readonly pages: readonly FilledPage[]
  readonly files: AssetFiles
}

/** A site whose documents are laid out when they are asked for: dev shows one page of many, and a book may be large. */
export interface OpenSite {
  readonly pages: readonly FilledPage[]
  readonly files: AssetFiles
  /** Every document's url. */
  readonly urls: readonly string[]
  /** The whole HTML of a document; undefined for a url that is none. */
  readonly document: (url: string) => Result<string> | undefined
}

/** All pages, in reading order within each book, as a site. Fills every page; lays none out yet. */
export function openSite(pages: readonly Page[], options: BookOptions): Result<OpenSite> {
  const { config, theme, live = false } = options
  const { value: filled, diagnostics } = fillPages(pages, options)
  const site = siteView(
    filled.pages.map(f => f.page),
    config,
  )
  const starts = new Map(site.books.flatMap(book => startUrls(book, site).map(url => [url, book])))
  const texts = new Map(filled.pages.filter(p => isStart(p.page)).map(page => [page.url, page]))
  const chapters = new Map(filled.pages.filter(p => !isStart(p.page)).map(page => [page.url, page]))
  const places = placesOf(pages, site)
  const document = (url: string) => {
    const page = chapters.get(url)
    if (page) return laidOut(page.page.file, () => chapterView(page, places, site, config, live), theme)
    const book = starts.get(url)
    return book && laidOut(url, () => indexView(book, url, texts.get(url), site, config, live), theme)
  }
  const urls = [...starts.keys(), ...chapters.keys()]
  return { value: { ...filled, urls, document }, diagnostics }
}

/** @param file whose document it is: the chapter's file, the url of a start page */
function laidOut(file: string, view: () => ChapterView | IndexView, theme: Theme): Result<string> {
  return guard(
    'layout',
    file,
    () => ({ value: theme.layout(view()), diagnostics: [] }),
    () => brokenDocument(file),
  )
}

/** The first book's start page is the site's; it also lies in the book's folder, where one would look for it. */
function startUrls({ id, url }: BookView, { books }: SiteView): string[] {
  return id !== '' && books[0].id === id ? [url, `${encodePath(id)}/index.html`] : [url]
}

function indexView(
  book: BookView,
  url: string,
  filled: FilledPage | undefined,
  site: SiteView,
  config: Config,
  live: boolean,
): IndexView {
  const translations = translationsOf(book.id, config).flatMap(({ dir, lang }) => {
    const other = site.books.find(b => b.id === dir)
    return other ? [{ lang, url: other.url }] : []
  })
  const text = filled && {
    page: filled.page,
    title: filled.page.title === filled.page.slug ? undefined : filled.page.title,
    html: filled.html,
  }
  return { kind: 'index', site, book, root: rootOf(url), url, translations, live, text }
}

/** Fills the holes of every page: links, assets, references. Reports what leads nowhere. */
export function fillPages(pages: readonly Page[], { config, fileHash }: BookOptions): Result<FilledSite> {
  const labels = labelTable(pages)
  const diagnostics: Diagnostic[] = [...checkLabels(labels.twice)]
  const byPath = pagesByPath(pages)
  const files = new Map<string, string>()
  // A reference may name a label of a chapter on which a stage of ours has failed: that is no mistake.
  const lacking = new Set(pages.filter(p => p.isBlank).map(p => p.book))
  const filled = [...pages, ...siteStart(pages, config)].map((page): FilledPage => {
    const found: Diagnostic[] = []
    const keep = ({ value, diagnostics: said }: Result<string>): string => {
      found.push(...said)
      return value
    }
    const seen = new Set<string>()
    const fill = (kind: HoleKind, index: number): string => {
      seen.add(`${/^reference/.test(kind) ? 'reference' : 'target'} ${index}`)
      switch (kind) {
        case 'link':
          return escapeHtml(keep(resolveLink(page, page.targets[index], byPath, fileHash, files)))
        case 'asset':
          return escapeHtml(keep(resolveAsset(page, page.targets[index], fileHash, files)))
        default: {
          const { value, diagnostics: said } = resolveReference(page, page.references[index], labels, kind)
          if (!lacking.has(page.book)) found.push(...said)
          return kind === 'referenceText' ? escapeHtml(value) : value
        }
      }
    }
    const plain = (kind: HoleKind, index: number) =>
      kind === 'referenceText' ? resolveReference(page, page.references[index], labels, kind).value : ''
    const work = (): Result<FilledPage> => {
      const toc = page.toc.map(entry => ({ ...entry, html: fillHoles(entry.html, fill) }))
      const titleHtml = fillHoles(page.titleHtml, fill)
      const description = page.description && {
        html: fillHoles(page.description.html, fill),
        text: fillHoles(page.description.text, plain),
      }
      const whole = { ...page, toc, titleHtml, description, text: fillHoles(page.text, plain) }
      const html = fillHoles(page.html, fill)
      // What the page does not show (an alt text of what has no room for one) is checked all the same.
      for (const { index } of page.references)
        if (!seen.has(`reference ${index}`)) fill('referenceText', index)
      for (const { index, kind } of page.targets)
        if (!seen.has(`target ${index}`)) fill(kind === 'link' ? 'link' : 'asset', index)
      return { value: { page: whole, url: pageUrl(page), html }, diagnostics: found }
    }
    const unfilled = { ...page, toc: [], titleHtml: escapeHtml(page.title), description: undefined, text: '' }
    const blank = () => ({ page: unfilled, url: pageUrl(page), html: '' })
    const result = guard('links', page.file, work, blank)
    diagnostics.push(...result.diagnostics)
    return result.value
  })
  return { value: { pages: filled, files }, diagnostics: once(diagnostics) }
}

/** The same hole may stand in a heading and in the contents. */
function once(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ file, rule, range, message }) => {
    const key = JSON.stringify([file, rule, range, message])
    return !seen.has(key) && seen.add(key)
  })
}

/** The first book's start page once more, as the site's: its links lead from there. */
function siteStart(pages: readonly Page[], { books }: Config): Page[] {
  const starts = pages.filter(isStart)
  if (starts.some(p => p.book === '')) return []
  return starts.filter(p => p.book === books.at(0)?.dir).map(page => ({ ...page, url: 'index.html' }))
}

function siteView(pages: readonly Page[], config: Config): SiteView {
  const byBook = grouped(pages, p => p.book)
  const books = config.books.map(
    (book, i): BookView => ({
      id: book.dir,
      lang: book.lang,
      title: book.title,
      subtitle: book.subtitle,
      description: book.description,
      url: i === 0 ? 'index.html' : `${encodePath(book.dir)}/index.html`,
      chapters: (byBook.get(book.dir) ?? []).filter(page => !isStart(page)).map(linkOf),
    }),
  )
  return { title: config.title, books, repository: config.repository }
}

function linkOf(page: Page): ChapterLink {
  const { title, number, description } = page
  return { title, number, url: pageUrl(page), description: description?.text }
}

/** Where chapters stand: looked up for each document. */
interface Places {
  /** By the document's url: its place in its book. */
  readonly at: ReadonlyMap<string, number>
  /** By book and slug. */
  readonly page: ReadonlyMap<string, Page>
}

const nameOf = (book: string, slug: string) => `${book}\0${slug}`

function placesOf(pages: readonly Page[], { books }: SiteView): Places {
  return {
    at: new Map(books.flatMap(b => b.chapters.map(({ url }, i) => [url, i] as const))),
    page: new Map(pages.map(p => [nameOf(p.book, p.slug), p])),
  }
}

function chapterView(
  { page, url, html }: FilledPage,
  places: Places,
  site: SiteView,
  config: Config,
  live: boolean,
): ChapterView {
  const book = site.books.find(b => b.id === page.book) ?? site.books[0]
  const at = places.at.get(url) ?? -1
  const translations = translationsOf(page.book, config).flatMap(({ dir, lang }) => {
    const other = places.page.get(nameOf(dir, page.slug))
    return other ? [{ lang, url: pageUrl(other) }] : []
  })
  return {
    kind: 'chapter',
    site,
    book,
    page,
    html,
    url,
    root: rootOf(url),
    translations,
    previous: book.chapters[at - 1],
    next: book.chapters[at + 1],
    live,
  }
}

/** The books that are this one in another language. */
function translationsOf(dir: string, { books }: Config): Config['books'] {
  const original = books.find(b => b.dir === dir)?.translates ?? dir
  return books.filter(b => b.dir !== dir && (b.dir === original || b.translates === original))
}

function rootOf(url: string): string {
  const up = posix.relative(posix.dirname(`/${url}`), '/')
  return up === '' ? '' : `${up}/`
}
