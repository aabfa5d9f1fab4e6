/** A build of which nothing has changed since the last one: what that one said still holds. [edge: fs] */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Diagnostic } from './base/diagnostic.ts'
import { hashOf, stableJson } from './base/hash.ts'
import { readMark } from './book/write.ts'
import { hashFile, type OpenBook, type WeaveOptions } from './open.ts'
import type { Statistics } from './pipeline.ts'

/** What is kept of a build: everything that it depended on beside its key, and what it said. */
export interface KeptBuild {
  /** Files (absolute) that took part beside chapters and packages, and their content. */
  readonly files: readonly { readonly path: string; readonly hash: string | undefined }[]
  readonly statistics: Statistics
  readonly diagnostics: readonly Diagnostic[]
}

/** Chapters, configuration, theme, packages, this pipeline's own code: a name for all of them together. */
export function buildKey({ sources, others, config }: OpenBook, { root, theme }: WeaveOptions): string {
  const own = fileURLToPath(new URL('.', import.meta.url))
  const code = readdirSync(own, { recursive: true, withFileTypes: true })
    .filter(e => e.isFile())
    .map(e => join(e.parentPath ?? e.path, e.name))
    .sort()
    .map(path => readFileSync(path, 'utf8'))
  const lockfile = join(root, 'package-lock.json')
  return hashOf(
    'build',
    stableJson(config),
    theme.version,
    process.versions.node,
    existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : '',
    ...code,
    ...sources.flatMap(s => [s.path, s.text]),
    ...others,
  )
}

/** The last build under this key, if its files are as they were and `out` still holds its site. */
export async function findUnchanged(
  key: string,
  { services }: OpenBook,
  out: string,
): Promise<KeptBuild | undefined> {
  if ((await readMark(out)) !== key) return undefined
  const text = await services.cache.read('build', key)
  if (text === undefined) return undefined
  const kept = JSON.parse(text) as KeptBuild
  const hash = hashFile()
  return kept.files.every(f => hash(f.path) === f.hash) ? kept : undefined
}

export async function keepBuild(
  key: string,
  { services }: OpenBook,
  { paths, ...said }: Omit<KeptBuild, 'files'> & { readonly paths: readonly string[] },
): Promise<void> {
  const hash = hashFile()
  const files = [...new Set(paths)].map(path => ({ path, hash: hash(path) }))
  await services.cache.write('build', key, JSON.stringify({ files, ...said }))
}
