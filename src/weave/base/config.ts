/** What a book's author may set in `content/book.config.ts`: plain data, checked once, complete afterwards. */

import type { Diagnostic, Result } from './diagnostic.ts'
import { isLanguageName, isLanguageTag } from './language.ts'
import { nearest } from './nearest.ts'
import { own } from './own.ts'

export interface BookSpec {
  /** Folder under content/. */
  readonly dir: string
  /** BCP 47: `zh-CN`. */
  readonly lang?: string
  readonly title?: string
  readonly subtitle?: string
  readonly description?: string
  /** `dir` of the book that this one translates: pages of the same file name link to each other. */
  readonly translates?: string
}

/** What `book.config.ts` exports as default. Every key may be absent. */
export interface ConfigSpec {
  readonly title?: string
  /** Books in the order of the site; folders that are not named follow. */
  readonly books?: readonly BookSpec[]
  /** Language of books that name none. Default `zh-CN`. */
  readonly lang?: string
  /** `core`: the official engine as JavaScript, in the browser. `jvm`: node-plantuml, needs Java. */
  readonly plantuml?: 'core' | 'jvm'
  /** KaTeX macros: `{ '\\R': '\\mathbb{R}' }`. */
  readonly macros?: Readonly<Record<string, string>>
  /** Seconds that a chapter's cells may take together. Default 120. */
  readonly timeout?: number
  /** Megabytes that a chapter's cells may hold. Default 2048. */
  readonly memory?: number
  /**
   * Folders (from the project) and packages whose modules hold no state that one cell could leave behind for another:
   * cells that use them do not depend on each other for it. Observable Plot always counts as such.
   */
  readonly stateless?: readonly string[]
  /** Address of the sources, linked from every page. */
  readonly repository?: string
}

export interface BookConfig {
  readonly dir: string
  readonly lang: string
  readonly title: string
  readonly subtitle?: string
  readonly description?: string
  readonly translates?: string
}

export interface Config {
  readonly title: string
  readonly books: readonly BookConfig[]
  readonly plantuml: 'core' | 'jvm'
  readonly macros: Readonly<Record<string, string>>
  readonly timeout: number
  readonly memory: number
  readonly stateless: readonly string[]
  readonly repository?: string
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isPositive = (value: unknown) => typeof value === 'number' && value > 0 && Number.isFinite(value)
const isRecordOfText = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.values(value).every(isText)

interface Rule {
  readonly fits: (value: unknown) => boolean
  readonly expected: string
  readonly help?: (value: unknown) => string | undefined
}

const text: Rule = { fits: isText, expected: 'a text' }
const positive: Rule = { fits: isPositive, expected: 'a number above 0' }
const language: Rule = {
  fits: v => typeof v === 'string' && isLanguageTag(v),
  expected: 'a language tag, such as zh-CN',
  help: v => {
    const guess = String(v).trim().replaceAll('_', '-').replace(/\..*$/, '')
    return isLanguageTag(guess) ? `Did you mean '${guess}'?` : undefined
  },
}
const configKeys: Readonly<Record<keyof ConfigSpec, Rule>> = {
  title: text,
  lang: language,
  repository: text,
  timeout: positive,
  memory: positive,
  books: { fits: Array.isArray, expected: 'a list of books' },
  plantuml: { fits: v => v === 'core' || v === 'jvm', expected: "'core' or 'jvm'" },
  stateless: { fits: v => Array.isArray(v) && v.every(isText), expected: 'a list of folders and packages' },
  macros: { fits: isRecordOfText, expected: 'an object of texts' },
}
const bookKeys: Readonly<Record<keyof BookSpec, Rule>> = {
  dir: text,
  lang: language,
  title: text,
  subtitle: text,
  description: text,
  translates: text,
}

/**
 * Checks and completes a configuration.
 *
 * @param spec what the file exports, or undefined without a file
 * @param found the book folders that exist
 * @param file the configuration's path, for diagnostics
 */
export function toConfig(spec: unknown, found: readonly string[], file: string): Result<Config> {
  const diagnostics: Diagnostic[] = []
  const config = checked<ConfigSpec>(spec ?? {}, configKeys, 'the configuration', file, diagnostics)
  const listed = (config.books ?? []).map((book, i) =>
    checked<BookSpec>(book, bookKeys, `books[${i}]`, file, diagnostics),
  )
  for (const [i, book] of listed.entries())
    diagnostics.push(
      ...checkBook(book, i, listed, found).map(([message, help]) => configError(file, message, { help })),
    )
  const isFirst = ({ dir }: BookSpec, i: number) => listed.findIndex(book => book.dir === dir) === i
  const known = listed.filter((book, i) => found.includes(book.dir) && isFirst(book, i))
  const rest = found.filter(dir => !known.some(book => book.dir === dir)).map(dir => ({ dir }))
  const books = [...known, ...rest].map(book => completeBook(book, config, file.split('/').at(-2) ?? ''))
  const value: Config = {
    title: config.title ?? books[0]?.title ?? '',
    books,
    plantuml: config.plantuml ?? 'core',
    macros: config.macros ?? {},
    timeout: config.timeout ?? 120,
    memory: config.memory ?? 2048,
    stateless: ['@observablehq/plot', ...(config.stateless ?? [])],
    repository: config.repository,
  }
  return { value, diagnostics }
}

/** Folders that a configuration names as books, whatever else is wrong with it. */
export function namedBooks(spec: unknown): string[] {
  const books = (spec as ConfigSpec | null | undefined)?.books
  return Array.isArray(books) ? books.map((book: Partial<BookSpec> | null) => book?.dir).filter(isText) : []
}

/** What is wrong with a book's folders: message and help. */
function checkBook(
  { dir, translates }: BookSpec,
  i: number,
  listed: readonly BookSpec[],
  found: readonly string[],
): [message: string, help: string][] {
  if (dir === undefined) return [[`missing \`dir\` in books[${i}]`, 'Name the folder of its chapters.']]
  const name = JSON.stringify(dir)
  const problems: [string, string][] = []
  const first = listed.findIndex(book => book.dir === dir)
  if (first < i)
    problems.push([`books[${i}].dir is ${name}, as that of books[${first}]`, 'Keep one of them.'])
  const parent = found.find(book => book !== '' && dir.startsWith(`${book}/`))
  if (!found.includes(dir))
    problems.push(
      parent
        ? [
            `books[${i}].dir is ${name}, a folder in the book ${parent}`,
            'Folders in a book are parts of it: remove the entry.',
          ]
        : [`books[${i}].dir is ${name}, but there are no chapters in it`, folderHelp(dir, found)],
    )
  if (translates !== undefined && !found.includes(translates))
    problems.push([
      `books[${i}].translates is ${JSON.stringify(translates)}, but there are no chapters in it`,
      folderHelp(translates, found),
    ])
  return problems
}

function folderHelp(dir: string, found: readonly string[]): string {
  const guess = nearest(dir, found)
  return guess ? `Did you mean '${guess}'?` : `Folders with chapters: ${found.join(', ') || 'none'}.`
}

function completeBook(book: BookSpec, config: ConfigSpec, folder: string): BookConfig {
  return {
    ...book,
    lang: book.lang ?? (isLanguageName(book.dir) ? book.dir : (config.lang ?? 'zh-CN')),
    title: book.title ?? config.title ?? (book.dir || folder),
  }
}

/** The keys of `value` that are known and fit their rule; the others become diagnostics. */
function checked<T>(
  value: unknown,
  rules: Readonly<Record<string, Rule>>,
  where: string,
  file: string,
  diagnostics: Diagnostic[],
): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `expected an object for ${where}, got ${JSON.stringify(value)}`
    diagnostics.push(configError(file, message, { help: `Its keys: ${Object.keys(rules).join(', ')}.` }))
    return {} as T
  }
  const entries = Object.entries(value).filter(([key, content]) => {
    const rule = own(rules, key)
    if (!rule) {
      const guess = nearest(key, Object.keys(rules))
      const help = guess ? `Did you mean \`${guess}\`?` : `Known keys: ${Object.keys(rules).join(', ')}.`
      diagnostics.push(configError(file, `unknown key in ${where}: ${key}`, { help }))
      return false
    }
    if (content === undefined) return false
    if (rule.fits(content)) return true
    const got = JSON.stringify(content)
    const help = rule.help?.(content) ?? 'Write another value, or remove it.'
    diagnostics.push(configError(file, `${key} in ${where}: expected ${rule.expected}, got ${got}`, { help }))
    return false
  })
  return Object.fromEntries(entries) as T
}

function configError(file: string, message: string, more: { help: string }): Diagnostic {
  return { severity: 'error', file, rule: 'config', message, ...more }
}
