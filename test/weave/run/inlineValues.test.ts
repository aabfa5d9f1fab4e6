/** What inline expressions put into sentences: values that say nothing are errors at their places. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Said, type TestBook, testBook } from '../../support/book.ts'

const setup = [
  'const row: { a: number; b?: number } = { a: 1 }',
  'const ratio = (x: number): number => (x - x) / (x - x)',
  'const word = ""',
].join('\n')

/** Expression, what stands on the page. */
const good: readonly (readonly [string, string])[] = [
  ['row.a', '1'],
  ["'文字'", '文字'],
  ['-0', '0'],
  ['1n', '1n'],
  ['true', 'true'],
  ['-Infinity', '-Infinity'],
  ['[1, [2, 3]]', '[ 1, [ 2, 3 ] ]'],
  ['Float64Array.of(1)', 'Float64Array(1) [ 1 ]'],
  ['new Date(0)', '1970-01-01T00:00:00.000Z'],
  ['/a+/', '/a+/'],
  ["({ [Symbol.for('Jupyter.display')]: () => ({ 'text/plain': '一' }) })", '一'],
  ['String(ratio(1))', 'NaN'],
  ['String(row.b)', 'undefined'],
  ['typeof row.b', 'undefined'],
  ["'NaN 不等于 NaN'", 'NaN 不等于 NaN'],
  ['JSON.stringify(row)', '{"a":1}'],
]

/** Expression, what is wrong with it. */
const bad: readonly (readonly [string, string])[] = [
  ['ratio(1)', 'is NaN'],
  ['NaN', 'is NaN'],
  ['ratio(1).toFixed(2)', 'reads NaN'],
  ["ratio(1) + '%'", 'reads NaN'],
  ["'约' + ratio(1) + '倍'", 'reads NaN'],
  ['[1, ratio(1)]', 'reads NaN'],
  ['row.b', 'is undefined or null: no value stands here'],
  ['null', 'is undefined or null: no value stands here'],
  ["'共 ' + row.b", 'reads undefined'],
  ['ratio', 'is a function'],
  ['class A {}', 'is a function'],
  ["Symbol('x')", 'is a symbol'],
  ['Promise.resolve(1)', 'is a promise'],
  ['row', 'is an object, which has no text of its own'],
  ['[row]', 'is an object, which has no text of its own'],
  ['new Map()', 'is an object, which has no text of its own'],
  ["'值' + row", 'reads [object Object]'],
  ['new Date(NaN)', 'reads Invalid Date'],
  ['word', 'is an empty text'],
  ["' '", 'is an empty text'],
  ["'x'.repeat(10_001)", 'has more than 10,000 characters'],
]

const cell = `\`\`\`ts exec\n${setup}\n\`\`\`\n`
const lines = (expressions: readonly (readonly [string, string])[]) =>
  expressions.map(([code]) => `\`{ts} ${code}\``).join('\n\n')

let book: TestBook
let said: Said

beforeAll(async () => {
  book = await testBook({ 'good.md': `${cell}\n${lines(good)}\n`, 'bad.md': `${cell}\n${lines(bad)}\n` })
  said = await book.build({ cache: `${book.folder}/cache` })
}, 60_000)

afterAll(() => book.close())

describe('a value in a sentence', () => {
  it.each(bad)('%s %s', (code, problem) => {
    const line = 7 + 2 * bad.findIndex(([c]) => c === code)
    expect(said.lines.filter(l => l.startsWith(`bad.md:${line}:`))).toEqual([
      `bad.md:${line}:7 error inline-value: \`${code}\` ${problem}`,
    ])
  })

  it('every error says what to do', () => {
    expect(said.diagnostics.filter(d => d.help === undefined)).toEqual([])
  })

  it('says so again when nothing runs', async () => {
    const again = await book.build({ cache: `${book.folder}/cache` })
    expect(again.value.statistics.cellsRun).toBe(0)
    expect(again.lines).toEqual(said.lines)
  })

  it('says so again when only another expression runs', async () => {
    await book.write({ 'bad.md': `${cell}\n${lines(bad)}\n\n\`{ts} row.a + 1\`\n` })
    const again = await book.build({ cache: `${book.folder}/cache` })
    expect(again.lines).toEqual(said.lines)
  })

  it('reads as expected where it has a text', async () => {
    expect(said.lines.filter(l => l.startsWith('good.md'))).toEqual([])
    const alone = await testBook({ 'good.md': `${cell}\n${lines(good)}\n` })
    await alone.build()
    const shown = (await alone.read('good.html')).matchAll(/<span class="value"[^>]*>([^<]*)<\/span>/g)
    const escaped = (text: string) => text.replaceAll('"', '&quot;')
    expect([...shown].map(m => m[1])).toEqual(good.map(([, text]) => escaped(text)))
    await alone.close()
  })
})
