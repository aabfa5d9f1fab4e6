/** Opens a book: its configuration, its chapters' texts, and the services that its stages need. [edge: fs] */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Config, namedBooks, toConfig } from './base/config.ts'
import type { Diagnostic } from './base/diagnostic.ts'
import { hashOf } from './base/hash.ts'
import type { Progress } from './base/progress.ts'
import { readConfigFile } from './base/readConfig.ts'
import { shownPath } from './base/shownPath.ts'
import type { Theme } from './book/theme.ts'
import { openServices, type Services } from './services.ts'
import type { SourceFile } from './source/chapter.ts'
import { isStart } from './source/folder/order.ts'
import { readChapters } from './source/folder/read.ts'

/** What build, check and dev have in common. */
export interface WeaveOptions {
  /** Absolute path of the project: packages and paths in messages start here. */
  readonly root: string
  /** Absolute path of the content folder. */
  readonly content: string
  /** Absolute path of the cache; undefined keeps nothing between runs. */
  readonly cache?: string
  /** Chapters that run at a time. */
  readonly jobs: number
  /** Megabytes that the cache may hold; 2000 unless given. */
  readonly cacheSize?: number
  /** An HTTP store that machines share. */
  readonly remote?: {
    readonly url: string
    readonly write: boolean
    readonly onTrouble: (message: string) => void
  }
  readonly theme: Theme
  readonly progress: Progress
  /** Absolute path of a browser for diagrams; found by itself when absent. */
  readonly browser?: string
}

/** What a book says before anything runs. */
export interface ReadBook {
  readonly config: Config
  readonly sources: readonly SourceFile[]
  readonly diagnostics: readonly Diagnostic[]
  /** The text of every file that a diagnostic may point into. */
  readonly texts: ReadonlyMap<string, string>
  /** Absolute paths of all files in the content folder that are no chapters. */
  readonly others: readonly string[]
  /** Absolute paths to which links in the content folder lead. */
  readonly linked: readonly string[]
}

export interface OpenBook extends ReadBook {
  readonly services: Services
}

/** Reads everything, starts nothing. Close `services` when done. */
export async function openBook(options: WeaveOptions): Promise<OpenBook> {
  const read = await readBook(options)
  const services = await openServices({
    root: options.root,
    content: options.content,
    cache: options.cache,
    cacheSize: options.cacheSize,
    remote: options.remote,
    jobs: options.jobs,
    megabytes: read.config.memory,
    fonts: options.theme.diagramFonts,
    browser: options.browser,
  })
  return { ...read, services }
}

/** Configuration and chapters. */
export async function readBook({ root, content }: Pick<WeaveOptions, 'root' | 'content'>): Promise<ReadBook> {
  const shown = shownPath(root, content)
  const file = await readConfigFile(content, shown)
  const read = await readChapters(content, { root, books: namedBooks(file.value.spec) })
  const sources = read.value
  const config = toConfig(file.value.spec, booksOf(sources), file.value.file)
  const texts = new Map(sources.map(s => [s.file, s.text]))
  const configPath = join(root, file.value.file)
  if (existsSync(configPath)) texts.set(file.value.file, readFileSync(configPath, 'utf8'))
  return {
    config: config.value,
    sources,
    diagnostics: [...read.diagnostics, ...file.diagnostics, ...config.diagnostics, ...lonelyStarts(sources)],
    texts,
    // Where the project itself is the content folder, its files are none of the book's business.
    others: content === root ? [] : read.others.filter(path => !file.value.inputs.includes(path)),
    linked: read.linked,
  }
}

/** Folders of books, in the order of their names. The site's own start page makes a book only where there is no other. */
function booksOf(sources: readonly SourceFile[]): string[] {
  const isOfSite = (source: SourceFile) => source.book === '' && isStart(source)
  const found = sources.filter(s => !isOfSite(s)).map(s => s.book)
  return [...new Set(found.length > 0 ? found : sources.map(s => s.book))]
}

/** Tools that keep each page in a folder of its own call it `index.md`: here that makes a book of every page. */
function lonelyStarts(sources: readonly SourceFile[]): Diagnostic[] {
  const withChapters = new Set(sources.filter(s => !isStart(s)).map(s => s.book))
  return sources
    .filter(s => isStart(s) && s.book !== '' && !withChapters.has(s.book))
    .map(({ file, book }) => ({
      severity: 'warning',
      file,
      rule: 'book-empty',
      message: `${book} is a book with a start page and no chapters`,
      help: `Put its chapters beside it. If this is a chapter, move it into the folder of its book: content/zh/${book}.md.`,
    }))
}

/** Content hash of a file, each read once; undefined for what is not a file, or has a name that no file can have. */
export function hashFile(): (path: string) => string | undefined {
  const known = new Map<string, string | undefined>()
  return path => {
    if (!known.has(path)) known.set(path, hashIfFile(path))
    return known.get(path)
  }
}

/** Not only files that are missing throw: so do names that are too long, links in a circle, files of others. */
function hashIfFile(path: string): string | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? hashOf(readFileSync(path)) : undefined
  } catch {
    return undefined
  }
}
