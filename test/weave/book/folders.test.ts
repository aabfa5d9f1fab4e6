/** Folders in a book are parts of it: numbers, neighbours, links and translations go across them. */
import { afterEach, expect, it } from 'vitest'
import { loadTheme } from '../../../site/theme.ts'
import { type TestBook, testBook } from '../../support/book.ts'

let book: TestBook | undefined
afterEach(async () => {
  await book?.close()
  book = undefined
})

const config = JSON.stringify({ books: [{ dir: 'zh' }, { dir: 'en', translates: 'zh' }] })

it('chapters in folders are numbered with the others, linked, paged through and translated', async () => {
  book = await testBook({
    'book.config.json': config,
    'zh/01-begin.md': '# 起\n\n[甲](part1/01-a.md#sec-a)\n',
    'zh/part1/01-a.md': '# 甲\n\n## 节 {#sec-a}\n\n[乙](../part2/01-b.md) [起](../01-begin.md)\n',
    'zh/part2/01-b.md': '# 乙\n\n[甲](../part1/01-a.md) @sec-a\n',
    'en/part1/01-a.md': '# A\n\n## Section {#sec-a}\n\ntext\n',
  })
  const { lines, value } = await book.build({ theme: await loadTheme() })
  expect(lines).toEqual([])
  expect(value.statistics.chapters).toBe(4)
  const html = await book.read('zh/part1/01-a.html')
  expect(html).toContain('<p class="title-number">第 2 章</p>')
  expect(html).toContain('<a href="../part2/01-b.html">乙</a> <a href="../01-begin.html">起</a>')
  expect(html).toContain('<link rel="prev" href="../../zh/01-begin.html"/>')
  expect(html).toContain('<link rel="next" href="../../zh/part2/01-b.html"/>')
  expect(html).toContain('<link rel="alternate" hreflang="en" href="../../en/part1/01-a.html"/>')
  expect(await book.read('zh/part2/01-b.html')).toContain('href="../part1/01-a.html#sec-a"')
})

it('their records lie in folders of the same names', async () => {
  book = await testBook({
    'zh/01-a.md': '# 起\n\n文\n',
    'zh/part/02-b.md': '# 乙\n\n```ts exec\n1 + 1\n```\n',
  })
  const { value } = await book.check({ update: true })
  expect(value.updated.map(path => path.replace(/^.*\/content\//, ''))).toEqual([
    '_records/zh/part/02-b.json',
  ])
  expect((await book.check()).lines).toEqual([])
})

it('a folder beside chapters is a part of their book, and one with images alone is no book', async () => {
  book = await testBook({
    '01-a.md': '# 甲\n\n![图](img/a.svg)\n',
    'part/02-b.md': '# 乙\n\n[甲](../01-a.md)\n',
    'img/a.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  })
  expect((await book.build()).lines).toEqual([])
  const urls = Object.keys(await book.site()).filter(name => name.endsWith('.html'))
  expect(urls).toEqual(['01-a.html', 'index.html', 'part/02-b.html'])
})
