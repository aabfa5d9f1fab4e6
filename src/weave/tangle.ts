/** Chapters → plain .ts files. [edge: fs] */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, posix, relative, resolve } from 'node:path'
import { type Diagnostic, hasErrors, type Result } from './base/diagnostic.ts'
import { guardAsync } from './base/fault.ts'
import { nearest } from './base/nearest.ts'
import { shownPath } from './base/shownPath.ts'
import { readBook, type WeaveOptions } from './open.ts'
import { tangled } from './program/tangled.ts'
import type { SourceFile } from './source/chapter.ts'
import { parseChapter } from './source/parse.ts'

export interface TangleFilesOptions extends WeaveOptions {
  /** Chapters, from the project; all when there are none. */
  readonly files: readonly string[]
  /** Absolute path of the folder to write into. */
  readonly out: string
}

export interface TangledFiles {
  /** Written, relative to the project. */
  readonly written: readonly string[]
  readonly texts: ReadonlyMap<string, string>
}

export async function tangle(options: TangleFilesOptions): Promise<Result<TangledFiles>> {
  const { root } = options
  const book = await readBook(options)
  const { chosen, diagnostics } = choose(book.sources, options.files, root)
  const found = [...diagnostics]
  const written: string[] = []
  for (const source of chosen) {
    const work = () => tangleOne(source, options)
    const { value: path, diagnostics: problems } = await guardAsync(
      'tangle',
      source.file,
      work,
      () => undefined,
    )
    found.push(...problems)
    if (path !== undefined) written.push(shownPath(root, path))
  }
  return { value: { written, texts: book.texts }, diagnostics: found }
}

/** The value is the path of the written file; undefined when the chapter has mistakes. */
async function tangleOne(
  source: SourceFile,
  { root, out }: TangleFilesOptions,
): Promise<Result<string | undefined>> {
  const { value: chapter, diagnostics } = parseChapter(source)
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics }
  const path = join(out, chapter.book, `${chapter.slug}.ts`)
  const toChapter = relative(dirname(path), dirname(source.path)).replaceAll('\\', '/')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, tangled(chapter, { toChapter, name: shownPath(root, path) }))
  return { value: path, diagnostics }
}

/** The chapters that are named; a name that is none is reported. */
export function choose(
  sources: readonly SourceFile[],
  files: readonly string[],
  root: string,
): { readonly chosen: readonly SourceFile[]; readonly diagnostics: readonly Diagnostic[] } {
  if (files.length === 0) return { chosen: sources, diagnostics: [] }
  const find = (file: string) => sources.find(s => s.path === resolve(root, file))
  const known = sources.map(s => s.file)
  const diagnostics = files
    .filter(file => !find(file))
    .map((file): Diagnostic => {
      const near = nearest(posix.normalize(file), known)
      const help = near ? `Did you mean ${near}?` : `Chapters: ${known.slice(0, 5).join(', ')} ….`
      return { severity: 'error', file, rule: 'no-chapter', message: 'no chapter has this path', help }
    })
  return { chosen: files.flatMap(file => find(file) ?? []), diagnostics }
}
