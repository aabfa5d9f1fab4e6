/** What runs again after an edit, and how a book is built by several machines. */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type TestBook, testBook } from '../support/book.ts'
import { openStore } from '../support/store.ts'

const books: TestBook[] = []
afterEach(() => Promise.all(books.splice(0).map(b => b.close())))

async function open(files: Readonly<Record<string, string>>): Promise<TestBook> {
  const book = await testBook(files)
  books.push(book)
  return book
}

/** Keeps its own cache: the tests count what runs. */
const own = (book: TestBook) => ({ cache: join(book.folder, 'cache') })
const cell = (code: string) => `\`\`\`ts exec\n${code}\n\`\`\`\n\n`

const chapter =
  cell("//| label: load\nimport { scale } from './scale.ts'\nconst xs = [1, 2, 3]") +
  cell('//| label: other\nconst ys = [4, 5]\nys.length') +
  cell('//| label: sum\nxs.reduce((a, b) => a + scale(b), 0)') +
  cell('//| label: alone\n17 * 3')
const scale =
  "import { factor } from './factor.ts'\nexport function scale(x: number) {\n  return factor() * x\n}\n"
const factor = 'export function factor() {\n  return 2\n}\n'

describe('after an edit', () => {
  it('only the cells that it concerns run again', async () => {
    const book = await open({ 'zh/a.md': chapter, 'zh/scale.ts': scale, 'zh/factor.ts': factor })
    expect((await book.build(own(book))).value.statistics).toMatchObject({ cellsRun: 4, cellsReused: 0 })
    const ran = async (files: Record<string, string>) => {
      await book.write(files)
      const { value, lines } = await book.build(own(book))
      expect(lines).toEqual([])
      return value.statistics.cellsRun
    }
    expect(await ran({ 'zh/a.md': `前言\n\n${chapter}` })).toBe(0)
    expect(await ran({ 'zh/a.md': chapter.replace('17', '18') })).toBe(1)
    expect(await ran({ 'zh/a.md': chapter.replace('17', '18').replace('[4, 5]', '[4, 5, 6]') })).toBe(1)
    expect(await ran({ 'zh/factor.ts': factor.replace('2', '3') })).toBe(2)
    expect(await book.read('zh/a.html')).toContain('<pre>18</pre>')
  })

  it('a new cell above runs alone: those below keep what they gave', async () => {
    const book = await open({ 'zh/a.md': chapter, 'zh/scale.ts': scale, 'zh/factor.ts': factor })
    await book.build(own(book))
    await book.write({ 'zh/a.md': cell('"new"') + chapter })
    expect((await book.build(own(book))).value.statistics).toMatchObject({ cellsRun: 1, cellsReused: 4 })
  })

  it('explain names what has changed, with the way of imports to it', async () => {
    const book = await open({ 'zh/a.md': chapter, 'zh/scale.ts': scale, 'zh/factor.ts': factor })
    expect((await book.explain('zh/a.md#alone')).split('\n')).toEqual([
      expect.stringMatching(/^zh\/a.md#alone is (new|fresh)/),
    ])
    await book.build()
    expect(await book.explain('zh/a.md#sum')).toBe(
      'zh/a.md#sum is fresh: nothing that it depends on has changed\n  runs after load (xs)',
    )
    await book.write({ 'zh/factor.ts': factor.replace('2', '5.5') })
    expect(await book.explain('zh/a.md#sum')).toBe(
      'zh/a.md#sum is stale\n  zh/factor.ts has changed (zh/a.md → zh/scale.ts → zh/factor.ts)\n  runs after load (xs)',
    )
    expect(await book.explain('zh/a.md#alone')).toBe(
      'zh/a.md#alone is fresh: nothing that it depends on has changed',
    )
    await book.write({ 'zh/a.md': chapter.replace('[1, 2, 3]', '[1, 2, 3.5]') })
    expect(await book.explain('zh/a.md#sum')).toContain('  cell load has changed\n')
    expect(await book.explain('zh/a.md#smu')).toBe(
      'zh/a.md error explain: no cell of this chapter is called smu',
    )
    expect(await book.explain('zh/b.md')).toBe('zh/b.md error explain: no chapter has this path')
  })
})

describe('two checkouts and one store', () => {
  it('the second runs nothing that the first has run', async () => {
    const store = await openStore()
    try {
      const files = { 'zh/a.md': chapter, 'zh/scale.ts': scale, 'zh/factor.ts': factor }
      const said: string[] = []
      const remote = { url: store.url, write: true, onTrouble: (m: string) => said.push(m) }
      const [one, two] = [await open(files), await open(files)]
      expect((await one.build({ ...own(one), remote })).value.statistics.cellsRun).toBe(4)
      expect((await two.build({ ...own(two), remote })).value.statistics.cellsRun).toBe(0)
      await two.write({ 'zh/a.md': chapter.replace('17', '19') })
      expect((await two.build({ ...own(two), remote })).value.statistics.cellsRun).toBe(1)
      expect(said).toEqual([])
    } finally {
      await store.close()
    }
  })

  it('a store that is gone does not keep a book from being built', async () => {
    const store = await openStore()
    await store.close()
    const said: string[] = []
    const book = await open({ 'zh/a.md': cell('1 + 1') })
    const remote = { url: store.url, write: true, onTrouble: (m: string) => said.push(m) }
    const { value, lines } = await book.build({ ...own(book), remote })
    expect([value.written, lines, said.length]).toEqual([true, [], 1])
  })
})

describe('shards', () => {
  const files = {
    'zh/01-a.md': `# 一 {#sec-a}\n\n见 @sec-b。\n\n${cell('1 + 1')}`,
    'zh/02-b.md': `# 二 {#sec-b}\n\n见 @sec-c。\n\n${cell('2 + 2')}`,
    'zh/03-c.md': `# 三 {#sec-c}\n\n见 @sec-a。\n\n${cell('3 + 3')}`,
  }
  const build = async (book: TestBook, index: number, of: number) => {
    const cache = join(book.folder, `cache-${index}`)
    return book.build({ cache, shard: { index, of }, out: join(book.folder, `shard-${index}`) })
  }

  it('merge into the site that one machine would have built, and nothing runs again', async () => {
    const book = await open(files)
    await book.build({ cache: undefined })
    const whole = await book.site()
    const ran = [(await build(book, 1, 2)).value, (await build(book, 2, 2)).value].map(
      v => v.statistics.cellsRun,
    )
    expect(ran).toEqual([2, 1])
    const { value, lines } = await book.merge(['shard-1', 'shard-2'])
    expect(lines).toEqual([])
    expect(value?.statistics).toMatchObject({ cellsRun: 0, cellsReused: 3 })
    expect(await book.site()).toEqual(whole)
  })

  it('do not merge when one is missing, is not one, or is of another book', async () => {
    const book = await open(files)
    await build(book, 1, 2)
    expect((await book.merge(['shard-1'])).text).toContain('shards error shard: missing shard 2/2')
    expect((await book.merge(['shard-1', 'none'])).text).toContain(
      'this is not a shard: there is no shard.json in it',
    )
    await build(book, 2, 2)
    await book.write({ 'zh/01-a.md': '# 变了\n' })
    expect((await book.merge(['shard-1', 'shard-2'])).text).toContain(
      'this shard was built from other chapters',
    )
  })

  it('report what is wrong in their own chapters, and merging reports all of it', async () => {
    const book = await open({ ...files, 'zh/02-b.md': `# 二\n\n${cell('throw new Error("坏")')}` })
    expect((await build(book, 1, 2)).lines).toHaveLength(1) // @sec-b is gone
    expect((await build(book, 2, 2)).lines).toHaveLength(1)
    expect((await book.merge(['shard-1', 'shard-2'])).lines).toHaveLength(2)
  })
})
