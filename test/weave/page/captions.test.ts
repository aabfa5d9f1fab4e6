/** Captions, alt texts, titles and headings are Markdown like any other: resolved, checked, at their own places. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestBook, testBook } from '../../support/book.ts'

let book: TestBook
beforeAll(async () => {
  book = await testBook({ 'zh/02-b.md': '# B\n\n![used](a.png)\n', 'zh/a.png': new Uint8Array([0x89, 0x50]) })
})
afterAll(() => book.close())

async function pageOf(text: string): Promise<{ readonly html: string; readonly lines: readonly string[] }> {
  await book.write({ 'zh/01-a.md': `# A\n\n$$a$$ {#eq-a}\n\n${text}\n` })
  const { lines } = await book.build()
  return { lines, html: lines.some(l => / error /.test(l)) ? '' : await book.read('zh/01-a.html') }
}

const cell = (...options: readonly string[]) =>
  [
    '```ts exec',
    ...options.map(o => `//| ${o}`),
    'const n = 3',
    'const rows = [{ x: n }]',
    'rows',
    '```',
  ].join('\n')
const dot = (...options: readonly string[]) =>
  ['```dot', ...options.map(o => `//| ${o}`), 'digraph { a -> b }', '```'].join('\n')

describe('what stands in a caption arrives', () => {
  it.each([
    [cell('label: tbl-a', 'tbl-cap: See @eq-a'), '<a class="ref" href="#eq-a">式 (1.1)</a></figcaption>'],
    [
      cell('label: fig-a', 'fig-cap: "n is `{ts} n`"'),
      'n is <span class="value" title="n">3</span></figcaption>',
    ],
    [
      cell('label: fig-a', 'fig-cap: n `{ts} n`', 'fig-alt: alt `{ts} n + 1` @eq-a'),
      '>3</span></figcaption>',
    ],
    [
      cell('label: fig-a', 'fig-cap: $x^2$ **b** [l](#eq-a)'),
      /class="katex".*<strong>b<\/strong> <a href="#eq-a">l<\/a>/,
    ],
    [cell('label: fig-a', 'fig-cap: >', '  two lines,', '  @eq-a'), 'two lines, <a class="ref"'],
    [
      dot('label: fig-d', 'fig-cap: d @eq-a', 'fig-alt: alt of @eq-a'),
      'd <a class="ref" href="#eq-a">式 (1.1)</a>',
    ],
    [dot('label: fig-d', 'fig-cap: d', 'fig-alt: alt of @eq-a'), /<title[^>]*>alt of 式 \(1\.1\)<\/title>/],
    ['```dot {#fig-d fig-cap="d @eq-a"}\ndigraph { a }\n```', 'd <a class="ref" href="#eq-a">式 (1.1)</a>'],
    ['![pic @eq-a](a.png){#fig-i}', /alt="pic 式 \(1\.1\)".*<figcaption>.*pic <a class="ref" href="#eq-a">/s],
    ['![pic](a.png){fig-alt="said"}', 'alt="said"'],
    [
      '::: note See @eq-a and $x$\ntext\n:::',
      /callout-title">See <a class="ref" href="#eq-a">式 \(1\.1\)<\/a> and <span class="katex/,
    ],
    ['## Part of @eq-a', '<h2 id="part-of">Part of <a class="ref" href="#eq-a">'],
    ['[see @eq-a](https://x.org)', '<a href="https://x.org" rel="noopener">see 式 (1.1)</a>'],
    ['## Part of @eq-a {#sec-p}\n\n@sec-p', '<a class="ref" href="#sec-p">Part of 式 (1.1)</a>'],
  ])('%j', async (text, html) => {
    const { html: page, lines } = await pageOf(text)
    expect(lines).toEqual([])
    expect(page).toMatch(html)
  })
})

describe('what is wrong in a caption is reported at its place', () => {
  it.each([
    [
      cell('label: fig-a', 'fig-cap: see @fig-none'),
      '7:18 error reference-missing: nothing is labelled fig-none',
    ],
    [
      cell('label: fig-a', 'fig-alt: "see @fig-none"', 'fig-cap: c'),
      '7:19 error reference-missing: nothing is labelled fig-none',
    ],
    [
      cell('label: fig-a', 'fig-cap: a formula $\\tahn$'),
      '7:25 error math: Undefined control sequence: \\tahn',
    ],
    [
      cell('label: fig-a', 'fig-cap: a [link](none.md)'),
      '7:23 error link-broken: this link leads nowhere: none.md',
    ],
    [cell('label: fig-a', 'fig-cap: n `{ts} m`'), "7:22 error TS2304: Cannot find name 'm'."],
    [
      dot('label: fig-d', 'fig-cap: see @fgi-none'),
      '7:18 error reference-unread: @fgi-none is not read as a reference',
    ],
    ['![see @fig-none](a.png)', '5:7 error reference-missing: nothing is labelled fig-none'],
    [
      '![same @fig-none and same @fig-none2](a.png)',
      '5:8 error reference-missing: nothing is labelled fig-none',
    ],
    ['::: tip see @fig-none\nx\n:::', '5:13 error reference-missing: nothing is labelled fig-none'],
    ['## see @fig-none', '5:8 error reference-missing: nothing is labelled fig-none'],
    ['^[note @fig-none]', '5:8 error reference-missing: nothing is labelled fig-none'],
    [
      '| a | b |\n|---|---|\n| `\\|` \\| x | @fig-none |',
      '7:15 error reference-missing: nothing is labelled fig-none',
    ],
  ])('%j', async (text, said) => {
    const { lines } = await pageOf(text)
    expect(lines.filter(l => / error /.test(l))[0]).toBe(`zh/01-a.md:${said}`)
  })
})

it('the title and the description in the front matter are Markdown, too, and mistakes in them have their places', async () => {
  await book.write({
    'zh/01-a.md': '---\ntitle: "A *b* $\\\\tahn$"\ndescription: see @fig-none and [l](none.md)\n---\n\nx\n',
  })
  const { lines } = await book.build()
  expect(lines).toEqual([
    'zh/01-a.md:2:16 error math: Undefined control sequence: \\tahn',
    'zh/01-a.md:3:18 error reference-missing: nothing is labelled fig-none',
    'zh/01-a.md:3:36 error link-broken: this link leads nowhere: none.md',
  ])
})
