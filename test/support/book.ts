/** A book in a temporary folder: write chapters, build or check them, read what was said. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import {
  type BuildOptions,
  type Built,
  build,
  type Checked,
  type CheckOptions,
  check,
  type Diagnostic,
  explain,
  exportNotebooks,
  formatDiagnostic,
  formatExplanation,
  merge,
  silent,
} from '../../src/weave/index.ts'
import { plainTheme } from './plainTheme.ts'

const root = resolve(import.meta.dirname, '../..')

export interface Said {
  readonly diagnostics: readonly Diagnostic[]
  /** `zh/01-a.md:3:1 error rule: message`, a line for each; paths start at the content folder. */
  readonly lines: readonly string[]
  /** Every diagnostic in full, as the terminal shows it. */
  readonly text: string
}

export interface TestBook {
  readonly content: string
  readonly out: string
  /** Everything of the book lies in it. */
  readonly folder: string
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>
  build(more?: Partial<BuildOptions>): Promise<Said & { readonly value: Built }>
  explain(target: string): Promise<string>
  notebooks(): Promise<Said & { readonly written: readonly string[] }>
  merge(shards: readonly string[]): Promise<Said & { readonly value: Built | undefined }>
  check(options?: Partial<CheckOptions>): Promise<Said & { readonly value: Checked }>
  /** A document or a file of the site. */
  read(path: string): Promise<string>
  /** Every file of the site with its content. */
  site(): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

export async function testBook(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<TestBook> {
  const folder = await mkdtemp(join(tmpdir(), 'unroll-test-'))
  const content = join(folder, 'content')
  const out = join(folder, 'dist')
  await mkdir(content)
  const options = {
    root,
    content,
    cache: join(root, '.cache/test'),
    jobs: 2,
    theme: plainTheme,
    progress: silent,
  }
  const shown = (file: string) => relative(content, resolve(root, file)).replaceAll('\\', '/') || '.'
  const said = (found: readonly Diagnostic[], texts: ReadonlyMap<string, string>): Said => {
    const diagnostics = found.map(d => ({ ...d, file: shown(d.file) }))
    const text = diagnostics
      .map((d, i) => formatDiagnostic(d, { textOf: () => texts.get(found[i].file) }))
      .join('\n\n')
    const lines = diagnostics.map(d => {
      const place = d.range ? `${d.file}:${d.range.start.line}:${d.range.start.column}` : d.file
      const message = d.message.replaceAll(`${relative(root, content)}/`, '')
      return `${place} ${d.severity} ${d.rule}: ${message}`
    })
    return { diagnostics, lines, text }
  }
  const book: TestBook = {
    folder,
    content,
    out,
    async write(added) {
      for (const [name, text] of Object.entries(added)) {
        await mkdir(dirname(join(content, name)), { recursive: true })
        await writeFile(join(content, name), text)
      }
    },
    async build(more) {
      const { value, diagnostics } = await build({ ...options, out, ...more })
      return { value, ...said(diagnostics, value.texts) }
    },
    async explain(target) {
      const full = `${relative(root, content)}/${target}`
      const { value, diagnostics } = await explain(full, options)
      const text = [
        ...value.units.map(u => formatExplanation(target.split('#')[0], u)),
        ...said(diagnostics, value.texts).lines,
      ]
      return text.join('\n').replaceAll(`${relative(root, content)}/`, '')
    },
    async notebooks() {
      const { value, diagnostics } = await exportNotebooks({
        ...options,
        files: [],
        out: join(folder, 'notebooks'),
      })
      return { written: value.written, ...said(diagnostics, value.texts) }
    },
    async merge(shards) {
      const { value, diagnostics } = await merge({
        ...options,
        out,
        shards: shards.map(s => join(folder, s)),
      })
      return { value, ...said(diagnostics, value?.texts ?? new Map()) }
    },
    async check(more) {
      const { value, diagnostics } = await check({ ...options, ...more })
      return { value, ...said(diagnostics, value.texts) }
    },
    read: path => readFile(join(out, path), 'utf8'),
    async site() {
      const names = (await readdir(out, { recursive: true, withFileTypes: true })).filter(e => e.isFile())
      const paths = names.map(e => join(e.parentPath, e.name)).sort()
      return Object.fromEntries(
        await Promise.all(paths.map(async p => [relative(out, p), await readFile(p, 'utf8')] as const)),
      )
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
  await book.write(files)
  return book
}
