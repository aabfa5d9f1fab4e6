/** The fuzz driver: it runs, finds what crashes and what hangs, and makes it small. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examine } from '../../scripts/fuzz/examine.ts'
import { minimise } from '../../scripts/fuzz/minimise.ts'
import { mutate } from '../../scripts/fuzz/mutate.ts'
import { chanceOf } from '../../scripts/fuzz/random.ts'
import { fuzz } from '../../scripts/fuzz/run.ts'

const root = resolve(import.meta.dirname, '../..')
const options = { root, seed: 42, from: 0, jobs: 1, patience: 10, typesEvery: 20 }

it('200 mutants come through all stages, with every diagnostic inside its file', async () => {
  const { found, runs } = await fuzz({ ...options, runs: 200 })
  expect(found).toEqual([])
  expect(runs).toBe(200)
}, 120_000)

it('the same seed and number give the same mutant, others another', () => {
  const corpus = [{ name: 'a', text: 'some words\n\n- a list\n- of two\n' }]
  const of = (seed: number, at: number) => mutate(corpus, chanceOf(seed, at)).text
  expect(of(1, 5)).toBe(of(1, 5))
  expect(new Set(Array.from({ length: 50 }, (_, at) => of(1, at))).size).toBeGreaterThan(40)
  expect(of(1, 5)).not.toBe(of(2, 5))
})

it('a document is made as small as its fault allows', async () => {
  const text = 'one\ntwo\nthree (four) five\nsix (seven)\n'
  const small = await minimise(text, async t => /\(.*\)[^(]*\(/s.test(t), 400)
  expect(small).toBe('()(')
})

it('a document without mistakes is no finding', async () => {
  expect(await examine('# A\n\n[x](none.md) $\\nosuch$\n', root)).toBeUndefined()
})

describe('a process that', () => {
  let folder: string
  const workerThat = async (name: string, does: string) => {
    const path = join(folder, `${name}.mjs`)
    await writeFile(
      path,
      `process.on('message', ({ text }) => {\n  if (text.includes('a')) ${does}\n  process.send({ finding: undefined, milliseconds: 1 })\n})\nprocess.send('ready')\n`,
    )
    return pathToFileURL(path)
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-fuzz-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it.each([
    ['dies', 'process.exit(3)', 'crash 3'],
    ['never answers', 'for (;;);', 'hang'],
  ])(
    '%s is found, and the others are examined by the next one',
    async (name, does, message) => {
      const worker = await workerThat(name, does)
      const { found, runs } = await fuzz({ ...options, runs: 3, patience: 0.3, worker })
      expect(found.map(f => [f.stage, f.message, f.text])).toEqual([['process', message, 'a']])
      expect(runs).toBe(3)
    },
    90_000,
  )
})
