import { posix } from 'node:path'
import { HtmlValidate } from 'html-validate'
import { parseHTML } from 'linkedom'
import { expect, test } from 'vitest'
import { loadTheme } from '../../site/theme.ts'
import { chapter, englishChapter, index, site, textIndex, views } from './views.ts'

const theme = await loadTheme()
const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:document'],
  // The style sheet reads the strength of a tensor's cell from its style; preact closes empty elements itself.
  rules: {
    'no-inline-style': 'off',
    'void-style': ['error', { style: 'selfclose' }],
    'long-title': 'off',
    'require-sri': ['error', { target: 'crossorigin' }],
  },
})

const parse = (view: Parameters<typeof theme.layout>[0]) => parseHTML(theme.layout(view)).document
const texts = (document: Document, selector: string) =>
  [...document.querySelectorAll(selector)].map(element => element.textContent)

for (const [name, view] of Object.entries(views)) {
  test(`${name} is valid HTML`, async () => {
    const report = await validator.validateString(theme.layout(view))
    expect(
      report.results.flatMap(({ messages }) => messages.map(m => `${m.line}: ${m.ruleId}: ${m.message}`)),
    ).toEqual([])
  })

  test(`${name} names only files that the theme or the book has, all relative`, () => {
    const known = new Set([
      ...theme.assets.map(asset => asset.path),
      ...site.books.flatMap(book => [book.url, ...book.chapters.map(({ url }) => url)]),
      'index.html',
    ])
    const urls = [...parse(view).querySelectorAll('[href], [src]')]
      .map(element => element.getAttribute('href') ?? element.getAttribute('src') ?? '')
      .filter(url => !url.startsWith('#') && url !== site.repository)
    expect(urls.length).toBeGreaterThan(3)
    for (const url of urls) {
      expect(url).not.toMatch(/^(?:\/|[a-z]+:)/i)
      expect(known).toContain(posix.join(posix.dirname(view.url), url))
    }
  })

  test(`${name} names its language and no other origin`, () => {
    const html = theme.layout(view)
    expect(html).toContain(`<html lang="${view.book.lang}">`)
    expect(html.replaceAll(site.repository ?? '', '')).not.toMatch(/https?:\/\/|src="\/\//)
  })
}

test('a book of 1,000 chapters lists those around the one that is read, and leads to all', () => {
  const chapters = Array.from({ length: 1000 }, (_, i) => ({
    title: `第 ${i + 1} 篇`,
    url: `zh/${i + 1}.html`,
    number: i + 1,
  }))
  const book = { ...chapter.book, chapters }
  const [first, last] = [1, 1000].map(number => ({
    ...chapter,
    book,
    url: `zh/${number}.html`,
    page: { ...chapter.page, number },
  }))
  const middle = parse({ ...first, url: 'zh/500.html', page: { ...chapter.page, number: 500 } })
  expect(texts(middle, '.chapters .chapter-number')).toEqual(
    Array.from({ length: 51 }, (_, i) => String(475 + i)),
  )
  expect(texts(middle, '.chapters [aria-current] .chapter-number')).toEqual(['500'])
  expect(texts(middle, '.chapters-all a')).toEqual(['全部 1000 章'])
  expect(texts(parse(first), '.chapters .chapter-number')).toHaveLength(26)
  expect(texts(parse(last), '.chapters .chapter-number')).toHaveLength(26)
  expect(texts(parse({ ...index, book }), '.chapters li')).toHaveLength(1000)
  expect(
    texts(parse({ ...first, book: { ...book, chapters: chapters.slice(0, 200) } }), '.chapters li'),
  ).toHaveLength(200)
})

test('a chapter shows its number, title, text, neighbours and place in the book', () => {
  const document = parse(chapter)
  expect(texts(document, '.title-number')).toEqual(['第 2 章'])
  expect(texts(document, 'h1')).toEqual(['梯度 <传播> & 链'])
  expect(document.querySelector('#content')?.innerHTML).toContain('id="eq-update"')
  expect(texts(document, '.pager-title')).toEqual(['1  从前馈到循环', '3  截断'])
  expect(texts(document, '.chapters [aria-current=page]')).toEqual(['2梯度 <传播> & 链'])
  expect(texts(document, '.toc li')).toEqual(['状态', '热图'])
})

test('a start page shows the text of its index.md above the contents, and its title instead of the book’s', () => {
  const document = parse(textIndex)
  expect(texts(document, 'h1')).toEqual(['欢迎'])
  expect(texts(document, '.cover-description')).toEqual(['先读这里。'])
  expect(document.querySelector('#content + .contents')).not.toBeNull()
  expect(document.querySelector('#content')?.innerHTML).toContain('id="eq-update"')
  expect(texts(document, 'title')).toEqual(['欢迎'])
  expect(texts(document, '.chapters [aria-current=page]')).toEqual([])
})

test('the section links of the contents lead to the ids of the headings', () => {
  const document = parse(chapter)
  for (const link of document.querySelectorAll('.toc a')) {
    const id = decodeURIComponent(link.getAttribute('href')?.slice(1) ?? '')
    expect(document.getElementById(id)?.tagName).toMatch(/^H[23]$/)
  }
})

test('translations are linked for readers and, with the document itself, for machines', () => {
  const document = parse(chapter)
  expect(texts(document, '.languages a')).toEqual(['English'])
  const alternates = [...document.querySelectorAll('link[rel=alternate]')]
  expect(alternates.map(link => link.getAttribute('hreflang'))).toEqual(['zh-CN', 'en'])
})

test('without a description the beginning of the text is it, at most 150 characters on one line', () => {
  const description = parse(chapter).querySelector('meta[name=description]')?.getAttribute('content') ?? ''
  expect(description).toMatch(/^状态更新 状态更新.*…$/)
  expect([...description]).toHaveLength(150)
})

test('KaTeX comes with formulas only and the reload client with a live page only', () => {
  expect(theme.layout(chapter)).toMatch(/katex\.[0-9a-f]{10}\.css/)
  expect(theme.layout(englishChapter)).not.toMatch(/katex\./)
  expect(theme.layout(chapter)).not.toContain('assets/reload.')
  expect(parse(englishChapter).querySelector('script[data-url]')?.getAttribute('data-url')).toBe(
    'en/02-chain.html',
  )
})

test('a start page lists the chapters with their descriptions and the other books', () => {
  const document = parse(index)
  expect(texts(document, 'h1, .subtitle')).toEqual(['循环神经网络', '一本可以运行的书'])
  expect(texts(document, '.contents li a')).toEqual(index.book.chapters.map(({ title }) => title))
  expect(texts(document, '.contents li p')).toEqual(['为什么需要记忆。'])
  expect(texts(document, '.library a')).toEqual(['Recurrent Networks'])
})
