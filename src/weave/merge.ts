/** The shards of a build → one site: nothing that a shard ran runs again. [edge: fs] */
import { relative } from 'node:path'
import { type Diagnostic, hasErrors, type Result, sortDiagnostics } from './base/diagnostic.ts'
import { type BuildOptions, type Built, build, shardKey } from './build.ts'
import { openBook } from './open.ts'
import { readShard, type ShardManifest, takeEntries } from './shard.ts'

export interface MergeOptions extends BuildOptions {
  /** Absolute paths of the shards' folders. */
  readonly shards: readonly string[]
}

export async function merge(options: MergeOptions): Promise<Result<Built | undefined>> {
  const book = await openBook(options)
  try {
    const key = shardKey(book, options)
    const found: Diagnostic[] = []
    const manifests: ShardManifest[] = []
    for (const folder of options.shards) {
      const shown = relative(options.root, folder) || '.'
      try {
        const manifest = await readShard(folder)
        manifests.push(manifest)
        if (manifest.book !== key)
          found.push(
            problem(
              shown,
              'this shard was built from other chapters, another configuration or other packages',
              'Build all shards and merge them from one commit.',
            ),
          )
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        found.push(
          problem(
            shown,
            `this is not a shard: ${reason}`,
            'Name folders that `npm run build -- --shard i/n --out DIR` wrote.',
          ),
        )
      }
    }
    found.push(...incomplete(manifests), ...manifests.flatMap(m => m.diagnostics))
    if (hasErrors(found)) return { value: undefined, diagnostics: sortDiagnostics(found) }
    for (const folder of options.shards) await takeEntries(folder, book.services.cache)
    // Without a cache on disk the entries live in this book's memory only.
    return await build(options, { ...book, services: { ...book.services, close: async () => {} } })
  } finally {
    await book.services.close()
  }
}

/** Shards that are missing, or there twice. */
function incomplete(manifests: readonly ShardManifest[]): Diagnostic[] {
  const [first] = manifests
  if (!first) return []
  const { of } = first.shard
  const wanted = Array.from({ length: of }, (_, i) => i + 1)
  const counts = wanted.map(
    index => manifests.filter(m => m.shard.index === index && m.shard.of === of).length,
  )
  const missing = wanted.filter((_, i) => counts[i] === 0)
  const strange = manifests.filter(m => m.shard.of !== of)
  if (strange.length > 0)
    return [
      problem(
        'shards',
        `some are of ${of}, others of ${strange[0].shard.of}`,
        'Merge the shards of one matrix.',
      ),
    ]
  if (missing.length === 0) return []
  return [
    problem(
      'shards',
      `missing shard ${missing.map(i => `${i}/${of}`).join(', ')}`,
      'Name the folders of all shards.',
    ),
  ]
}

function problem(file: string, message: string, help: string): Diagnostic {
  return { severity: 'error', file, rule: 'shard', message, help }
}
