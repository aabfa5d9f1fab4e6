/**
 * What each key of a front matter does here: ours, and those of Hexo, Hugo, Jekyll, Docusaurus, VitePress, Quarto and
 * their like, which have an effect, or an advice what to do instead.
 */
import type { FrontMatter } from '../chapter.ts'
import { optionRules } from '../fence/options.ts'
import { readDate } from './dates.ts'
import { rule, type ValueRule } from './yamlValues.ts'

/** How a key's value is read. A value may be fine and still deserve a word. */
export interface KeyRule extends ValueRule {
  /** Something about this value that the author should know. `read` gives null for a value without an effect. */
  readonly remark?: (value: unknown) => { readonly message: string; readonly help: string } | undefined
}

const isPlainText = (v: unknown): v is string => typeof v === 'string'
const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === 'object' && v !== null && !Array.isArray(v)

/** One line, whatever way it is written in. */
const line: KeyRule = {
  ...rule.text,
  read: v => (isPlainText(v) ? v.replace(/\s+/g, ' ').trim() : undefined),
}

/** Quarto's dates that move by themselves. */
const movingDate = /^(today|now|last-modified|auto)$/i

const date: KeyRule = {
  expected: 'a date, such as 2026-02-05',
  asWritten: true,
  read: v => {
    if (!isPlainText(v)) return undefined
    if (movingDate.test(v)) return null
    const read = readDate(v)
    return 'date' in read ? read.date : undefined
  },
  help: v => {
    const read = readDate(String(v))
    return 'help' in read ? read.help : undefined
  },
  remark: v =>
    isPlainText(v) && movingDate.test(v)
      ? {
          message: `\`${v}\` is another day at every build`,
          help: 'Write the day itself: a build gives the same pages whenever it runs.',
        }
      : undefined,
}

/** Hexo: a text, a list (one path), or a list of paths. */
const categories: KeyRule = {
  expected: 'a category, a list of categories, or a list of such lists',
  asWritten: true,
  read: v => {
    if (isPlainText(v)) return [[v]]
    if (!Array.isArray(v)) return undefined
    const items = v.filter(item => item !== null && item !== '')
    if (items.length === 0) return null
    if (items.every(isPlainText)) return [items]
    const paths = items.map(item => (isPlainText(item) ? [item] : item))
    return paths.every(p => Array.isArray(p) && p.every(isPlainText)) ? paths : undefined
  },
}

/** A list, or words with commas between them. */
const tags: KeyRule = {
  expected: 'a text or a list of texts',
  asWritten: true,
  read: v => {
    const items = isPlainText(v) ? v.split(/[,，]/) : v
    if (!Array.isArray(items)) return undefined
    const texts = items.filter(item => item !== null)
    if (!texts.every(isPlainText)) return undefined
    const kept = texts.map(text => text.trim()).filter(text => text !== '')
    return kept.length > 0 ? [...new Set(kept)] : null
  },
}

/** A name in the many ways in which it is given: a text, `{name}`, `{name: {given, family}}`. */
function nameOf(author: unknown): string | undefined {
  if (isPlainText(author)) return author.trim()
  if (!isRecord(author)) return undefined
  const { name, literal, given, family } = author
  if (name !== undefined) return nameOf(name)
  if (isPlainText(literal)) return literal
  const parts = [given, author['dropping-particle'], author['non-dropping-particle'], family].filter(
    isPlainText,
  )
  return parts.length > 0 ? parts.join(' ') : undefined
}

const nameKeys = ['name', 'literal', 'given', 'family', 'dropping-particle', 'non-dropping-particle']

const author: KeyRule = {
  expected: 'a name, or a list of names',
  asWritten: true,
  read: v => {
    const names = (Array.isArray(v) ? v.filter(item => item !== null) : [v]).map(nameOf)
    if (names.some(name => name === undefined)) return undefined
    const kept = names.filter(name => name !== '')
    return kept.length > 0 ? kept.join(', ') : null
  },
  remark: v => {
    const more = [...new Set([v].flat().filter(isRecord).flatMap(Object.keys))].filter(
      key => !nameKeys.includes(key),
    )
    return more.length === 0
      ? undefined
      : {
          message: `only the names of authors are shown, not ${more.map(key => `\`${key}\``).join(', ')}`,
          help: 'Say the rest in the text, or remove it.',
        }
  },
}

const order: KeyRule = {
  expected: 'a number',
  read: v => rule.number.read(isPlainText(v) && v.trim() !== '' ? Number(v) : v),
}

/** Its entries are read one by one: see frontMatter.ts. */
const execute: KeyRule = {
  expected: 'options of cells: `execute: {echo: false}`',
  read: v => (isRecord(v) ? v : undefined),
}

export const ourKeys: Readonly<Record<keyof FrontMatter, KeyRule>> = {
  title: line,
  description: line,
  date,
  updated: date,
  order,
  categories,
  tags,
  author,
  draft: rule.flag,
  timeout: rule.positive,
  memory: rule.positive,
  execute,
}

/** Another tool's key: it sets one of ours, or has no effect here. */
export type ForeignKey =
  | { readonly to: keyof FrontMatter; readonly rule: KeyRule }
  | { readonly advice: string }

const same = (to: keyof FrontMatter): ForeignKey => ({ to, rule: ourKeys[to] })

/** Docusaurus: `last_update: {date, author}`. */
const lastUpdate: KeyRule = {
  ...date,
  read: v => date.read(isRecord(v) ? v.date : v),
  remark: v =>
    isRecord(v) && Object.keys(v).some(key => key !== 'date')
      ? { message: 'of the last change only the date is shown', help: 'Name who made it in `author`.' }
      : date.remark?.(v),
}

/** `published: false` is a draft. A day on which to publish is none of a build's business. */
const published: KeyRule = { ...rule.flag, read: v => (typeof v === 'boolean' ? !v : undefined) }

const effects: Readonly<Record<string, ForeignKey>> = {
  lastmod: same('updated'),
  'last-modified': same('updated'),
  'last-modified-at': same('updated'),
  modified: same('updated'),
  'date-modified': same('updated'),
  'updated-at': same('updated'),
  'last-update': { to: 'updated', rule: lastUpdate },
  created: same('date'),
  'created-at': same('date'),
  'publish-date': same('date'),
  'pub-date': same('date'),
  'pub-datetime': same('date'),
  weight: same('order'),
  'sidebar-position': same('order'),
  'sidebar-order': same('order'),
  'nav-order': same('order'),
  summary: same('description'),
  excerpt: same('description'),
  abstract: same('description'),
  desc: same('description'),
  keywords: same('tags'),
  keyword: same('tags'),
  tag: same('tags'),
  category: same('categories'),
  authors: same('author'),
  published: { to: 'draft', rule: published },
  publish: { to: 'draft', rule: published },
}

const underExecute =
  'What all cells of a chapter have in common stands under `execute:`, as `execute: {echo: false}`.'

/** Keys that have no effect here → what to do instead. */
const advices: readonly (readonly [keys: string, advice: string])[] = [
  [
    'layout type template page-layout page-class class classes body-class css-class cssclass cssclasses style styles css theme skin sidebar-class-name wrapper-class-name home is-home page-type header-includes include-in-header include-before-body include-after-body title-block-banner title-block-style hide-title no-title show-title full-width wide grid',
    'Every chapter has the theme’s layout (`site/layout`): remove it.',
  ],
  [
    'permalink slug url id path route uri link abbrlink canonical canonical-url uid',
    'A chapter’s address is its file’s name: rename the file.',
  ],
  [
    'lang locale language languages i18n translation-key is-cjk-language',
    'A book has one language: `books: [{ dir, lang }]` in `book.config.ts`.',
  ],
  [
    'cover cover-image image images img featured-image featured feature-image feature banner banner-img index-img top-img header hero thumbnail thumb teaser photos photo og-image preview icon avatar gallery features',
    'Show it in the text: `![what it shows](img/x.png)`.',
  ],
  [
    'aliases alias redirect redirects redirect-from redirect-to old-url',
    'Pages have one address each: redirect old ones on your server.',
  ],
  [
    'toc toc-depth toc-title toc-location toc-expand toc-sticky toc-number toc-label toc-icon toc-open show-toc table-of-contents outline hide-table-of-contents toc-min-heading-level toc-max-heading-level number-sections number-depth numbering section-numbering anchor-sections',
    'Every page lists its sections (`##`, `###`) by itself: remove it.',
  ],
  [
    'comments comment disqus giscus gitalk valine utterances waline twikoo',
    'There are no comments below chapters: remove it.',
  ],
  [
    'math mathjax katex use-math latex html-math-method mathjax3 equations mermaid plantuml graphviz diagram diagrams chart charts flow sequence',
    'Formulas and diagrams need no switch: remove it.',
  ],
  [
    'position sidebar sidebar-label displayed-sidebar navbar nav nav-title nav-exclude next prev previous pagination-next pagination-prev pagination-label pagination parent grand-parent has-children has-toc menu menus breadcrumb breadcrumbs footer aside doc-footer collapsible link-title short-title title-short sidebar-title series series-order part chapter group index top sticky pin pinned search build render-as render cascade outputs linked listing about website book project',
    'The list of chapters is made of their titles and `order`: rename or reorder there.',
  ],
  [
    'hidden hide unlisted nolist headless exclude exclude-from-nav hidden-from-home-page hidden-from-search',
    'Every chapter of a book is listed. One that is not to be read yet is a draft: `draft: true`.',
  ],
  [
    'edit-link edit-url custom-edit-url edit-this-page edit last-updated show-last-updated contributors git-info repo repository',
    '`repository` in `book.config.ts` links the sources from every page.',
  ],
  [
    'head meta robots noindex no-index seo sitemap og twitter social open-graph in-search-index generate-feed feed rss dir page-title pagetitle title-prefix title-meta author-meta date-meta date-format head-extra scripts script links resources resource',
    'A page’s head is made of its title and description: remove it.',
  ],
  [
    'excerpt-separator subtitle sub-title tagline lead lede intro',
    'Say it in `description`, or as the first sentence of the text.',
  ],
  [
    'license licence copyright reprint reprint-policy doi citation how-to-cite institute institution affiliation affiliations email orcid funding acknowledgements acknowledgments source original references source-url original-url reading-time word-count read-time readtime',
    'Say it in the text: only title, description, author and dates are shown.',
  ],
  [
    'password passwd encrypt access secret private roles permission',
    'Pages are public files: keep secret ones out of the book.',
  ],
  [
    'format formats engine jupyter kernel kernelspec jupytext knitr julia editor editor-options filters shortcodes extensions markup params parameters output-format exports export documentclass document-class geometry fontsize mainfont monofont linestretch papersize classoption pdf-engine keep-md keep-tex keep-ipynb freeze cache embed-resources self-contained standalone from to reader writer metadata-files profile live-code server runtime kernel-info output-file standalone-html vignette knit always-allow-html',
    'The pipeline has one format, a site, and runs TypeScript: remove it.',
  ],
  [
    'bibliography bib csl cite-method link-citations nocite cite-style reference-section-title',
    'Link what you cite: `[Elman 1990](https://doi.org/…)`.',
  ],
  [
    'highlight highlight-style code-line-numbers code-overflow code-copy code-link code-tools code-annotations code-block-bg syntax-highlighting prism line-numbers highlight-shrink crossref fig-cap-location tbl-cap-location lightbox fig-width fig-height fig-format fig-dpi fig-align smooth-scroll csslint reference-location footnotes-hover citations-hover callout-appearance callout-icon',
    'Code, figures and notes look as the theme says: remove it.',
  ],
  ['taxonomies extra', 'Write its keys at the top: `tags: [a, b]`.'],
  [
    'expiry-date expires publish-at scheduled valid-until expire',
    'A chapter is in the book or not, whatever the day: use `draft: true`.',
  ],
  ['<<', 'Write the keys out.'],
  ['warning message include', underExecute],
  [
    Object.keys(optionRules)
      .filter(key => !Object.hasOwn(ourKeys, key))
      .join(' '),
    underExecute,
  ],
]

/** `lastModified`, `last_modified` and `last-modified` are one key. */
const bare = (key: string) => key.toLowerCase().replace(/(?<!^)[-_. ]/g, '')

const foreign = new Map<string, ForeignKey>([
  ...advices.flatMap(([keys, advice]) => keys.split(' ').map(key => [bare(key), { advice }] as const)),
  ...Object.entries(effects).map(([key, effect]) => [bare(key), effect] as const),
])

/** What another tool's key does here; undefined for a key that we know of none. */
export function foreignKey(key: string): ForeignKey | undefined {
  return foreign.get(bare(key))
}

/** Options that Quarto has for running, and that mean nothing here. */
export const foreignExecute: Readonly<Record<string, string>> = {
  warning: 'What a cell prints is shown with `output`.',
  message: 'What a cell prints is shown with `output`.',
  include: 'Write `echo: false` and `output: false`.',
  enabled: 'Write `eval: false`.',
  cache: 'What has not changed is not run again, always: remove it.',
  freeze: 'What has not changed is not run again, always: remove it.',
  daemon: 'There is no daemon: remove it.',
  debug: 'Remove it.',
  'keep-md': 'Remove it.',
  'keep-ipynb': '`npm run export -- --ipynb` writes notebooks: remove it.',
}

const telling = new Set([
  ...Object.keys(ourKeys),
  ...Object.keys(effects).map(bare),
  ...'layout permalink slug lang toc cover aliases comments mathjax format sidebarlabel'.split(' '),
])

/** Whether a key tells front matter from prose that happens to have a colon. */
export function isTellingKey(key: string): boolean {
  return telling.has(bare(key))
}
