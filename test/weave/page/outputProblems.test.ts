// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells under test use templates
/** What cells show and promise to show: broken markup, captions without a figure, code with a title. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outputProblems } from '../../../src/weave/page/outputProblems.ts'
import { adoptSvg } from '../../../src/weave/page/svgOutput.ts'
import { toProgram } from '../../../src/weave/program/program.ts'
import type { MimeBundle } from '../../../src/weave/run/output.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'
import { type Said, type TestBook, testBook } from '../../support/book.ts'

const chapter = (text: string) =>
  parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text }).value

describe('markup of an output', () => {
  const problem = (data: MimeBundle) => {
    const output = { output_type: 'display_data', data, metadata: {} } as const
    const found = outputProblems(chapter('```ts exec\n1\n```\n'), {
      cells: { 0: [output] },
      inlines: {},
      verdicts: {},
    })
    return found.map(d => `${d.range?.start.line}:${d.range?.start.column} ${d.rule}: ${d.message}`)
  }
  const svg = (message: string) => [
    `1:1 output-markup: this cell shows an SVG that is not well-formed: ${message}`,
  ]
  const html = (message: string) => [`1:1 output-markup: this cell shows HTML that is broken: ${message}`]

  it.each([
    ['<svg><g></svg>', svg('expected </g>, got </svg>')],
    ['<svg><g>', svg('missing </g>')],
    ['<svg', svg('missing <svg>')],
    ['no picture', svg('missing <svg>')],
    ['', svg('missing <svg>')],
    ['<svg><text>a<b</text></svg>', svg('expected </b<>, got </svg>')],
    ['<svg viewBox="0 0 1 1"><g/><svg><g></g></svg></svg>', []],
    ['<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>', []],
  ])('SVG %j', (text, expected) => {
    expect(problem({ 'image/svg+xml': text })).toEqual(expected)
  })

  it.each([
    ['<div><b>x</b>', html('<div> is not closed')],
    ['<b>x</b></b>', html('an element is closed that is not open')],
    ['<b><i>x</b></i>', html('<i> is not closed')],
    ['<!-- x', html('a comment is not closed')],
    ['<a href="x', html('<a> is not closed')],
    ['<p>x</p><svg><g></svg>', html('expected </g>, got </svg>')],
    ['<p>a<p>b', []],
    ['<ul><li>a<li>b</ul><br><img src="x"><hr/>', []],
    ['<table><tr><td>1<td>2</table>', []],
    ['a < b && c > d', []],
    ['<svg/><svg><svg/></svg><script>if (a</b/) {}</script>', []],
  ])('HTML %j', (text, expected) => {
    expect(problem({ 'text/html': text })).toEqual(expected)
  })
})

it('nested SVGs get ids once, and a broken one is shown as text', () => {
  expect(adoptSvg('<svg><svg id="a"><g/></svg></svg>', 'p', undefined)).toBe(
    '<svg id="p" role="img"><svg id="p-a"><g/></svg></svg>',
  )
  expect(adoptSvg('<b>1</b><svg><g></svg>', 'p', undefined)).toBe(
    '<b>1</b><pre>&lt;svg&gt;&lt;g&gt;&lt;/svg&gt;</pre>',
  )
})

describe('what a cell promises to show', () => {
  const cell = (options: string, code: string) => `\`\`\`ts exec\n${options}\n${code}\n\`\`\`\n\n`
  const missing = (key: string, what: string, got: string) =>
    `error output-missing: \`${key}\` promises a ${what}, but this cell shows ${got}`
  const plot = 'html`<svg viewBox="0 0 1 1"></svg>`'
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['//| fig-cap: 一', 'const a = 1', missing('fig-cap', 'figure', 'nothing')],
    ['//| label: fig-a\n//| fig-alt: 一', 'const a = 1', missing('label', 'figure', 'nothing')],
    ['//| fig-cap: 一', 'console.log(1)', missing('fig-cap', 'figure', 'only what it prints')],
    ['//| tbl-cap: 一', 'const a = 1', missing('tbl-cap', 'table', 'nothing')],
    ['//| tbl-cap: 一', '[1, 2]', missing('tbl-cap', 'table', 'something else')],
    ['//| label: tbl-a', '1', missing('label', 'table', 'something else')],
    ['//| fig-cap: 一', plot, undefined],
    ['//| fig-cap: 一', '1', undefined],
    ['//| tbl-cap: 一', '[{ a: 1 }]', undefined],
    ['//| label: tbl-b', 'html`<table><tr><td>1</td></tr></table>`', undefined],
    ['//| label: a-name', 'const a = 1', undefined],
  ]
  let book: TestBook
  let said: Said
  beforeAll(async () => {
    const files = cases.map(([options, code], i) => [`${i}.md`, cell(options, code)])
    book = await testBook(Object.fromEntries(files))
    said = await book.build({ cache: `${book.folder}/cache` })
  }, 60_000)
  afterAll(() => book.close())

  it.each(cases.map((c, i) => [i, ...c] as const))('%i: %s, %s', (i, _options, _code, expected) => {
    const errors = said.lines.filter(l => l.startsWith(`${i}.md:`) && l.includes(' error '))
    expect(errors).toEqual(expected ? [`${i}.md:2:5 ${expected}`] : [])
  })
})

describe('characters that nobody sees', () => {
  const found = (text: string) => {
    const parsed = parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })
    return [...parsed.diagnostics, ...toProgram(parsed.value).diagnostics].map(
      d => `${d.range?.start.line}:${d.range?.start.column} ${d.severity} ${d.rule}: ${d.message}`,
    )
  }
  const order = (at: string, name: string) =>
    `${at} error hidden-character: ${name} turns the order of what is read: it is not what it looks like`
  const unseen = (at: string, name: string, severity = 'error') =>
    `${at} ${severity} hidden-character: ${name} cannot be seen`
  const space = (at: string, name: string) =>
    `${at} warning hidden-character: ${name} looks like a space and is none`
  const cell = (code: string) => `\`\`\`ts exec\n${code}\n\`\`\`\n`

  it.each([
    [cell("const a = '\u202e'"), [order('2:12', 'U+202E')]],
    [cell('const a = 1 // \u2066x\u2069'), [order('2:16', 'U+2066'), order('2:18', 'U+2069')]],
    [cell('const a\u200b = 1'), [unseen('2:8', 'U+200B')]],
    [cell('const a\u200db = 1'), [unseen('2:8', 'U+200D')]],
    [cell('const \u3164 = 1'), [unseen('2:7', 'U+3164')]],
    [cell('const\u00a0a = 1'), [space('2:6', 'U+00A0')]],
    [cell('const a\u3000= 1'), [space('2:8', 'U+3000')]],
    [cell("const a = 'x\u200by'"), [unseen('2:13', 'U+200B', 'warning')]],
    [cell('const a = `\ufeff${1}`'), [unseen('2:12', 'U+FEFF', 'warning')]],
    [cell("const a = '👩\u200d👧\u00a0\ufe0f'\n// 空\u3000格"), []],
    [
      cell("const a = 'x\u0000y'"),
      ['2:13 error hidden-character: U+0000 is a control character, which no page can hold'],
    ],
    [
      '```text\n\u001b[31m\n```\n',
      ['2:1 error hidden-character: U+001B is a control character, which no page can hold'],
    ],
    ['值 `{ts} 1\u200b + 1`\n', [unseen('1:10', 'U+200B')]],
    ['值 `{ts} "\u202e"`\n', [order('1:10', 'U+202E')]],
    [
      '```python\nx = "\u202e"\ny\u00ad = 1\nz\u00a0= 1\n```\n',
      [order('2:6', 'U+202E'), unseen('3:2', 'U+00AD', 'warning')],
    ],
    ['```mermaid\nA[\u202eא]\n```\n', [order('2:3', 'U+202E')]],
    ['> ```sh\n> ls\u200b\n> ```\n', [unseen('2:5', 'U+200B', 'warning')]],
  ])('%j', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })
})

it('a title stands above its code, and marked lines are marked', async () => {
  const book = await testBook({
    'a.md':
      '```ts title="a<b.ts" {2}\nconst a = 1\nconst b = 2\n```\n\n```ts exec {1} [main.ts]\n//| label: x\n1 + 1\n```\n',
  })
  expect((await book.build()).lines).toEqual([])
  const html = await book.read('a.html')
  expect(html.match(/<p class="code-title">[^<]*<\/p>/g)).toEqual([
    '<p class="code-title">a&lt;b.ts</p>',
    '<p class="code-title">main.ts</p>',
  ])
  expect(html.match(/<span class="line[^"]*"/g)).toEqual([
    '<span class="line"',
    '<span class="line marked"',
    '<span class="line marked"',
  ])
  await book.close()
})
