/** Running only what changed gives what running everything gives. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cache } from '../../../src/weave/base/cache.ts'
import { memoryCache } from '../../../src/weave/base/cache.ts'
import { bundlePrograms } from '../../../src/weave/program/bundle.ts'
import { toProgram } from '../../../src/weave/program/program.ts'
import { createPool, type Pool } from '../../../src/weave/run/pool.ts'
import { runProgram } from '../../../src/weave/run/run.ts'
import { compileRuntime } from '../../../src/weave/run/runtimeCode.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'
import { cellPlan, chapterText, edit, edited } from './randomChapters.ts'

const root = resolve(import.meta.dirname, '../../..')
let folder: string
let pool: Pool
let runtime: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-slices-'))
  await mkdir(join(folder, 'zh'))
  await writeFile(
    join(folder, 'zh/state.ts'),
    [
      'let n = 0',
      'export const registry: unknown[][] = []',
      'export function count(): number { return ++n }',
      'export function remember(list: unknown[]): void { registry.push(list) }',
    ].join('\n'),
  )
  const { host, hash } = await compileRuntime(join(root, '.cache/test/runtime'))
  runtime = hash
  pool = createPool({ host, jobs: 1, megabytes: 500, root })
})

afterAll(async () => {
  pool?.close()
  await rm(folder, { recursive: true, force: true })
})

async function run(text: string, cache: Cache, stateless: readonly string[] = []) {
  const path = join(folder, 'zh/a.md')
  const { value: chapter } = parseChapter({ file: 'zh/a.md', path, book: 'zh', slug: 'a', text })
  const { value: program } = toProgram(chapter)
  const bundled = await bundlePrograms([program], { root, cache: memoryCache() })
  const bundle = bundled.value.get(program)
  if (!bundle) throw new Error(`does not bundle: ${JSON.stringify(bundled.diagnostics)}\n${text}`)
  const options = { pool, cache, runtime, root, folder, macros: {}, seconds: 10, megabytes: 500, stateless }
  return runProgram(program, bundle, options)
}

describe('slices', () => {
  it('give what a run from scratch gives, whatever the cells share and however they are edited', async () => {
    let reused = 0
    const chapters = fc.array(cellPlan, { minLength: 3, maxLength: 7 })
    const law = fc.asyncProperty(
      chapters,
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      async (first, edits) => {
        const cache = memoryCache()
        let cells: typeof first = first
        for (const change of [undefined, ...edits]) {
          cells = change ? [...edited(cells, change)] : cells
          const text = chapterText(cells)
          const scratch = await run(text, memoryCache())
          expect(scratch.diagnostics).toEqual([])
          const incremental = await run(text, cache)
          expect(incremental.value.outputs).toEqual(scratch.value.outputs)
          reused += incremental.value.cells - incremental.value.ran
        }
      },
    )
    await fc.assert(law, { numRuns: Number(process.env.SLICE_RUNS ?? 40), seed: 4 })
    expect(reused).toBeGreaterThan(20)
  }, 300_000)
})
