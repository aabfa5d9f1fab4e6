/** A part of the book for one machine of many: chapters i, i+n, i+2n …, and what their run gave, as a folder. [edge: fs] */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cache, isPortable } from './base/cache.ts'
import type { Diagnostic } from './base/diagnostic.ts'
import type { SourceFile } from './source/chapter.ts'

export interface Shard {
  /** From 1 to `of`. */
  readonly index: number
  readonly of: number
}

/** `2/3`; undefined for anything else. */
export function parseShard(text: string): Shard | undefined {
  const [, index, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  return index >= 1 && index <= of ? { index, of } : undefined
}

/** The files of a shard's chapters. */
export function filesOf(sources: readonly SourceFile[], { index, of }: Shard): ReadonlySet<string> {
  return new Set(sources.filter((_, i) => i % of === index - 1).map(s => s.file))
}

/** What of a run's findings a shard reports: its own chapters', and the first one what belongs to none. */
export function ownDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: readonly SourceFile[],
  shard: Shard,
): readonly Diagnostic[] {
  const own = filesOf(sources, shard)
  const all = new Set(sources.map(s => s.file))
  return diagnostics.filter(d => own.has(d.file) || (shard.index === 1 && !all.has(d.file)))
}

/** Notes every entry that a run uses or makes. */
export function recordingCache(cache: Cache): Cache & { readonly entries: ReadonlyMap<string, string> } {
  const entries = new Map<string, string>()
  const note = (kind: string, key: string, text: string) => {
    if (isPortable(kind)) entries.set(`${kind}/${key}`, text)
  }
  return {
    entries,
    async read(kind, key) {
      const text = await cache.read(kind, key)
      if (text !== undefined) note(kind, key, text)
      return text
    },
    async write(kind, key, text) {
      note(kind, key, text)
      await cache.write(kind, key, text)
    },
  }
}

/** What `shard.json` says. */
export interface ShardManifest {
  readonly format: 1
  readonly shard: Shard
  /** Names chapters, configuration and packages: shards of different books do not go together. */
  readonly book: string
  readonly diagnostics: readonly Diagnostic[]
}

/** Replaces the folder. */
export async function writeShard(
  folder: string,
  manifest: ShardManifest,
  entries: ReadonlyMap<string, string>,
): Promise<void> {
  await rm(join(folder, 'entries'), { recursive: true, force: true })
  for (const [name, text] of entries) {
    const [kind, key] = name.split('/')
    await mkdir(join(folder, 'entries', kind), { recursive: true })
    await writeFile(join(folder, 'entries', kind, key), text)
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'shard.json'), `${JSON.stringify(manifest, undefined, 1)}\n`)
}

/** @throws Error when the folder holds no shard */
export async function readShard(folder: string): Promise<ShardManifest> {
  const text = await readFile(join(folder, 'shard.json'), 'utf8').catch(() => undefined)
  if (text === undefined) throw new Error('there is no shard.json in it')
  const manifest: unknown = JSON.parse(text)
  if (typeof manifest !== 'object' || manifest === null || !('format' in manifest) || manifest.format !== 1)
    throw new Error('its shard.json is of another format')
  return manifest as ShardManifest
}

/** Puts a shard's entries into the cache. */
export async function takeEntries(folder: string, cache: Cache): Promise<void> {
  const kinds = await readdir(join(folder, 'entries')).catch(() => [])
  for (const kind of kinds.filter(isPortable))
    for (const key of await readdir(join(folder, 'entries', kind)))
      if (/^[0-9a-f]{32}$/.test(key))
        await cache.write(kind, key, await readFile(join(folder, 'entries', kind, key), 'utf8'))
}
