import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { diskCache } from '../../../src/weave/base/cache.ts'
import { pruneCache } from '../../../src/weave/base/prune.ts'

let folder: string
afterEach(() => rm(folder, { recursive: true, force: true }))

it('what was not used for longest goes first, until the rest fits', async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-prune-'))
  const cache = diskCache(folder)
  const key = (n: number) => `${n}`.repeat(32)
  const half = 'x'.repeat(2 ** 19)
  for (let n = 1; n <= 4; n++) {
    await cache.write('run', key(n), half)
    const used = new Date(2026, 0, n)
    await utimes(join(folder, 'run', `${n}${n}`, key(n)), used, used)
  }
  // Reading says that the oldest is in use.
  await cache.read('run', key(1))
  await new Promise(done => setTimeout(done, 50))
  expect(await pruneCache(folder, 1)).toBe(2)
  const left = (await readdir(folder, { recursive: true })).filter(n => /[0-9]{32}$/.test(n))
  expect(left.sort()).toEqual([`run/11/${key(1)}`, `run/44/${key(4)}`])
})
