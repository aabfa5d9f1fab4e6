/** Whole book → site folder, replaced only by a site without errors. */
import { join, relative } from 'node:path'
import { hasErrors, type Result, sortDiagnostics } from './base/diagnostic.ts'
import { hashOf, stableJson } from './base/hash.ts'
import { openSite } from './book/book.ts'
import { writeSite } from './book/write.ts'
import { hashFile, type OpenBook, openBook, type WeaveOptions } from './open.ts'
import { runPipeline, type Statistics } from './pipeline.ts'
import { checkSamples } from './samples.ts'
import { filesOf, ownDiagnostics, recordingCache, type Shard, writeShard } from './shard.ts'
import { buildKey, findUnchanged, keepBuild } from './unchanged.ts'
import { unusedFiles } from './unused.ts'

export interface BuildOptions extends WeaveOptions {
  /** Absolute path of the site's folder. */
  readonly out: string
  /** Build only this part of the book, and write what its run gave instead of a site (see merge.ts). */
  readonly shard?: Shard
}

export interface Built {
  readonly statistics: Statistics
  readonly written: boolean
  readonly texts: ReadonlyMap<string, string>
}

/** Runs what is stale, and writes the site if nothing is wrong: else the last good one stays. */
export async function build(options: BuildOptions, opened?: OpenBook): Promise<Result<Built>> {
  const { root, out, theme, progress, shard } = options
  const book = opened ?? (await openBook(options))
  try {
    if (shard) return await buildShard(book, shard, options)
    const key = buildKey(book, options)
    const kept = await findUnchanged(key, book, out)
    if (kept) {
      const { statistics, diagnostics } = kept
      return { value: { statistics: reused(statistics), written: true, texts: book.texts }, diagnostics }
    }
    const woven = await runPipeline(book, options)
    const { config, texts } = book
    const site = openSite(woven.value.pages, { config, theme, fileHash: hashFile() })
    const samples = await checkSamples(book, woven.value, options)
    const before = [...book.diagnostics, ...woven.diagnostics, ...site.diagnostics, ...samples]
    const { files } = site.value
    const found = [
      ...before,
      ...unusedFiles(book, { root, files, woven: woven.value, complete: !hasErrors(before) }),
    ]
    const { statistics } = woven.value
    if (hasErrors(found))
      return { value: { statistics, written: false, texts }, diagnostics: sortDiagnostics(found) }
    progress.start('write')
    const shown = relative(root, out) || out
    const problems = await writeSite(site.value, theme, { out, shown, mark: key })
    progress.end(`${site.value.urls.length} pages`)
    const diagnostics = sortDiagnostics([...found, ...problems])
    const paths = [...woven.value.inputs, ...site.value.files.values()]
    if (problems.length === 0) await keepBuild(key, book, { paths, statistics, diagnostics })
    return { value: { statistics, written: problems.length === 0, texts }, diagnostics }
  } finally {
    await book.services.close()
  }
}

/** Runs a shard's chapters; everything that went wrong stands in its folder too, for `merge`. */
async function buildShard(book: OpenBook, shard: Shard, options: BuildOptions): Promise<Result<Built>> {
  const cache = recordingCache(book.services.cache)
  const services = { ...book.services, cache }
  const only = filesOf(book.sources, shard)
  const woven = await runPipeline({ ...book, services }, { ...options, only })
  const site = openSite(woven.value.pages, {
    config: book.config,
    theme: options.theme,
    fileHash: hashFile(),
  })
  const all = [...book.diagnostics, ...woven.diagnostics, ...site.diagnostics]
  const diagnostics = sortDiagnostics(ownDiagnostics(all, book.sources, shard))
  const manifest = { format: 1, shard, book: shardKey(book, options), diagnostics } as const
  await writeShard(options.out, manifest, cache.entries)
  const { statistics } = woven.value
  return { value: { statistics, written: true, texts: book.texts }, diagnostics }
}

/** Names what the shards of one book have in common. */
export function shardKey({ sources, config }: OpenBook, { root }: WeaveOptions): string {
  const lockfile = hashFile()(join(root, 'package-lock.json')) ?? ''
  return hashOf('shards', stableJson(config), lockfile, ...sources.flatMap(s => [s.file, s.text]))
}

/** The same counts of a build that did nothing anew. */
function reused({ chapters, cellsRun, cellsReused, diagramsDrawn, diagramsReused }: Statistics): Statistics {
  return {
    chapters,
    cellsRun: 0,
    cellsReused: cellsRun + cellsReused,
    diagramsDrawn: 0,
    diagramsReused: diagramsDrawn + diagramsReused,
  }
}
