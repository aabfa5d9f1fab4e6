/** What a check says to machines. */
import { SaxesParser } from 'saxes'
import { expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/weave/base/diagnostic.ts'
import { toGithub } from '../../../src/weave/report/github.ts'
import { toJson } from '../../../src/weave/report/json.ts'
import { toJunit } from '../../../src/weave/report/junit.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'

const text = '# 一\n\n```ts exec\n//| label: fig-a\n1 < 2\n```\n\n```ts exec\n2\n```\n'
const { value: chapter } = parseChapter({
  file: 'content/zh/a,1.md',
  path: '/a.md',
  book: 'zh',
  slug: 'a',
  text,
})
const at = (line: number, column = 1) => ({ start: { line, column }, end: { line, column: column + 3 } })
const diagnostics: readonly Diagnostic[] = [
  {
    severity: 'error',
    file: chapter.file,
    range: at(5, 2),
    rule: 'record-differs',
    message: '50% <more> & "less"',
    detail: '- recorded\n+ now\u0007',
    help: 'Accept it: now',
  },
  { severity: 'warning', file: chapter.file, range: at(1), rule: 'alt-missing', message: 'no text' },
  { severity: 'error', file: 'book.config.ts', rule: 'config', message: 'unknown key' },
]

it('GitHub gets a command for each, with everything escaped that would end it', () => {
  expect(toGithub(diagnostics)).toBe(
    [
      '::error file=content/zh/a%2C1.md,line=5,col=2,endLine=5,endColumn=5,title=record-differs::50%25 <more> & "less"%0A- recorded%0A+ now\u0007%0AAccept it: now',
      '::warning file=content/zh/a%2C1.md,line=1,col=1,endLine=1,endColumn=4,title=alt-missing::no text',
      '::error file=book.config.ts,title=config::unknown key',
      '',
    ].join('\n'),
  )
})

it('GitHub, which shows ten of each severity, gets the first of each kind first, with its number', () => {
  const many = [1, 2, 3].map((n): Diagnostic => {
    return {
      severity: 'error',
      file: 'a.md',
      range: at(n),
      rule: 'link-broken',
      message: `nowhere: ${n}.md`,
      help: 'Mend it.',
    }
  })
  const other: Diagnostic = { severity: 'error', file: 'b.md', rule: 'config', message: 'unknown key' }
  const lines = toGithub([...many, other])
    .trim()
    .split('\n')
  expect(lines.map(line => line.replace(/^::error file=([^,]*).*?::/, '$1 '))).toEqual([
    'a.md nowhere: 1.md%0A(2 more like this)%0AMend it.',
    'b.md unknown key',
    'a.md nowhere: 2.md%0AMend it.',
    'a.md nowhere: 3.md%0AMend it.',
  ])
})

it('JUnit has a suite for each chapter, a case for each cell and the text, and is well-formed', () => {
  const xml = toJunit([chapter], diagnostics, { seconds: 1.5 })
  const cases: string[][] = []
  const texts: Record<string, string> = {}
  const path: { name: string; attributes: Record<string, string> }[] = []
  // Strict: what is not well-formed throws.
  const parser = new SaxesParser()
  parser.on('opentag', ({ name, attributes }) => {
    path.push({ name, attributes })
    if (name === 'testcase') cases.push([path[1].attributes.name, attributes.name, '', ''])
    if (name === 'failure') cases[cases.length - 1][2] = attributes.message
    if (name === 'testsuites') texts.failures = attributes.failures
  })
  parser.on('text', text => {
    const { name } = path.at(-1) ?? { name: '' }
    texts[name] ??= text
    if (name === 'system-err') cases[cases.length - 1][3] += text
  })
  parser.on('closetag', () => void path.pop())
  parser.write(xml).close()
  expect(cases).toEqual([
    [chapter.file, 'fig-a', '50% <more> & "less"', ''],
    [chapter.file, 'cell 2, line 8', '', ''],
    [chapter.file, 'text', '', 'content/zh/a,1.md:1:1 alt-missing: no text'],
    ['the book', 'everything else', 'unknown key', ''],
  ])
  expect(texts.failures).toBe('2')
  expect(texts.failure).toContain('- recorded\n+ now\ufffd')
})

it('JSON keeps every diagnostic as it is, and counts', () => {
  const report = JSON.parse(toJson(diagnostics, { chapters: 1 }))
  expect(report).toEqual({
    version: 1,
    ok: false,
    errors: 2,
    warnings: 1,
    statistics: { chapters: 1 },
    diagnostics,
  })
})
