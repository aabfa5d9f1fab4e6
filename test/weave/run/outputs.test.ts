// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells under test use templates
/** What cells show, and what a run of a whole chapter promises. Real hosts, real threads. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ChapterRecord, parseRecord } from '../../../src/weave/record/record.ts'
import { type Said, type TestBook, testBook } from '../../support/book.ts'

const fence = '```'
const cells: Readonly<Record<string, string>> = {
  printed: "console.log('甲', 1)\nconsole.log({ a: 1 })\nconsole.error('乙')\nconsole.log('丙')",
  value: 'const shape = { rows: 2, columns: [1, 2] }\nshape',
  text: "'文字'",
  nothing: 'const quiet = 1',
  semicolon: '1 + 1;',
  comment: 'quiet + 1 // 加一',
  object: '({ a: 1 })',
  brackets: 'const before = 3\n;[before, 4]',
  template: 'const name = `x`;\n`${name}y`',
  awaited: 'await Promise.resolve(7)',
  let1: 'let count = 1',
  let2: 'count += 1\ncount',
  imported: "import { basename } from 'node:path'\nbasename('/a/b.txt')",
  local: "import { double } from './double.ts'\ndouble(21)",
  data: "import csv from './data.csv'\ncsv.trim().split('\\n').length",
  table: '[{ n: 1, root: Math.SQRT2 }, { n: 2, root: null }]',
  displayed: "display('先')\nhtml`<b>${'<i>'}</b>`",
  json: 'json({ a: [1, 2] })',
  own: "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/latex': '$x$', 'text/plain': 'x' }) })",
  tensor: "import { Tensor } from 'unroll/rnn'\nTensor.identity(2)",
  plot: 'Plot.plot({ width: 100, height: 60, marks: [Plot.dot([[0, 0], [1, 1]])] })',
  legend:
    "Plot.plot({ color: { legend: true }, marks: [Plot.cell([{ x: 1, v: 0 }, { x: 2, v: 1 }], { x: 'x', fill: 'v' })] })",
  random: '[Math.random(), Math.random()].map(x => x.toFixed(12))',
  meant: "//| error: TypeError\nfunction inner() {\n  throw new TypeError('故意')\n}\ninner()",
  after: "'inner' in globalThis",
  typed: "//| type-error: 2322\nconst wrong: number = '七'\nwrong",
  volatile: '//| volatile: true\nDate.now()',
  global: '(globalThis as { seen?: number }).seen ??= 1',
}
const chapter = Object.entries(cells)
  .map(([label, code]) => `${fence}ts exec\n//| label: ${label}\n${code}\n${fence}\n`)
  .join('\n')
const inlines = '\n值 `{ts} count * 2`、`{ts} "文"`、`{ts} -0`。\n\n| 表 |\n|---|\n| `{ts} shape.rows` |\n'

let book: TestBook
let said: Said
let record: ChapterRecord

beforeAll(async () => {
  book = await testBook({
    'a.md': chapter + inlines,
    'b.md': `${fence}ts exec\n[typeof (globalThis as { seen?: number }).seen, Math.random().toFixed(12)]\n${fence}\n`,
    'double.ts': 'export const double = (x: number): number => 2 * x\n',
    'data.csv': 'a,b\n1,2\n',
  })
  said = await book.check({ update: true })
  if (said.text) throw new Error(said.text)
  record = parseRecord(await readFile(join(book.content, '_records/a.json'), 'utf8'))
}, 60_000)

afterAll(() => book.close())

const outputsOf = (label: string) => record.cells.find(c => c.cell === label)?.outputs ?? []
const shown = (label: string) =>
  outputsOf(label).map(o =>
    o.output_type === 'stream' ? `${o.name}: ${o.text}` : o.output_type === 'error' ? o.traceback : o.data,
  )

describe('a chapter that shows everything', () => {
  it('runs without a complaint', () => {
    expect(said.text).toBe('')
  })

  it.each([
    ['printed', ['stdout: 甲 1\n{ a: 1 }\n', 'stderr: 乙\n', 'stdout: 丙\n']],
    ['value', [{ 'text/plain': '{ rows: 2, columns: [ 1, 2 ] }' }]],
    ['text', [{ 'text/plain': '文字' }]],
    ['nothing', []],
    ['semicolon', [{ 'text/plain': '2' }]],
    ['comment', [{ 'text/plain': '2' }]],
    ['object', [expect.objectContaining({ 'text/plain': '{ a: 1 }' })]],
    ['brackets', [{ 'text/plain': '[ 3, 4 ]' }]],
    ['template', [{ 'text/plain': 'xy' }]],
    ['awaited', [{ 'text/plain': '7' }]],
    ['let2', [{ 'text/plain': '2' }]],
    ['imported', [{ 'text/plain': 'b.txt' }]],
    ['local', [{ 'text/plain': '42' }]],
    ['data', [{ 'text/plain': '2' }]],
    ['displayed', [{ 'text/plain': '先' }, { 'text/html': '<b>&#60;i&#62;</b>' }]],
    ['json', [{ 'application/json': { a: [1, 2] }, 'text/plain': expect.stringContaining('"a"') }]],
    ['own', [{ 'text/latex': '$x$', 'text/plain': 'x' }]],
    ['meant', [['TypeError: 故意', '    at inner (cell:2:9)', '    at (cell:4:1)']]],
    ['after', [{ 'text/plain': 'false' }]],
    ['typed', [{ 'text/plain': '七' }]],
    ['volatile', []],
  ])('%s', (label, expected) => {
    expect(shown(label)).toEqual(expected)
  })

  it('a table has a head, numbers to six digits, and empty cells for null', () => {
    const [{ 'text/html': html }] = shown('table') as [{ 'text/html': string }]
    expect(html).toBe(
      '<table><thead><tr><th scope="col" class="number">n</th><th scope="col" class="number">root</th></tr></thead><tbody>' +
        '<tr><td class="number">1</td><td class="number">1.41421</td></tr>' +
        '<tr><td class="number">2</td><td></td></tr></tbody></table>',
    )
  })

  it('a tensor, a plot and a plot with a colour legend become HTML and SVG', () => {
    expect(shown('tensor')).toEqual([
      expect.objectContaining({ 'text/html': expect.stringContaining('class="tensor"') }),
    ])
    expect(shown('plot')).toEqual([{ 'image/svg+xml': expect.stringMatching(/^<svg[\s\S]*<circle/) }])
    expect(shown('legend')).toEqual([{ 'text/html': expect.stringContaining('data:image/png;base64,iVBOR') }])
  })

  it('inline expressions read values at their place in the text', () => {
    expect(record.inlines.map(i => i.text)).toEqual(['4', '文', '0', '2'])
  })

  it('Math.random gives the same numbers in every chapter and every run, and no global survives a chapter', async () => {
    const other = parseRecord(await readFile(join(book.content, '_records/b.json'), 'utf8'))
    const [first] = (shown('random') as [{ 'text/plain': string }])[0]['text/plain'].match(/0\.\d+/g) ?? []
    expect(other.cells[0].outputs).toMatchObject([{ data: { 'text/plain': `[ 'undefined', '${first}' ]` } }])
    expect((await book.check()).text).toBe('')
  })
})

describe('reuse', () => {
  // A cache of its own: this counts what runs.
  const cellsOf = async () => (await book.build({ cache: join(book.folder, 'cache') })).value.statistics

  it('an edit of prose runs nothing, an edit of an imported file runs all cells of a chapter where one reaches for globals', async () => {
    await cellsOf()
    expect(await cellsOf()).toMatchObject({ cellsRun: 0 })
    await book.write({ 'a.md': `前面添一句。\n\n${chapter}${inlines}` })
    expect(await cellsOf()).toMatchObject({ cellsRun: 0 })
    await book.write({ 'double.ts': 'export const double = (x: number): number => x + x\n' })
    expect(await cellsOf()).toMatchObject({ cellsRun: Object.keys(cells).length, cellsReused: 1 })
    await book.write({ 'data.csv': 'a,b\n1,2\n3,4\n' })
    expect(await cellsOf()).toMatchObject({ cellsRun: Object.keys(cells).length, cellsReused: 1 })
  })
})
