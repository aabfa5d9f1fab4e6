/** Pages → site: every hole filled, every document laid out. */
import { posix } from 'node:path'
import type { Config } from '../base/config.ts'
import type { Diagnostic, Result } from '../base/diagnostic.ts'
import { guard } from '../base/fault.ts'
import { grouped } from '../base/grouped.ts'
import type { Page } from '../page/page.ts'
import { type AssetFiles, resolveAsset } from './assets.ts'
import { pagePaths, resolveLink } from './links.ts'
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
  const site = siteView(pages, config)
  const starts = new Map(site.books.flatMap(book => startUrls(book, site).map(url => [url, book])))
  const chapters = new Map(filled.pages.map(page => [page.url, page]))
  const places = placesOf(pages, site)
  const document = (url: string) => {
    const page = chapters.get(url)
    if (page) return laidOut(page.page.file, () => chapterView(page, places, site, config, live), theme)
    const book = starts.get(url)
    return book && laidOut(url, () => indexView(book, url, site, config, live), theme)
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

function indexView(book: BookView, url: string, site: SiteView, config: Config, live: boolean): IndexView {
  const translations = translationsOf(book.id, config).flatMap(({ dir, lang }) => {
    const other = site.books.find(b => b.id === dir)
    return other ? [{ lang, url: other.url }] : []
  })
  return { kind: 'index', site, book, root: rootOf(url), url, translations, live }
}

/** Fills the holes of every page: links, assets, references. Reports what leads nowhere. */
export function fillPages(pages: readonly Page[], { fileHash }: BookOptions): Result<FilledSite> {
  const diagnostics: Diagnostic[] = [...checkLabels(pages)]
  const labels = labelTable(pages)
  const files = new Map<string, string>()
  const paths = pagePaths(pages)
  const blank = new Set(pages.filter(p => p.isBlank).map(p => p.book))
  const filled = pages.map(page => {
    const url = pageUrl(page)
    const found: Diagnostic[] = []
    const fill = () => {
      const html = page.html
        // Only where we write them: in text the quotation marks are escaped.
        .replace(/ href="unroll:link\/(\d+)"/g, (whole, n: string) => {
          const target = page.targets[Number(n)]
          if (!target) return whole
          const link = resolveLink(page, target, paths, fileHash, files)
          found.push(...link.diagnostics)
          return ` href="${escapeAttribute(link.value)}"`
        })
        .replace(/ src="unroll:asset\/(\d+)"/g, (whole, n: string) => {
          const target = page.targets[Number(n)]
          if (!target) return whole
          const asset = resolveAsset(page, target, fileHash, files)
          found.push(...asset.diagnostics)
          return ` src="${escapeAttribute(asset.value)}"`
        })
        .replace(/<unroll-ref data-n="(\d+)"><\/unroll-ref>/g, (whole, n: string) => {
          const written = page.references[Number(n)]
          if (!written) return whole
          const reference = resolveReference(page, written, labels)
          // The label may be one of a chapter on which a stage of ours has failed.
          if (!blank.has(page.book)) found.push(...reference.diagnostics)
          return reference.value
        })
      return { value: html, diagnostics: found }
    }
    const html = guard('links', page.file, fill, () => '')
    diagnostics.push(...html.diagnostics)
    return { page, url, html: html.value }
  })
  return { value: { pages: filled, files }, diagnostics }
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, c => `&#${c.charCodeAt(0)};`)
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
      chapters: (byBook.get(book.dir) ?? []).map(linkOf),
    }),
  )
  return { title: config.title, books, repository: config.repository }
}

function linkOf(page: Page): ChapterLink {
  const { title, number, frontMatter } = page
  return { title, number, url: pageUrl(page), description: frontMatter.description }
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
