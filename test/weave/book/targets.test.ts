/** Links and images, in Markdown and in HTML: each is resolved, copied and checked by the same rules. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestBook, testBook } from '../../support/book.ts'

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47])
let book: TestBook

beforeAll(async () => {
  book = await testBook({
    'zh/02-b.md': '# B\n\n## Part {#sec-part}\n\n![](a.png){fig-alt="used"} [used](data.txt)\n',
    'zh/a.png': png,
    'zh/data.txt': 'x',
  })
})
afterAll(() => book.close())

async function articleOf(
  text: string,
): Promise<{ readonly html: string; readonly lines: readonly string[] }> {
  await book.write({ 'zh/01-a.md': `# A\n\n${text}\n` })
  const { lines } = await book.build()
  return { lines, html: lines.some(l => / error /.test(l)) ? '' : await book.read('zh/01-a.html') }
}

describe('targets in HTML are those of Markdown', () => {
  it.each([
    ['<a href="02-b.md#sec-part">part</a>', '<a href="02-b.html#sec-part">part</a>'],
    ['[part](02-b.md#sec-part)', '<a href="02-b.html#sec-part">part</a>'],
    ['<img src="a.png" alt="x">', /<img src="\.\.\/files\/\w{10}-a\.png" alt="x">/],
    ["<img src='a.png' alt=x>", /<img src='\.\.\/files\/\w{10}-a\.png' alt=x>/],
    [
      '<video poster="a.png" controls src="a.png"></video>',
      /poster="\.\.\/files\/\w{10}-a\.png" controls src="\.\.\/files/,
    ],
    [
      '<picture><source srcset="a.png 1x, a.png 2x"><img src="a.png" alt="x"></picture>',
      /srcset="\.\.\/files\/\w{10}-a\.png 1x, \.\.\/files\/\w{10}-a\.png 2x"/,
    ],
    ['<a href="data.txt">data</a>', /href="\.\.\/files\/\w{10}-data\.txt"/],
    ['[ref][r]\n\n[r]: 02-b.md', '<a href="02-b.html">ref</a>'],
    ['::: note\n<a href="02-b.md">deep</a>\n:::', '<a href="02-b.html">deep</a>'],
  ])('%j', async (text, html) => {
    const { html: page, lines } = await articleOf(text)
    expect(lines).toEqual([])
    expect(page).toMatch(html)
  })

  it.each([
    ['<a href="03-c.md">c</a>', '3:10 error link-broken: this link leads nowhere: 03-c.md'],
    ['[c](03-c.md)', '3:5 error link-broken: this link leads nowhere: 03-c.md'],
    ['<img src="b.png" alt="x">', '3:11 error image-missing: there is no file b.png'],
    ['<img srcset="a.png 1x, b.png 2x" alt="x">', '3:24 error image-missing: there is no file b.png'],
    ['<video poster="b.png" controls></video>', '3:16 error image-missing: there is no file b.png'],
    [
      '<img src="https://x.org/a.png" alt="x">',
      '3:11 error image-remote: this image is not part of the book: https://x.org/a.png',
    ],
    ['[r][r]\n\n[r]: 03-c.md', '5:6 error link-broken: this link leads nowhere: 03-c.md'],
    ['[x](javascript:alert(1))', '3:5 error link-unsafe: a page does not link to javascript: addresses'],
    ['[x](JaVa&#x09;Script:alert)', '3:5 error link-unsafe: a page does not link to javascript: addresses'],
    [
      '<a href="java\tscript:alert(1)">x</a>',
      '3:10 error link-unsafe: a page does not link to javascript: addresses',
    ],
    [
      '<a href="&#106;avascript:x">y</a>',
      '3:10 error link-unsafe: a page does not link to javascript: addresses',
    ],
    ['[x](file:///etc/passwd)', '3:5 error link-unsafe: a page does not link to file: addresses'],
    ['<vbscript:x>', '3:2 error link-unsafe: a page does not link to vbscript: addresses'],
    ['![x](a%E0.png)', '3:6 error image-missing: there is no file a%E0.png'],
    ['[x](a%E0.md)', '3:5 error link-broken: this link leads nowhere: a%E0.md'],
  ])('%j is reported', async (text, said) => {
    const { lines } = await articleOf(text)
    expect(lines).toEqual([`zh/01-a.md:${said}`])
  })
})

it('nobody can write a hole of a page: what looks like one is text', async () => {
  const holes = 'unroll:link/7 `unroll:asset/0` link:0 \\<unroll-ref data-n="9">'
  const { html, lines } = await articleOf(`${holes} [b](02-b.md)\n\n\`\`\`text\nunroll:link/7\n\`\`\``)
  expect(lines).toEqual([])
  expect(html).toContain(
    'unroll:link/7 <code>unroll:asset/0</code> link:0 &lt;unroll-ref data-n=&quot;9&quot;&gt;',
  )
  expect(html).toContain('<a href="02-b.html">b</a>')
})
