/** Notebooks: valid by Jupyter's own schema, with what the cells really gave. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Ajv } from 'ajv'
import { afterEach, expect, it } from 'vitest'
import { type Said, type TestBook, testBook } from '../support/book.ts'

let book: TestBook | undefined
afterEach(() => book?.close())

const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../fixtures/nbformat/nbformat.v4.5.schema.json'), 'utf8'),
)
delete schema.$schema // ajv knows draft 7, of which this uses nothing that draft 4 has not
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)

const fence = '```'
const chapter = [
  '---\ntitle: 一章\n---\n\n# 一章\n\n前言 $x$。\n',
  `${fence}ts exec\n//| label: sum\nconst xs = [1, 2]\nconsole.log('two\\nlines')\nxs.length\n${fence}\n`,
  '## 节 {#sec-a}\n\n长度是 `{ts} xs.length`。\n\n$$a = b$$ {#eq-a}\n',
  `${fence}ts exec\nPlot.plot({ marks: [Plot.dotX(xs)] })\n${fence}\n`,
  `${fence}ts exec\n//| error: RangeError\nnew Array(-1)\n${fence}\n`,
  `${fence}ts exec\njson({ a: 1 })\n${fence}\n`,
  `${fence}ts exec\n//| eval: false\nxs.push(3)\n${fence}\n`,
].join('\n')

it('holds prose with its values, code without options, and outputs, and passes nbformat’s schema', async () => {
  book = await testBook({ 'zh/a.md': chapter })
  const said: Said & { written: readonly string[] } = await book.notebooks()
  expect(said.lines).toEqual([])
  const notebook = JSON.parse(await readFile(join(book.folder, 'notebooks/zh/a.ipynb'), 'utf8'))
  expect(validate(notebook), JSON.stringify(validate.errors)).toBe(true)
  const cells = notebook.cells as { cell_type: string; source: string[]; outputs?: unknown[]; id: string }[]
  expect(cells.map(c => [c.cell_type, c.source.join('')])).toEqual([
    ['markdown', '# 一章'],
    ['markdown', '前言 $x$。'],
    ['code', "const xs = [1, 2]\nconsole.log('two\\nlines')\nxs.length"],
    ['markdown', '## 节\n\n长度是 2。\n\n$$a = b$$'],
    ['code', 'Plot.plot({ marks: [Plot.dotX(xs)] })'],
    ['code', 'new Array(-1)'],
    ['code', 'json({ a: 1 })'],
    ['code', 'xs.push(3)'],
  ])
  expect(cells[2].outputs).toEqual([
    { output_type: 'stream', name: 'stdout', text: ['two\n', 'lines\n'] },
    { output_type: 'execute_result', execution_count: 1, data: { 'text/plain': ['2'] }, metadata: {} },
  ])
  expect(JSON.stringify(cells[4].outputs)).toContain('image/svg+xml')
  expect(cells[5].outputs).toMatchObject([{ output_type: 'error', ename: 'RangeError' }])
  expect(cells[6].outputs).toMatchObject([{ data: { 'application/json': { a: 1 } } }])
  expect(cells[7].outputs).toEqual([])
})

it('the schema would notice: a cell without its id does not pass', () => {
  const cell = { cell_type: 'markdown', metadata: {}, source: [] }
  expect(validate({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] })).toBe(false)
})

it('a chapter that fails gets no notebook, and says why', async () => {
  book = await testBook({ 'zh/a.md': `# 一\n\n${fence}ts exec\nthrow new Error('坏')\n${fence}\n` })
  const said = await book.notebooks()
  expect(said.written).toEqual([])
  expect(said.lines).toEqual([expect.stringContaining('zh/a.md:4:7 error')])
})
