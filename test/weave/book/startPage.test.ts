/** `index.md`: the text of a start page. */
import { afterEach, expect, it } from 'vitest'
import { loadTheme } from '../../../site/theme.ts'
import { type TestBook, testBook } from '../../support/book.ts'

let book: TestBook | undefined
afterEach(async () => {
  await book?.close()
  book = undefined
})

const open = async (files: Readonly<Record<string, string>>): Promise<TestBook> => {
  book = await testBook(files)
  return book
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
const hrefs = (html: string) => [...html.matchAll(/(?:href|src)="([^"#][^"]*)"/g)].map(m => m[1])

it('its links, figures and references work from the book’s folder and from the site’s root, and it is no chapter', async () => {
  const { build, read } = await open({
    'zh/index.md':
      '# 书\n\n看[第一章](01-a.md#sec-x)、@sec-x、[自己](index.md)。\n\n![图](q.svg){#fig-q}\n\n见 @fig-q。\n',
    'zh/q.svg': svg,
    'zh/01-a.md': '# 甲\n\n## 节 {#sec-x}\n\n见 @fig-q，回[首页](index.md)。\n\n![图](q.svg){#fig-r}\n',
  })
  const { lines, value } = await build()
  expect(lines).toEqual([])
  expect(value.statistics.chapters).toBe(1)
  const file = /files\/[^"]*q\.svg/.exec(await read('index.html'))?.[0] ?? 'none'
  expect(hrefs(await read('zh/index.html'))).toEqual(['01-a.html#sec-x', '01-a.html#sec-x', `../${file}`])
  expect(hrefs(await read('index.html'))).toEqual(['zh/01-a.html#sec-x', 'zh/01-a.html#sec-x', file])
  expect(await read('index.html')).toContain('图 1<')
  const chapter = await read('zh/01-a.html')
  expect(chapter).toContain('<a class="ref" href="index.html#fig-q">图 1</a>')
  expect(chapter).toContain('图 1.1')
})

it('of the site stands on the site’s start page alone', async () => {
  const { build, read } = await open({
    'index.md': '---\ntitle: 两本书\n---\n\n[读](zh/01-a.md)。\n',
    'zh/index.md': '中文。\n',
    'zh/01-a.md': '# 甲\n',
    'en/01-a.md': '# A\n',
    'book.config.json': '{"books": [{"dir": "zh"}, {"dir": "en"}]}',
  })
  expect((await build()).lines).toEqual([])
  expect(await read('index.html')).toContain('<a href="zh/01-a.html">读</a>')
  expect(await read('index.html')).not.toContain('中文')
  expect(await read('zh/index.html')).toContain('中文')
})

it('of a folder without chapters is said: other tools keep each page in a folder of its own', async () => {
  const { build } = await open({ 'zh/01-a.md': '# 甲\n\n文\n', 'post/index.md': '# 帖\n\n文\n' })
  const { lines, diagnostics } = await build()
  expect(lines).toEqual([
    'post/index.md warning book-empty: post is a book with a start page and no chapters',
  ])
  expect(diagnostics[0].help).toBe(
    'Put its chapters beside it. If this is a chapter, move it into the folder of its book: content/zh/post.md.',
  )
})

it('may be all that there is', async () => {
  const { build, read } = await open({ 'index.md': '# 书\n\n快写好了。\n' })
  expect((await build()).lines).toEqual([])
  expect(await read('index.html')).toContain('快写好了')
})

it('is held to what chapters are held to: links, cells, records', async () => {
  const { build, check } = await open({
    'zh/index.md': '# 书\n\n[断](none.md)\n',
    'zh/01-a.md': '# 甲\n\n文\n',
  })
  expect((await build()).lines).toEqual([
    'zh/index.md:3:5 error link-broken: this link leads nowhere: none.md',
  ])
  await book?.write({ 'zh/index.md': '# 书\n\n```ts exec\n1 + 1\n```\n' })
  expect((await check()).lines).toEqual([
    'zh/index.md:3:1 error record-missing: this chapter has outputs but no record (_records/zh/index.json)',
  ])
})

it('shows in the theme: its title, description and text above the contents, formulas with their style sheet', async () => {
  const theme = await loadTheme()
  const { build, read } = await open({
    'zh/index.md': '---\ntitle: 一本书\ndescription: 一句话。\n---\n\n公式 $x$。\n',
    'zh/01-a.md': '# 甲\n\n文\n',
  })
  expect((await build({ theme })).lines).toEqual([])
  for (const url of ['index.html', 'zh/index.html']) {
    const html = await read(url)
    expect(html).toContain('<h1>一本书</h1>')
    expect(html).toContain('<title>一本书</title>')
    expect(html).toContain('<meta name="description" content="一句话。"/>')
    expect(html).toMatch(/<div id="content"><p>公式 <span class="katex">.*<section class="contents"/s)
    expect(html).toMatch(/href="[^"]*katex[^"]*\.css"/)
    expect(html).not.toContain('第 0 章')
  }
})
