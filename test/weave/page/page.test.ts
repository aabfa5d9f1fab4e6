/** What Markdown becomes on a page: small chapters and the exact HTML of them. No browser, nothing runs. */
import { describe, expect, it } from 'vitest'
import { renderPage } from '../../../src/weave/page/page.ts'
import { noOutputs } from '../../../src/weave/run/output.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'

function pageOf(text: string, lang = 'zh-CN') {
  const { value } = parseChapter({ file: 'zh/a.md', path: '/zh/a.md', book: 'zh', slug: 'a', text })
  const rendered = {
    proofs: new Map(),
    formulas: new Map(),
    highlighted: new Map(),
    diagram: () => undefined,
  }
  return renderPage(value, noOutputs, rendered, { number: 3, lang })
}
const htmlOf = (text: string, lang?: string) => pageOf(text, lang).value.html.trim()

describe('Chinese prose', () => {
  it.each([
    ['一行\n又一行', '<p>一行又一行</p>'],
    ['中文\nlatin', '<p>中文\nlatin</p>'],
    ['句号。\nLatin', '<p>句号。Latin</p>'],
    ['two\nlines', '<p>two\nlines</p>'],
    ['**“引号”**后面', '<p><strong>“引号”</strong>后面</p>'],
    ['前面**强调。**后面', '<p>前面<strong>强调。</strong>后面</p>'],
    ['硬换行  \n下一行', '<p>硬换行<br>\n下一行</p>'],
  ])('%j is %j', (text, html) => {
    expect(htmlOf(`${text}\n`)).toBe(html)
  })
})

describe('blocks', () => {
  it.each([
    [
      '- [x] 完\n- [ ] 未',
      /checked="" disabled="" type="checkbox"> 完[\s\S]*checkbox" disabled="" type="checkbox"> 未/,
    ],
    [
      '> [!WARNING]\n> 当心',
      /^<div class="callout callout-warning" role="note"><p class="callout-title">注意<\/p>/,
    ],
    [
      '::: exercise 想一想\n做。\n:::',
      /callout-exercise" role="note"><p class="callout-title">想一想<\/p>\n<p>做。<\/p>/,
    ],
    ['| a | b |\n|---|--:|\n| 1 | 2 |', /<td style="text-align:right">2<\/td>/],
    ['字[^n]\n\n[^n]: 注', /<section class="footnotes" aria-label="脚注">/],
    ['段落 {.wide}', /^<p class="wide">段落<\/p>$/],
    ['<kbd>Ctrl</kbd>', /^<p><kbd>Ctrl<\/kbd><\/p>$/],
  ])('%j matches %s', (text, html) => {
    expect(htmlOf(`${text}\n`)).toMatch(html)
  })

  it('headings have anchors, Chinese ones too, and make the table of contents', () => {
    const { value } = pageOf('# 书名\n\n## 状态 {#sec-state}\n\n### 更新 $h_t$\n\n## 状态更新\n')
    expect(value.title).toBe('书名')
    expect(value.anchors).toEqual(['书名', 'sec-state', '更新', '状态更新'])
    expect(value.toc.map(e => e.id)).toEqual(['sec-state', '更新', '状态更新'])
  })
})

describe('numbers', () => {
  it('figures, tables and equations are counted each for itself, by chapter', () => {
    const { value } = pageOf(
      [
        '$$a$$ {#eq-a}',
        '![图](a.png){#fig-a}',
        '$$b$$ {#eq-b}',
        '```dot\n//| label: fig-b\n//| fig-cap: 乙\ndigraph {}\n```',
        '@eq-b @fig-b',
      ].join('\n\n'),
    )
    expect(value.labels.map(l => [l.label, l.html])).toEqual([
      ['eq-a', '式 (3.1)'],
      ['fig-a', '图 3.1'],
      ['eq-b', '式 (3.2)'],
      ['fig-b', '图 3.2'],
    ])
  })

  it('are in the words of the book', () => {
    const { value } = pageOf('$$a$$ {#eq-a}\n\n> [!NOTE]\n> x\n', 'en')
    expect(value.labels.map(l => l.html)).toEqual(['Eq. (3.1)'])
    expect(value.html).toContain('<p class="callout-title">Note</p>')
  })
})

it('a figure that says nothing to the blind is a warning at its label', () => {
  const { diagnostics } = pageOf('```ts exec\n//| label: fig-a\n1\n```\n')
  expect(diagnostics.map(d => [d.severity, d.rule, d.range?.start])).toEqual([
    ['warning', 'alt-missing', { line: 2, column: 5 }],
  ])
})
