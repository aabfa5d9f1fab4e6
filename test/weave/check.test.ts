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

describe('a number typed beside a value', () => {
  const typed = async (typed: string, value: string) => {
    book = await testBook({ 'zh/a.md': `# 一\n\n约 \`{ts=${typed}} ${value}\`。\n` })
    const { lines } = await book.build()
    return lines
  }

  it.each([
    ['0.25', '1 / 4 + 0.004'],
    ['42', '41.6'],
    ['1.5e-9', '1.46e-9'],
    ['12%', '0.1249'],
    ['-3', '-2.6'],
    ['1,000', '1000.4'],
  ])('%s stands for %s, and is what readers see', async (number, value) => {
    expect(await typed(number, value)).toEqual([])
    expect(await book?.read('zh/a.html')).toContain(`>${number}</span>`)
  })

  it.each([
    ['0.25', '0.2551', 'typed-differs: 0.25 is typed, but `0.2551` is 0.2551'],
    ['42', '42.6', 'typed-differs: 42 is typed, but `42.6` is 42.6'],
    ['1', '"viel"', 'typed-differs: 1 is typed, but `"viel"` is "viel", which is no number'],
    ['about', '1', 'inline-typed: expected a number after {ts=, got "about"'],
  ])('%s does not stand for %s', async (number, value, said) => {
    expect(await typed(number, value)).toEqual([`zh/a.md:3:3 error ${said}`])
  })
})

describe('texts for those who do not see', () => {
  it('are missed on figures, diagrams and images; with --strict that fails', async () => {
    book = await testBook({
      'zh/a.md': `# 一\n\n![](a.svg)\n\n\`\`\`dot\ndigraph { a -> b }\n\`\`\`\n\n${cell("//| label: fig-x\nhtml`<svg viewBox='0 0 1 1'></svg>`")}`,
      'zh/a.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>',
    })
    const { lines } = await book.build()
    expect(lines).toEqual([
      'zh/a.md:3:5 warning alt-missing: this image has no text',
      'zh/a.md:5:1 warning alt-missing: this diagram has neither `fig-alt`, nor `fig-cap`, nor a title',
      'zh/a.md:10:5 warning alt-missing: this figure has neither `fig-alt` nor `fig-cap`',
    ])
    await book.check({ update: true })
    expect((await book.check({ strict: true })).lines.every(l => l.includes(' error '))).toBe(true)
  })
})
