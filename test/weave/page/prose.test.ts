// biome-ignore-all lint/suspicious/noTemplateCurlyInString: braces are what this is about
/** What prose becomes: braces, titles, tables, containers, nesting, bare addresses. Exact HTML of small texts. */
import { describe, expect, it } from 'vitest'
import { pageOf } from '../../support/pageOf.ts'

const htmlOf = (text: string) => pageOf(`---\ntitle: T\n---\n${text}\n`).html.trim()

describe('braces are text unless they read wholly as attributes', () => {
  it.each([
    ['The set is {1, 2, 3}', '<p>The set is {1, 2, 3}</p>'],
    ['use ${a}', '<p>use ${a}</p>'],
    ['{a}', '<p>{a}</p>'],
    ['- one {1}', '<ul>\n<li>one {1}</li>\n</ul>'],
    ['> quote {x, y}', '<blockquote>\n<p>quote {x, y}</p>\n</blockquote>'],
    ['text {.wide}', '<p class="wide">text</p>'],
    ['text{.wide}', '<p>text{.wide}</p>'],
    ['*em*{.a #b} rest', '<p><em class="a" id="b">em</em> rest</p>'],
    ['`code`{.a} rest', '<p><code class="a">code</code> rest</p>'],
    ['[text]{.a lang=en} rest', '<p><span class="a" lang="en">text</span> rest</p>'],
    ['- item {.a}\n- other', '<ul>\n<li class="a">item</li>\n<li>other</li>\n</ul>'],
    ['- item\n\n{.a}', '<ul class="a">\n<li>item</li>\n</ul>'],
    ['a\n{.b}', '<p class="b">a</p>'],
    ['| a {.b} |\n|---|\n| {1, 2} |', /<th class="b" scope="col">a<\/th>[\s\S]*<td>{1, 2}<\/td>/],
    ['```text {.b}\nx\n```', /^<div class="code b" data-lang="text">/],
  ])('%j', (text, html) => {
    if (typeof html === 'string') expect(htmlOf(text)).toBe(html)
    else expect(htmlOf(text)).toMatch(html)
  })
})

describe('the title of a chapter', () => {
  it.each([
    // The first heading is the title, and is not shown twice.
    ['# A\n\nx', 'A', 'A', '<span id="a"></span>\n<p>x</p>'],
    ['# A *b* $c$\n\nx', 'A b c', 'A <em>b</em> <code>c</code>', '<span id="a-b"></span>\n<p>x</p>'],
    ['---\ntitle: A\n---\n# A\n\nx', 'A', 'A', '<span id="a"></span>\n<p>x</p>'],
    ['---\ntitle: A $c$ *b*\n---\nx', 'A c b', 'A <code>c</code> <em>b</em>', '<p>x</p>'],
    ['---\ntitle: "A: *b*"\n---\nx', 'A: b', 'A: <em>b</em>', '<p>x</p>'],
    // One that says something else stays.
    ['---\ntitle: A\n---\n# B\n\nx', 'A', 'A', /^<h1 id="b"/],
    ['---\ntitle: A\n---\nx\n\n# A', 'A', 'A', /^<p>x<\/p>\n<h1 id="a"/],
    // In a quotation or a list it is no title.
    ['> # A\n\nx', 'a', 'a', /^<blockquote>\n<h1 id="a"/],
    ['- # A\n\nx', 'a', 'a', /^<ul>\n<li>\n<h1 id="a"/],
    ['## A\n\n# B', 'a', 'a', /^<h2 id="a"[\s\S]*<h1 id="b"/],
  ])('%j', (text, title, titleHtml, html) => {
    const { page, html: body } = pageOf(`${text}\n`)
    expect([page.title, page.titleHtml]).toEqual([title, titleHtml])
    if (typeof html === 'string') expect(body.trim()).toBe(html)
    else expect(body).toMatch(html)
  })
})

describe('a bar belongs to the code or the formula that it stands in', () => {
  const cells = (row: string) =>
    [...htmlOf(`| a | b |\n|---|---|\n${row}`).matchAll(/<td>(.*?)<\/td>/g)].map(m => m[1])
  it.each([
    ['| `x|y` | z |', ['<code>x|y</code>', 'z']],
    ['| $|w|$ | z |', ['<code>|w|</code>', 'z']],
    ['| ``a|`|b`` | z |', ['<code>a|`|b</code>', 'z']],
    ['| a \\| b | z |', ['a | b', 'z']],
    ['| `\\|` | z |', ['<code>|</code>', 'z']],
    ['| $5 | $6 |', ['$5', '$6']],
    ['| `open | z |', ['`open', 'z']],
  ])('%j', (row, expected) => {
    expect(cells(row)).toEqual(expected)
  })
})

describe('containers', () => {
  it.each([
    [
      '::: note\nx\n:::',
      /^<div class="callout callout-note" role="note"><p class="callout-title">Note<\/p>\n<p>x/,
    ],
    [':::tip\nx\n:::', /callout-tip/],
    [':::tip[A *b*]\nx\n:::', /callout-title">A <em>b<\/em></],
    ['::: {.callout-warning title="A b"}\nx\n:::', /callout-warning".*callout-title">A b</],
    [
      '::: {.callout-tip collapse="true"}\n## A b\nx\n:::',
      /^<details class="callout callout-tip"><summary class="callout-title">A b</,
    ],
    [':::{note} A b\nx\n:::', /callout-title">A b</],
    ['::: details\nx\n:::', /^<details class="callout callout-details"><summary/],
    ['::: details A {open=true}\nx\n:::', /^<details class="callout callout-details" open>/],
    ['::: info\nx\n:::', /callout-info/],
    ['::: danger\nx\n:::', /callout-danger/],
    ['::: note {#here .wide}\nx\n:::', /class="callout callout-note wide" id="here"/],
    ['::::note\n:::tip\nx\n:::\ny\n::::', /x<\/p>\n<\/div>\n<p>y<\/p>\n<\/div>$/],
    ['::: note\n::: tip\nx\n:::\ny\n:::', /x<\/p>\n<\/div>\n<p>y<\/p>\n<\/div>$/],
    ['- ::: note\n  x\n  :::', /<li>\n<div class="callout/],
    ['::: note\n```text\n:::\n```\n:::', /<pre[\s\S]*:::[\s\S]*<\/pre>[\s\S]*<\/div>\n<\/div>$/],
    ['> [!TIP]- A\n> x', /^<details class="callout callout-tip"><summary class="callout-title">A<\/summary>/],
  ])('%j', (text, html) => {
    const { html: page, diagnostics } = pageOf(`---\ntitle: T\n---\n${text}\n`)
    expect(diagnostics).toEqual([])
    expect(page.trim()).toMatch(html)
  })
})

describe('addresses in the text are links', () => {
  it.each([
    ['https://x.org/a', 'https://x.org/a'],
    ['见https://x.org/路径。后', 'https://x.org/%E8%B7%AF%E5%BE%84'],
    ['见https://x.org了解', 'https://x.org'],
    ['www.x.org/a.', 'http://www.x.org/a'],
    ['(https://x.org/a)', 'https://x.org/a'],
    ['me@x.org', 'mailto:me@x.org'],
    ['`https://x.org` x.org README.md', undefined],
  ])('%j leads to %s', (text, href) => {
    expect(/href="([^"]*)"/.exec(htmlOf(text))?.[1]).toBe(href)
  })
})

it('what is nested too deep to be read is reported where it begins, and shown', () => {
  const { html, diagnostics } = pageOf(`${'> '.repeat(150)}deep\n`)
  expect(diagnostics.map(d => [d.rule, d.range?.start.line])).toEqual([['nesting', 1]])
  expect(html).toContain('deep')
})

it('struck text is deleted, and sub- and superscripts are what they say', () => {
  expect(htmlOf('~~a~~ H~2~O x^2^')).toBe('<p><del>a</del> H<sub>2</sub>O x<sup>2</sup></p>')
})

it.each([
  ['Promise<string>', 'Promise&lt;string&gt;'],
  ['<b onclick="x()">b</b>', '&lt;b onclick=&quot;x()&quot;&gt;b'],
  ['<div>\nunclosed', '&lt;div&gt;\nunclosed'],
  ['<script>\nx()\n</script>', '&lt;script&gt;\nx()\n&lt;/script&gt;'],
])('%j may not be published as HTML, and is shown as text', (text, html) => {
  expect(htmlOf(text)).toContain(html)
})
