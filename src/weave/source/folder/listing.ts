/** What lies in a content folder: chapters, files that belong to them, and names that nobody would read. [edge: fs] */
import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Diagnostic } from '../../base/diagnostic.ts'
import { settingsAdvice } from '../../base/foreignFiles.ts'
import { shownPath } from '../../base/shownPath.ts'

export interface Listing {
  /** Markdown files that are chapters or start pages: paths from the content folder, with forward slashes. */
  readonly chapters: readonly string[]
  /** Absolute paths of all other files that somebody should use. */
  readonly others: readonly string[]
  /** Where links of the file system lead that are followed: absolute paths of files, and of folders elsewhere. */
  readonly linked: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Undefined when there is no such folder. The order is the same everywhere. */
export async function listContent(content: string, root: string): Promise<Listing | undefined> {
  const walk = new Walk(content, root, await realpath(content).catch(() => content))
  if (!(await walk.folder('', undefined))) return undefined
  walk.sayDoubled()
  return walk
}

/** Hugo’s name for the text of a section. */
const isHugoIndex = (name: string) => /^_index\.md$/i.test(name)

/** Names that begin with `_` or `.` are the author's own, but for `_data`; so are those that systems and editors leave. */
const isIgnored = (name: string) =>
  (/^[_.]/.test(name) && name !== '_data' && !isHugoIndex(name) && !settingsAdvice(name)) ||
  /^(node_modules|Thumbs\.db|desktop\.ini|__MACOSX)$/i.test(name) ||
  /(~|\.swp|\.tmp)$/.test(name)

/** What tells those who look into a folder, not the readers of the book, what lies in it. */
const isReadme = (name: string) => /^readme(\.|$)/i.test(name) || name === 'ORIGIN.md'

/** Files that are no chapters and say something about others, or that tools read. */
const isAbout = (name: string) =>
  /^(licen[cs]e|copying|notice|authors|contributors|citation|changelog)(\.[a-z]+)?$/i.test(name) ||
  /^(book\.config\.(ts|js|mjs|json)|references\.bib|tsconfig\.json|package(-lock)?\.json|biome\.jsonc?)$/.test(
    name,
  ) ||
  /\.(d\.ts|license)$/.test(name)

/** What a set of data was made with may lie beside it. */
const isScript = (name: string) => /\.([cm]?[jt]s|py|sh|r|jl)$/i.test(name)

const markdownNames = /\.(md|markdown|mdown|mkdn?|mdwn|mkd)$/i

class Walk implements Listing {
  readonly chapters: string[] = []
  readonly others: string[] = []
  readonly linked: string[] = []
  readonly diagnostics: Diagnostic[] = []
  private readonly content: string
  private readonly root: string
  private readonly home: string
  /** Folders outside of the content that links have led to. */
  private readonly visited = new Set<string>()
  /** Links to folders of the content itself: where they stand, and where they lead. */
  private readonly inner: { readonly path: string; readonly target: string }[] = []

  constructor(content: string, root: string, home: string) {
    this.content = content
    this.root = root
    this.home = home
  }

  /** @param outside the folder's real path when a link has led out of the content. False when it cannot be read. */
  async folder(below: string, outside: string | undefined): Promise<boolean> {
    if (outside !== undefined) {
      if (this.visited.has(outside)) return true
      this.visited.add(outside)
    }
    const path = join(this.content, below)
    const entries = await readdir(path, { withFileTypes: true }).catch(() => undefined)
    if (!entries) {
      if (below !== '')
        this.say(
          'error',
          path,
          'unreadable',
          'this folder cannot be read',
          'Let it be read, or move it away.',
        )
      return false
    }
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of entries.filter(e => !isIgnored(e.name))) await this.entry(entry, below, outside)
    return true
  }

  private async entry(entry: Dirent, below: string, outside: string | undefined): Promise<void> {
    const { name } = entry
    const path = join(this.content, below, name)
    if (entry.isDirectory())
      await this.folder(`${below}${name}/`, outside === undefined ? undefined : join(outside, name))
    else if (entry.isFile()) this.file(name, below, path)
    else if (entry.isSymbolicLink()) await this.link(name, below, path)
  }

  private async link(name: string, below: string, path: string): Promise<void> {
    const target = await realpath(path).catch(() => undefined)
    const kind = target === undefined ? undefined : await stat(target).catch(() => undefined)
    if (target === undefined || !kind)
      this.say(
        'warning',
        path,
        'link-broken',
        'this link of the file system leads nowhere',
        'Mend or remove it.',
      )
    else if (kind.isFile()) {
      this.linked.push(target)
      this.file(name, below, path)
    } else if (kind.isDirectory()) {
      if (isIn(this.home, target) || isIn(target, this.home)) this.inner.push({ path, target })
      else {
        this.linked.push(target)
        await this.folder(`${below}${name}/`, target)
      }
    }
  }

  private file(name: string, below: string, path: string): void {
    const isData = /(^|\/)_data\//.test(below)
    if (isReadme(name)) return
    if (isData || !markdownNames.test(name) || settingsAdvice(name)) {
      if (!isAbout(name) && !(isData && isScript(name))) this.others.push(path)
      return
    }
    const right = name.replace(markdownNames, '.md').replace(/^_?index\.md$/i, 'index.md')
    if (right === name) this.chapters.push(below + name)
    else
      this.say(
        'error',
        path,
        'chapter-name',
        right === 'index.md'
          ? 'this file is not read: the text of a start page is called index.md'
          : 'this chapter is not read: names of chapters end in .md',
        `Rename it to ${right}, or put it into a folder whose name begins with \`_\`.`,
      )
  }

  /** A second way to a folder of the content. That matters only where chapters are in it. */
  sayDoubled(): void {
    for (const { path, target } of this.inner) {
      const isRound = isIn(this.home, target)
      const below = `${shownPath(this.home, target)}/`
      if (isRound || this.chapters.some(name => name.startsWith(below)))
        this.say(
          'warning',
          path,
          'link-round',
          `this link leads back to ${shownPath(this.root, target)}: its chapters are read only there`,
          'Remove it, or copy what it leads to.',
        )
    }
  }

  private say(
    severity: Diagnostic['severity'],
    path: string,
    rule: string,
    message: string,
    help: string,
  ): void {
    this.diagnostics.push({ severity, file: shownPath(this.root, path), rule, message, help })
  }
}

/** Whether `path` is `folder` or lies in it. */
function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}
