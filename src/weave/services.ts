/** What the stages need running: cache, compiler, hosts, browser. Opened lazily, closed together. [edge] */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cache, diskCache, memoryCache } from './base/cache.ts'
import { pruneCache } from './base/prune.ts'
import { type RemoteOptions, withRemote } from './base/remoteCache.ts'
import { type LazyBrowser, lazyBrowser } from './diagram/browser.ts'
import type { DiagramFonts } from './diagram/fonts.ts'
import { createTypeChecker, type TypeChecker } from './program/types.ts'
import { createPool, type Pool } from './run/pool.ts'
import { compileRuntime } from './run/runtimeCode.ts'

export interface ServiceOptions {
  /** Absolute path of the project: packages resolve from here. */
  readonly root: string
  /** Absolute path of the content folder. */
  readonly content: string
  /** Absolute path of the cache; undefined keeps nothing. */
  readonly cache?: string
  /** Megabytes that the cache may hold. */
  readonly cacheSize?: number
  /** A store that machines share. */
  readonly remote?: Omit<RemoteOptions, 'patience'>
  /** Chapters that run at a time. */
  readonly jobs: number
  /** Memory limit of chapters that name none, megabytes. */
  readonly megabytes: number
  /** Fonts that diagrams are measured in. */
  readonly fonts: DiagramFonts
  /** Absolute path of a browser's program; found by itself when absent. */
  readonly browser?: string
}

export interface Services {
  readonly cache: Cache
  readonly checker: TypeChecker
  readonly pool: Pool
  readonly browser: LazyBrowser
  readonly fonts: DiagramFonts
  /** Hash of the code that runs chapters. */
  readonly runtime: string
  /** Where modules lie while they run. */
  readonly runFolder: string
  close(): Promise<void>
}

/** Starts no process: each service does so when it is first used. */
export async function openServices(options: ServiceOptions): Promise<Services> {
  const { root, content, cache, jobs, megabytes, fonts } = options
  const scratch = await mkdtemp(join(tmpdir(), 'unroll-'))
  const { host, hash } = await compileRuntime(join(cache ?? scratch, 'runtime'))
  const local = cache === undefined ? memoryCache() : diskCache(cache)
  const shared: Cache & { flush?: () => Promise<void> } = options.remote
    ? withRemote(local, options.remote)
    : local
  const checker = createTypeChecker({ root, content })
  const browser = lazyBrowser({ executable: options.browser })
  const pool = createPool({ host, jobs, megabytes, root })
  return {
    cache: shared,
    checker,
    pool,
    browser,
    fonts,
    runtime: hash,
    runFolder: join(scratch, 'run'),
    async close() {
      pool.close()
      await shared.flush?.()
      if (cache !== undefined) await pruneSometimes(cache, options.cacheSize ?? 2000)
      await Promise.all([checker.close(), browser.close()])
      await rm(scratch, { recursive: true, force: true })
    },
  }
}

/** Looks through the whole cache at most once an hour. */
async function pruneSometimes(cache: string, megabytes: number): Promise<void> {
  const stamp = join(cache, 'pruned')
  const last = await stat(stamp).catch(() => undefined)
  if (last && Date.now() - last.mtimeMs < 3_600_000) return
  await pruneCache(cache, megabytes)
  await writeFile(stamp, '').catch(() => undefined)
}
