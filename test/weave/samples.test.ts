/** Samples of documents in a chapter are built as chapters of their own. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type TestBook, testBook } from '../support/book.ts'

let book: TestBook
beforeAll(async () => {
  book = await testBook()
})
afterAll(() => book.close())

const chapter = (...sample: readonly string[]) =>
  ['# A', '', '$$a$$ {#eq-a}', '', '````markdown sample', ...sample, '````', ''].join('\n')

it('a sound sample is shown as it is, and its labels are its own', async () => {
  const cell = ['```ts exec', 'const n = 1', '```']
  await book.write({
    'zh/01-a.md': chapter(
      '---',
      'title: Mine',
      '---',
      '',
      ...cell,
      '',
      '$$b$$ {#eq-a}',
      '',
      'As @eq-a says: `{ts} n`.',
    ),
  })
  const { lines } = await book.build()
  expect(lines).toEqual([])
  expect(await book.read('zh/01-a.html')).toMatch(/As @eq-a says: .*`\{ts\} n`/)
})

it('whatever is wrong in a sample is reported at its own place: text, types, formulas, links', async () => {
  const sample = [
    '---',
    'titel: Mine',
    '---',
    '',
    '$\\tahn$ and [b](02-b.md)',
    '',
    '```ts exec',
    'const n: number = "x"',
    '```',
  ]
  await book.write({ 'zh/01-a.md': chapter(...sample) })
  const { lines } = await book.check()
  expect(lines).toEqual([
    'zh/01-a.md:7:1 warning key-unknown: unknown key: titel',
    'zh/01-a.md:10:2 error math: Undefined control sequence: \\tahn',
    'zh/01-a.md:10:17 error link-broken: this link leads nowhere: 02-b.md',
    "zh/01-a.md:13:7 error TS2322: Type 'string' is not assignable to type 'number'.",
  ])
})
