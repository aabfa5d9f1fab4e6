/** Records: text is compared exactly, each number on its own. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareWithRecord } from '../../../src/weave/record/compare.ts'
import { agree, splitNumbers } from '../../../src/weave/record/numbers.ts'
import { formatRecord, parseRecord } from '../../../src/weave/record/record.ts'
import { noOutputs, type Outputs } from '../../../src/weave/run/output.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'
import { type TestBook, testBook } from '../../support/book.ts'

describe('numbers', () => {
  it('a number printed by JavaScript is found again, with its value, among words', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), x => {
        const { numbers, words } = splitNumbers(`值是 ${x} 吗`)
        expect(numbers).toEqual([Object.is(x, -0) ? 0 : x])
        expect(words).toBe('值是 \0 吗')
      }),
    )
  })

  it.each([
    ['h1 x2y #6fa8dc', [1, 2, 6, 8]],
    ['a-1 b=-2 (3) [4,5]', [-1, -2, 3, 4, 5]],
    ['M0,1.5L-2,3e-7', [0, 1.5, -2, 3e-7]],
    ['NaN Infinity −1', [Number.NaN, Number.POSITIVE_INFINITY, -1]],
    ['12px 3%', [12, 3]],
  ])('%j holds %j', (text, numbers) => {
    expect(splitNumbers(text).numbers).toEqual(numbers)
  })

  it('numbers agree to a relative tolerance, and round zero to an absolute one', () => {
    expect(agree(1, 1 + 0.9e-9, 1e-9)).toBe(true)
    expect(agree(1, 1 + 1.1e-9, 1e-9)).toBe(false)
    expect(agree(1e300, 1.1e300, 1e-9)).toBe(false)
    expect(agree(1e-16, -3e-15, 1e-9)).toBe(true)
    expect(agree(Number.NaN, Number.NaN, 1e-9)).toBe(true)
    expect(agree(Number.NaN, 1, 1e-9)).toBe(false)
  })
})

it('a record reads back as it was written, whatever the text', () => {
  const text = fc.string({ unit: 'grapheme' }).map(s => s.replaceAll('\r', ''))
  const output = fc.oneof(
    fc.record({ output_type: fc.constant('stream' as const), name: fc.constant('stdout' as const), text }),
    fc.record({
      output_type: fc.constant('display_data' as const),
      data: fc.record({ 'text/plain': text, 'application/json': fc.jsonValue() }),
      metadata: fc.constant({}),
    }),
  )
  const cells = fc.array(fc.record({ cell: text, outputs: fc.array(output) }))
  fc.assert(
    fc.property(cells, fc.array(fc.record({ expression: text, text })), (cells, inlines) => {
      const record = { cells, inlines }
      const plain: unknown = JSON.parse(JSON.stringify(record))
      expect(parseRecord(formatRecord(record))).toEqual(plain)
    }),
  )
})

describe('check', () => {
  const chapter = (value: string, options = '') =>
    `# 一\n\n\`\`\`ts exec\n//| label: one\n${options}const v = ${value}\nconsole.log('值', v)\n\`\`\`\n\n值 \`{ts} v\`。\n`
  let book: TestBook
  const path = () => join(book.content, '_records/a.json')

  beforeAll(async () => {
    book = await testBook({ 'a.md': chapter('0.25') })
  })
  afterAll(() => book.close())

  it('asks for a record, writes it, and holds', async () => {
    expect((await book.check()).lines).toEqual([
      expect.stringMatching(/^a\.md:3:1 error record-missing: this chapter has outputs but no record/),
    ])
    expect((await book.check({ update: true })).value.updated).toHaveLength(1)
    expect((await book.check()).lines).toEqual([])
    expect((await book.check({ update: true })).value.updated).toEqual([])
  })

  it('shows the difference at the cell and at the inline value', async () => {
    await book.write({ 'a.md': chapter('0.26') })
    const { text } = await book.check()
    expect(text.replaceAll(/^.*a\.md:/gm, 'a.md:')).toMatchInlineSnapshot(`
      "a.md:3:1 error record-differs: one no longer gives its recorded output: 0.25 became 0.26, relative difference 3.8e-2, tolerance 1e-9
      > 3 | \`\`\`ts exec
          | ^^^^^^^^^^
        4 | //| label: one
        - recorded
        + now
         [stdout]
        -值 0.25
        +值 0.26
        help: If the new output is right, accept it: npm run check -- --update

      a.md:9:9 error record-differs: \`v\` recorded "0.25", now "0.26"
      >  9 | 值 \`{ts} v\`。
           |          ^
        help: If the new output is right, accept it: npm run check -- --update"
    `)
  })

  it('lets pass what the tolerance allows, and what is volatile', async () => {
    await book.write({ 'a.md': chapter('0.25 * (1 + 1e-10)').replace('`{ts} v`', '`{ts} 0.25`') })
    expect((await book.check()).lines.filter(l => l.includes('one'))).toEqual([])
    await book.write({ 'a.md': chapter('0.26', '//| tolerance: 0.1\n') })
    expect((await book.check()).lines.filter(l => l.includes('one'))).toEqual([])
    await book.write({ 'a.md': chapter('Date.now()', '//| volatile: true\n') })
    expect((await book.check()).lines.filter(l => l.includes('no longer'))).toEqual([])
  })

  it('reports a broken record, and records of chapters that are gone', async () => {
    await book.write({ 'a.md': chapter('0.25') })
    const good = await readFile(path(), 'utf8')
    await writeFile(path(), '{ not json')
    expect((await book.check()).lines).toEqual([
      expect.stringMatching(/^_records\/a\.json error record-broken: /),
    ])
    await writeFile(path(), good)
    await book.write({ '_records/gone.json': good })
    expect((await book.check()).lines).toEqual([
      '_records/gone.json warning record-orphan: this record belongs to no chapter',
    ])
    expect((await book.check({ update: true })).value.updated).toHaveLength(1)
    expect((await book.check()).lines).toEqual([])
  })
})

describe('a record that holds nothing', () => {
  const chapter = parseChapter({
    file: 'a.md',
    path: '/a.md',
    book: '',
    slug: 'a',
    text: '```ts exec\nconst a = 1\n```\n\n```ts exec\na\n```\n\n`{ts} a`\n',
  }).value
  const empty = { cells: [], inlines: [] }
  const found = (outputs: Outputs, record: typeof empty | null = empty, of = chapter) =>
    compareWithRecord(of, outputs, record ?? undefined, '_records/a.json').map(
      d => `${d.range?.start.line} ${d.severity} ${d.rule}: ${d.message}`,
    )
  const absent = 'did not run, and nothing says why: a fault of unroll'
  const all = [
    `1 error not-run: this cell ${absent}`,
    `5 error not-run: this cell ${absent}`,
    `9 error not-run: this inline expression ${absent}`,
  ]

  it('is not accepted for a chapter of which nothing ran, nor is none', () => {
    expect(found(noOutputs)).toEqual(all)
    expect(found(noOutputs, null)).toEqual(all)
    expect(found({ cells: { 0: [] }, inlines: { 0: '1' }, verdicts: {} })).toEqual([all[1]])
  })

  it('is a warning for a chapter whose cells show nothing, and an error when they show something', () => {
    const quiet = { ...chapter, cells: chapter.cells.slice(0, 1), inlines: [] }
    const nothing = { cells: { 0: [] }, inlines: {}, verdicts: {} }
    expect(found(nothing, empty, quiet)).toEqual([
      '1 warning record-empty: _records/a.json is empty: this chapter shows nothing',
    ])
    expect(found(nothing, null, quiet)).toEqual([])
    const printed = { output_type: 'stream', name: 'stdout', text: '1' } as const
    expect(found({ ...nothing, cells: { 0: [printed] } }, empty, quiet)).toEqual([
      '1 error record-differs: cell-1 no longer gives its recorded output: nothing was recorded',
    ])
  })
})
