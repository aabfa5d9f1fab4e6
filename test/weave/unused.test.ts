/** Files in the content folder that nothing uses are named; those that something uses are not. */
import { afterEach, describe, expect, it } from 'vitest'
import { type TestBook, testBook } from '../support/book.ts'

let book: TestBook | undefined
afterEach(async () => {
  await book?.close()
  book = undefined
})

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
const user = [
  '# 甲',
  '',
  '```ts exec',
  '//| inputs: read.csv',
  "import csv from '../_data/set/x.csv'",
  "import { y } from './lib.ts'",
  "import type { Z } from './types.ts'",
  'const z: Z = csv.length + y',
  'z',
  '```',
  '',
  '![图](img/a.svg) [文](b.pdf)',
  '',
].join('\n')
const used = {
  'zh/01-a.md': user,
  'zh/img/a.svg': svg,
  'zh/b.pdf': '%PDF',
  'zh/read.csv': '1',
  'zh/lib.ts': "export { y } from './deep.ts'\n",
  'zh/deep.ts': 'export const y = 1\n',
  'zh/types.ts': 'export type Z = number\n',
  'zh/env.d.ts': 'declare const nothing: number\n',
  '_data/set/x.csv': '1,2',
  '_data/set/ORIGIN.md': 'made by make.py',
  '_data/set/make.py': '',
  LICENSE: 'MIT',
  'references.bib': '',
  'titles.json': '{"zh": "书"}',
  'book.config.ts': "import titles from './titles.json'\nexport default { title: titles.zh }\n",
  'README.md': '# about\n',
  '_scratch/notes.csv': '',
  'zh/.hidden': '',
}

it('imported, read, shown and linked files, and those that are about others, are used', async () => {
  book = await testBook(used)
  expect((await book.build()).lines).toEqual([])
})

describe('what nothing uses', () => {
  it('is a warning that says what to do, in build and in check, also when nothing else has changed', async () => {
    book = await testBook({ 'zh/01-a.md': '# 甲\n\n文\n' })
    expect((await book.build()).lines).toEqual([])
    await book.write({
      'zh/img/forgotten.png': '',
      'zh/data.csv': '',
      '_data/set/y.csv': '',
      'zh/n.ipynb': '{}',
      'zh/q.qmd': '',
      'zh/x.mdx': '',
      'zh/r.rst': '',
      'zh/_category_.json': '{}',
      '_quarto.yml': '',
    })
    const expected = [
      '_data/set/y.csv warning file-unused: no chapter uses this file',
      '_quarto.yml warning file-unused: this file is another tool’s, and nobody reads it',
      'zh/_category_.json warning file-unused: this file is another tool’s, and nobody reads it',
      'zh/data.csv warning file-unused: no chapter uses this file',
      'zh/img/forgotten.png warning file-unused: no chapter uses this file',
      'zh/n.ipynb warning file-unused: this file is no chapter, and nobody reads it',
      'zh/q.qmd warning file-unused: this file is no chapter, and nobody reads it',
      'zh/r.rst warning file-unused: this file is no chapter, and nobody reads it',
      'zh/x.mdx warning file-unused: this file is no chapter, and nobody reads it',
    ]
    const built = await book.build()
    expect(built.lines).toEqual(expected)
    expect(built.diagnostics.slice(2, 6).map(d => d.help)).toEqual([
      'Folders come by the names and the `order` of what is in them: remove it.',
      'Import it in a cell, name it in `inputs:`, or link to it; or remove it. Names that begin with `_` are left alone.',
      'Show it or link to it; or remove it.',
      'Chapters are Markdown: `jupyter nbconvert --to markdown` makes one of it.',
    ])
    expect((await book.check()).lines).toEqual(expected)
  })

  it('is not guessed at while a chapter has errors, but for other tools’ documents', async () => {
    book = await testBook({
      'zh/01-a.md': "# 甲\n\n```ts exec\nimport csv from './x.csv'\nconst n: string = csv.length\n```\n",
      'zh/x.csv': '1',
      'zh/n.ipynb': '{}',
    })
    const { lines } = await book.build()
    expect(lines.filter(line => line.includes('file-unused'))).toEqual([
      'zh/n.ipynb warning file-unused: this file is no chapter, and nobody reads it',
    ])
  })

  it('is not what a draft will use', async () => {
    book = await testBook({
      'zh/01-a.md': '# 甲\n\n文\n',
      'zh/02-b.md': '---\ndraft: true\n---\n\n![图](later.png)\n',
      'zh/later.png': '',
    })
    expect((await book.build()).lines).toEqual([])
  })
})
