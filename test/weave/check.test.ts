/** What check finds beyond the records: translations that drift, runs that differ. */
import { afterEach, describe, expect, it } from 'vitest'
import { type TestBook, testBook } from '../support/book.ts'

let book: TestBook | undefined
afterEach(() => book?.close())

const cell = (code: string) => `\`\`\`ts exec\n${code}\n\`\`\`\n\n`
const config = "export default { books: [{ dir: 'zh' }, { dir: 'en', translates: 'zh' }] }\n"

async function translated(zh: string, en: string): Promise<readonly string[]> {
  book = await testBook({ 'book.config.ts': config, 'zh/a.md': `# 一\n\n${zh}`, 'en/a.md': `# One\n\n${en}` })
  return (await book.check({ update: true })).lines
}

describe('a translated chapter', () => {
  it('may differ in comments, white space, and words', async () => {
    const zh = cell(
      "// 注释\nconst 步数 = [1,2]\nconst rows = 步数.map(n => ({ 步: n, 说: '第一步' }))\nrows.length",
    )
    const en = cell(
      "const steps = [1, 2] // a comment\nconst rows = steps.map(n => ({ step: n, said: 'the first step' }))\nrows.length",
    )
    expect(await translated(zh, en)).toEqual([])
  })

  it.each([
    ['a number', '1 + 1', '1 + 2'],
    ['a name', 'const a = 1\nMath.sin(a)', 'const a = 1\nMath.cos(a)'],
    ['a text that is no prose', "'tanh'", "'relu'"],
    ['an operator', '3 - 1', '3 * 1'],
  ])('is reported at both lines when it differs in %s', async (_, zh, en) => {
    expect(await translated(cell('0') + cell(zh), cell('0') + cell(en))).toEqual([
      'en/a.md:7:1 warning translation-differs: this cell differs from its original at zh/a.md:7',
      'zh/a.md:7:1 warning translation-differs: this cell differs from its translation at en/a.md:7',
    ])
  })

  it('is reported when it lacks a cell; with --strict that fails', async () => {
    expect(await translated(cell('0') + cell('1'), cell('0'))).toEqual([
      'zh/a.md:7:1 warning translation-differs: en/a.md has only 1 cells: it lacks this one',
    ])
    const strict = await book?.check({ strict: true })
    expect(strict?.lines[0]).toContain('zh/a.md:7:1 error translation-differs')
  })
})

describe('--twice', () => {
  it('fails at the first output of a chapter that differs from run to run, with a diff', async () => {
    book = await testBook({
      'zh/a.md': `# 一\n\n${cell('1 + 1')}${cell("import { randomUUID } from 'node:crypto'\nrandomUUID()")}${cell('randomUUID()')}`,
      'zh/b.md': `# 二\n\n${cell('Math.random()')}${cell('//| volatile: true\nDate.now() + Math.random()')}`,
    })
    await book.check({ update: true })
    const { lines, diagnostics } = await book.check({ twice: true })
    const found = lines.filter(l => l.includes('not-deterministic'))
    expect(found).toEqual([
      'zh/a.md:7:1 error not-deterministic: cell-2 gives something else when it runs again',
    ])
    expect(diagnostics.find(d => d.rule === 'not-deterministic')?.detail).toMatch(
      /^- first run\n\+ second run\n[\s\S]*\n-[0-9a-f-]{36}\n\+[0-9a-f-]{36}$/,
    )
  })
})
