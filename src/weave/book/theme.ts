/** What a theme is given and what it gives back. The pipeline never imports a theme: scripts hand one in. */
import type { DiagramFonts } from '../diagram/fonts.ts'
import type { Page } from '../page/types.ts'

/** A chapter as navigation shows it. `url` is relative to the site's root: `zh/02-forward.html`. */
export interface ChapterLink {
  readonly title: string
  readonly url: string
  readonly number: number
  readonly description?: string
}

/** One book of the site as navigation shows it. */
export interface BookView {
  /** Folder under content/ and in the site; '' when the chapters lie in content/ itself. */
  readonly id: string
  /** BCP 47: `zh-CN`. */
  readonly lang: string
  readonly title: string
  readonly subtitle?: string
  readonly description?: string
  /** The book's start page. */
  readonly url: string
  readonly chapters: readonly ChapterLink[]
}

export interface SiteView {
  readonly title: string
  readonly books: readonly BookView[]
  /** Shown as a link when given. */
  readonly repository?: string
}

interface View {
  readonly site: SiteView
  readonly book: BookView
  /** Relative path from this document to the site's root, '' or '../' or '../../': prefix of every url. */
  readonly root: string
  /** This document's own url, relative to the site's root. */
  readonly url: string
  /** The same chapter (or start page) in other languages, this one excluded. */
  readonly translations: readonly { readonly lang: string; readonly url: string }[]
  /** `npm run dev` is serving: load the reload client. */
  readonly live: boolean
}

export interface ChapterView extends View {
  readonly kind: 'chapter'
  readonly page: Page
  /** The page's HTML with every hole filled. */
  readonly html: string
  readonly previous?: ChapterLink
  readonly next?: ChapterLink
}

/** A book's start page: title, text and contents. */
export interface IndexView extends View {
  readonly kind: 'index'
  /** What `index.md` says. */
  readonly text?: StartText
}

export interface StartText {
  readonly page: Page
  /** In place of the book's title, if `index.md` has one. */
  readonly title?: string
  /** The page's HTML with every hole filled. */
  readonly html: string
}

/** A file of the theme. `path` is where it goes in the site. */
export type ThemeAsset =
  | { readonly path: string; readonly from: string }
  | { readonly path: string; readonly text: string }

export interface Theme {
  /** A whole HTML document. Pure. */
  readonly layout: (view: ChapterView | IndexView) => string
  readonly assets: readonly ThemeAsset[]
  /** The font that the site sets diagrams in: they are measured in it. */
  readonly diagramFonts: DiagramFonts
  /** Changes whenever the layout or an asset does. */
  readonly version: string
}
