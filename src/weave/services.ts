/** What the stages need running: cache, compiler, hosts, browser. Opened lazily, closed together. [edge] */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cache, diskCache, memoryCache } from './base/cache.ts'
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
  const checker = createTypeChecker({ root, content })
  const browser = lazyBrowser({ executable: options.browser })
  const pool = createPool({ host, jobs, megabytes, root })
  return {
    cache: cache === undefined ? memoryCache() : diskCache(cache),
    checker,
    pool,
    browser,
    fonts,
    runtime: hash,
    runFolder: join(scratch, 'run'),
    async close() {
      pool.close()
      await Promise.all([checker.close(), browser.close()])
      await rm(scratch, { recursive: true, force: true })
    },
  }
}
