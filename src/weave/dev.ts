/**
 * Serves the book while it is written: a saved chapter goes through the stages alone, and the open page shows it.
 * [edge: fs, http]
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { watch } from 'chokidar'
import { type Diagnostic, hasErrors, sortDiagnostics } from './base/diagnostic.ts'
import { formatDiagnostics } from './base/grouping.ts'
import { silent } from './base/progress.ts'
import { shownPath } from './base/shownPath.ts'
import { type OpenSite, openSite } from './book/book.ts'
import type { Theme } from './book/theme.ts'
import { hashFile, type OpenBook, openBook, readBook, type WeaveOptions } from './open.ts'
import type { Page } from './page/types.ts'
import { runPipeline, type Woven } from './pipeline.ts'
import { type LiveServer, serve } from './serve.ts'
import { readChapters } from './source/folder/read.ts'
import { unusedFiles } from './unused.ts'

export interface DevOptions extends WeaveOptions {
  /** 0 takes any free port. */
  readonly port: number
  /** Address to listen on; `127.0.0.1` serves this machine only. */
  readonly host: string
  /** Shows the stacks of our own faults in the open page. */
  readonly verbose?: boolean
  /** The theme's folder, and how to load it again when something in it changes. */
  readonly themeSource?: { readonly folder: string; readonly load: () => Promise<Theme> }
  /** Told after every rebuild: what was rebuilt, how long it took, what is wrong. */
  readonly onRebuilt?: (rebuilt: Rebuilt) => void
}

export interface Rebuilt {
  /** Chapters that went through the stages, as diagnostics name them. */
  readonly files: readonly string[]
  readonly milliseconds: number
  readonly diagnostics: readonly Diagnostic[]
  readonly texts: ReadonlyMap<string, string>
}

export interface DevServer {
  readonly url: string
  close(): Promise<void>
}

/** What is known of a chapter since it was last rebuilt. */
interface Known {
  readonly page: Page | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Milliseconds to wait for more changes: editors save in several steps. */
const settle = 15

/** Builds once, then serves and watches until it is closed. */
export async function dev(options: DevOptions): Promise<DevServer> {
  const state = new Workshop(options, await openBook(options))
  await state.start()
  const server = await serve(options, {
    document: url => state.site().document(url)?.value,
    file: url => state.site().files.get(url),
    asset: url => state.theme.assets.find(a => a.path === url),
    greeting: () => state.diagnosticsMessage(),
  })
  state.server = server
  const home = existsSync(options.content) ? realpathSync(options.content) : options.content
  const folders = [home, ...(options.themeSource ? [options.themeSource.folder] : [])]
  const watched = new Set(state.watched())
  const watcher = watch([...folders, ...watched], {
    ignoreInitial: true,
    // Links may lead round. Those that the book follows are watched where they lead.
    followSymlinks: false,
    ignored: path => /[/\\](node_modules|\.git|_records)([/\\]|$)/.test(path),
  })
  let timer: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined
  const changed = new Set<string>()
  // Each once: adding a watched file again can lose a change that is being made.
  const watchInputs = () => {
    const added = state.watched().filter(path => !watched.has(path))
    for (const path of added) watched.add(path)
    if (added.length > 0) watcher.add(added)
  }
  let working = Promise.resolve()
  const later = (path: string) => {
    changed.add(path)
    clearTimeout(timer)
    timer = setTimeout(() => {
      const paths = [...changed]
      changed.clear()
      working = working.then(() => state.react(paths)).then(watchInputs)
      // The watcher drops a change that follows another within 50 ms: look once more.
      again = setTimeout(() => {
        working = working.then(() => state.recheck(paths))
      }, 80)
    }, settle)
  }
  // The content folder may be a link itself: its files are called as they are where it leads from.
  const named = (path: string) => (path.startsWith(home) ? options.content + path.slice(home.length) : path)
  watcher.on('all', (_event, path) => later(named(path)))
  watcher.on('error', error => state.fail([], error))
  await new Promise<void>(resolve => watcher.once('ready', () => resolve()))
  return {
    url: server.url,
    async close() {
      clearTimeout(timer)
      clearTimeout(again)
      await watcher.close()
      await working
      await server.close()
      await state.book.services.close()
    },
  }
}

/** The book in memory, and what happens when files change. */
class Workshop {
  readonly options: DevOptions
  book: OpenBook
  theme: Theme
  server: LiveServer | undefined
  /** Files outside of the chapters on which cells depend. */
  inputs: readonly string[] = []
  private chapters: Woven['chapters'] = []
  /** By chapter file, in reading order. */
  private known = new Map<string, Known>()
  private opened: OpenSite | undefined
  private siteDiagnostics: readonly Diagnostic[] = []
  /** What kept the last change from being built at all: a theme that does not compile, a bug of ours. */
  private failure: Diagnostic | undefined
  private texts = new Map<string, string>()

  constructor(options: DevOptions, book: OpenBook) {
    this.options = options
    this.book = book
    this.theme = options.theme
  }

  /** Absolute paths outside of the content folder on which the book depends. */
  watched(): readonly string[] {
    return [...this.inputs, ...this.book.linked]
  }

  /** The first build. Whatever goes wrong in it, there is a site to serve, and the next save tries again. */
  async start(): Promise<void> {
    await this.attempt([], () => this.rebuildAll())
    if (!this.opened) this.refill()
  }

  /** All chapters, through all stages. */
  async rebuildAll(): Promise<void> {
    const began = performance.now()
    const { sources } = this.book
    const progress = this.server ? silent : this.options.progress
    const woven = await runPipeline(this.book, { ...this.options, progress, drafts: true, checkTypes: true })
    const { pages, inputs } = woven.value
    this.inputs = inputs
    this.chapters = woven.value.chapters
    this.texts = new Map(this.book.texts)
    const own = new Set(sources.map(s => s.file))
    const rest = [...this.book.diagnostics, ...woven.diagnostics.filter(d => !own.has(d.file))]
    this.known = new Map(
      pages.map(page => [
        page.file,
        { page, diagnostics: woven.diagnostics.filter(d => d.file === page.file) },
      ]),
    )
    this.known.set('', { page: undefined, diagnostics: rest })
    this.refill()
    this.tell(
      sources.map(s => s.file),
      began,
    )
  }

  /** Some files changed: one chapter alone if that is enough, else everything. */
  async react(paths: readonly string[]): Promise<void> {
    await this.attempt(paths, async began => {
      const { themeSource, content } = this.options
      const isOfTheme = (path: string) => themeSource !== undefined && path.startsWith(themeSource.folder)
      if (themeSource && paths.some(isOfTheme)) this.theme = await themeSource.load()
      const chapters = paths.filter(p => p.startsWith(content) && p.endsWith('.md'))
      const others = paths.filter(p => !chapters.includes(p) && !isOfTheme(p))
      const [only] = chapters
      if (chapters.length === 1 && others.length === 0 && (await this.rebuildOne(only))) return
      if (chapters.length > 0 || others.length > 0) await this.reopen()
      else {
        this.refill()
        this.tell(this.shown(paths), began)
      }
      this.server?.send({ type: 'reload' })
    })
  }

  /** Rebuilds those chapters whose text is no longer what was built: a new one may have been read while it was empty. */
  async recheck(paths: readonly string[]): Promise<void> {
    for (const path of paths.filter(p => p.endsWith('.md')))
      await this.attempt([path], async () => {
        const known = this.book.sources.find(s => s.path === path)
        const [now] = (await this.readOne(path)).value
        if (now && known?.text !== now.text) await this.react([path])
      })
  }

  /** Whatever is thrown must not end the session: it is shown, and the next save tries again. */
  private async attempt(paths: readonly string[], work: (began: number) => Promise<void>): Promise<void> {
    const began = performance.now()
    try {
      await work(began)
    } catch (error) {
      this.fail(paths, error, began)
    }
  }

  /** Shows what kept changes from being built; what was built before is still served. */
  fail(paths: readonly string[], error: unknown, began = performance.now()): void {
    const files = this.shown(paths)
    const text = error instanceof Error ? error.message : String(error)
    const [message, ...rest] = text.split('\n')
    this.failure = {
      severity: 'error',
      file: files[0] ?? shownPath(this.options.root, this.options.content),
      rule: 'not-rebuilt',
      message,
      detail: rest.map(line => line.trim()).join('\n'),
      help: 'Save again to try again; until then the last good build is shown.',
      stack: error instanceof Error ? error.stack : undefined,
    }
    this.tell(files, began)
  }

  /** Paths as diagnostics name them. */
  private shown(paths: readonly string[]): string[] {
    return paths.map(path => shownPath(this.options.root, path))
  }

  /** Reads everything again; the services keep running. */
  private async reopen(): Promise<void> {
    this.book = { ...(await readBook(this.options)), services: this.book.services }
    await this.rebuildAll()
  }

  private readOne(path: string) {
    const { root, content } = this.options
    return readChapters(content, { root, only: path, books: this.book.config.books.map(b => b.dir) })
  }

  /** False when the change goes beyond the chapter: a new file, another order or title. */
  private async rebuildOne(path: string): Promise<boolean> {
    const began = performance.now()
    const before = this.book.sources.find(s => s.path === path)
    if (!before) return false
    const read = await this.readOne(path)
    const [source] = read.value
    if (!source) {
      if (read.diagnostics.length === 0) return false
      this.known.set(before.file, { page: this.known.get(before.file)?.page, diagnostics: read.diagnostics })
      this.refill()
      this.tell([before.file], began)
      return true
    }
    if (source.text === before.text && this.known.get(source.file)?.page) return true
    const numbers = new Map(
      [...this.known].flatMap(([file, { page }]) => (page ? [[file, page.number]] : [])),
    )
    const woven = await runPipeline(
      { ...this.book, sources: [source] },
      { ...this.options, progress: silent, drafts: true, numbers },
    )
    const sources = this.book.sources.map(s => (s.path === path ? source : s))
    this.texts.set(source.file, source.text)
    this.book = { ...this.book, sources }
    const old = this.known.get(source.file)?.page
    const [page] = woven.value.pages
    const [run] = woven.value.runs
    if (!page || old?.title !== page.title || old.frontMatter.order !== page.frontMatter.order) return false
    this.inputs = [...new Set([...this.inputs, ...woven.value.inputs])]
    this.known.set(source.file, { page, diagnostics: woven.diagnostics })
    this.refill()
    // Errors first: a page that is mended must not stand beside the error that it had.
    this.tell([source.file], began)
    const filled = this.site().pages.filter(p => p.page.file === source.file)
    if (run?.complete) for (const { url, html } of filled) this.server?.send({ type: 'page', url, html })
    return true
  }

  /** Links and references, over all pages. */
  private refill(): void {
    const pages = [...this.known.values()].flatMap(k => k.page ?? [])
    const { config } = this.book
    const { value, diagnostics } = openSite(pages, {
      config,
      theme: this.theme,
      fileHash: hashFile(),
      live: true,
    })
    const found = [...[...this.known.values()].flatMap(k => k.diagnostics), ...diagnostics]
    const unused = unusedFiles(this.book, {
      root: this.options.root,
      files: value.files,
      woven: { inputs: this.inputs, chapters: this.chapters },
      complete: !hasErrors(found),
    })
    this.opened = value
    this.siteDiagnostics = [...diagnostics, ...unused]
    this.failure = undefined
  }

  site(): OpenSite {
    if (!this.opened) throw new Error('site() before the first build')
    return this.opened
  }

  private diagnostics(): Diagnostic[] {
    const ofChapters = [...this.known.values()].flatMap(k => k.diagnostics)
    return sortDiagnostics([...ofChapters, ...this.siteDiagnostics, ...(this.failure ? [this.failure] : [])])
  }

  /** What the open pages show in their panel. */
  diagnosticsMessage() {
    const { root, verbose } = this.options
    const textOf = (file: string) => this.texts.get(file) ?? readText(root, file)
    return { type: 'diagnostics' as const, items: formatDiagnostics(this.diagnostics(), { textOf, verbose }) }
  }

  private tell(files: readonly string[], began: number): void {
    this.server?.send(this.diagnosticsMessage())
    const milliseconds = performance.now() - began
    this.options.onRebuilt?.({ files, milliseconds, diagnostics: this.diagnostics(), texts: this.texts })
  }
}

function readText(root: string, file: string): string | undefined {
  try {
    return readFileSync(`${root}/${relative('.', file)}`, 'utf8')
  } catch {
    return undefined
  }
}
