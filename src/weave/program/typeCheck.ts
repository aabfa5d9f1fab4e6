/** Type diagnostics of a whole book, kept as long as nothing that took part has changed. [edge: fs] */
import { readFile } from 'node:fs/promises'
import ts from 'typescript'
import type { Cache } from '../base/cache.ts'
import type { Diagnostic, Result } from '../base/diagnostic.ts'
import { hashOf, stableJson } from '../base/hash.ts'
import type { Program } from './program.ts'
import type { TypeChecker } from './types.ts'

interface Kept {
  /** Files outside of the chapters that took part, and their content. */
  readonly files: readonly { readonly path: string; readonly hash: string }[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface TypeCheckOptions {
  readonly checker: TypeChecker
  readonly cache: Cache
  /** Path of the lockfile: other packages, other types. */
  readonly lockfile: string
  /** Check even if nothing has changed: it starts the compiler, and the next check is quick. */
  readonly anew?: boolean
}

/** Checks all programs together, or finds that nothing has changed. The value says which, and what took part. */
export async function typeCheck(
  programs: readonly Program[],
  { checker, cache, lockfile, anew = false }: TypeCheckOptions,
): Promise<Result<{ readonly reused: boolean; readonly files: readonly string[] }>> {
  const options = programs.map(({ chapter, types, files }) => [
    chapter.file,
    types,
    files.map(f => [f.cell.index, f.text]),
    chapter.cells.map(c => [c.language, c.options['type-error']]),
  ])
  const key = hashOf('types', ts.version, await fileHash(lockfile), stableJson(options))
  const text = anew ? undefined : await cache.read('types', key)
  if (text !== undefined) {
    const { files, diagnostics } = JSON.parse(text) as Kept
    const hashes = await Promise.all(files.map(f => fileHash(f.path)))
    if (files.every((f, i) => f.hash === hashes[i]))
      return { value: { reused: true, files: files.map(f => f.path) }, diagnostics }
  }
  const { value: paths, diagnostics } = await checker.check(programs)
  const files = await Promise.all(paths.map(async path => ({ path, hash: await fileHash(path) })))
  // Positions of diagnostics move with the prose: only a clean result is worth keeping.
  if (diagnostics.length === 0) await cache.write('types', key, JSON.stringify({ files, diagnostics }))
  return { value: { reused: false, files: paths }, diagnostics }
}

async function fileHash(path: string): Promise<string> {
  return readFile(path).then(
    bytes => hashOf(bytes),
    () => 'missing',
  )
}
