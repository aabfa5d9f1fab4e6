/** What is read of a content folder, which book it belongs to, and what is said of the rest. */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { placed } from '../../../../src/weave/source/folder/place.ts'
import { readChapters } from '../../../../src/weave/source/folder/read.ts'
import { type TestBook, testBook } from '../../../support/book.ts'

let book: TestBook | undefined
afterEach(async () => {
  await book?.close()
  book = undefined
})

const open = async (files: Readonly<Record<string, string>>): Promise<TestBook> => {
  book = await testBook(files)
  return book
}

const read = async (
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
) => {
  const { content } = await open(files)
  for (const [name, target] of Object.entries(links)) await symlink(target, join(content, name))
  const { value, diagnostics } = await readChapters(content, { root: content })
  return {
    chapters: value.map(c => `${c.book || '.'}: ${c.slug}`),
    said: diagnostics.map(d => `${d.file} ${d.severity} ${d.rule}: ${d.message}`),
    helps: diagnostics.map(d => d.help),
  }
}

const a = '# A\n'

describe('a content folder', () => {
  it('holds a folder for each book, and folders in a book are parts of it', async () => {
    const { chapters, said } = await read({
      'zh/01-a.md': a,
      'zh/part/02-b.md': a,
      'zh/part/deep/c.md': a,
      'en/a.md': a,
    })
    expect(chapters).toEqual(['en: a', 'zh: 01-a', 'zh: part/02-b', 'zh: part/deep/c'])
    expect(said).toEqual([])
  })

  it('may be full of what is not read: README.md, names with _ and ., images, LICENSE', async () => {
    const { chapters, said } = await read({
      'zh/01-a.md': a,
      'README.md': a,
      'zh/readme.md': a,
      'zh/part/Readme.md': a,
      '_drafts/b.md': a,
      'zh/_b.md': a,
      '.obsidian/b.md': a,
      'zh/_data/notes.md': a,
      'zh/data/ORIGIN.md': a,
      'img/a.png': '',
      'node_modules/x/b.md': a,
    })
    expect(chapters).toEqual(['zh: 01-a'])
    expect(said).toEqual([])
  })

  it('takes any other name for a chapter’s, if it ends in .md', async () => {
    const names = ['changelog', 'license', 'authors', 'origin', 'citation', 'book.config', 'summary']
    const { chapters } = await read(Object.fromEntries(names.map(name => [`zh/${name}.md`, a])))
    expect(chapters.sort()).toEqual(names.map(name => `zh: ${name}`).sort())
  })

  it.each([
    ['zh/X.MD', 'this chapter is not read: names of chapters end in .md', 'X.md'],
    ['zh/X.Md', 'this chapter is not read: names of chapters end in .md', 'X.md'],
    ['zh/x.markdown', 'this chapter is not read: names of chapters end in .md', 'x.md'],
    ['zh/x.mkd', 'this chapter is not read: names of chapters end in .md', 'x.md'],
    ['zh/Index.md', 'this file is not read: the text of a start page is called index.md', 'index.md'],
    ['zh/_index.md', 'this file is not read: the text of a start page is called index.md', 'index.md'],
    ['INDEX.MD', 'this file is not read: the text of a start page is called index.md', 'index.md'],
  ])('does not pass over %s without a word', async (name, message, right) => {
    const { chapters, said, helps } = await read({ 'zh/01-a.md': a, [name]: a })
    expect(chapters).toEqual(['zh: 01-a'])
    expect(said).toEqual([`${name} error chapter-name: ${message}`])
    expect(helps).toEqual([`Rename it to ${right}, or put it into a folder whose name begins with \`_\`.`])
  })

  it('without chapters is an error', async () => {
    expect((await read({ 'img/a.png': '' })).said).toEqual([
      '. error content-empty: there are no chapters in this folder',
    ])
  })
})

describe('links of the file system', () => {
  it('are followed to files and to folders elsewhere, each once', async () => {
    const { folder, content } = await open({ 'zh/01-a.md': a })
    await mkdir(join(folder, 'else/deep'), { recursive: true })
    await writeFile(join(folder, 'else/deep/03-c.md'), a)
    await symlink('..', join(folder, 'else/deep/round'))
    await symlink(join(folder, 'else'), join(content, 'zh/else'))
    await symlink('01-a.md', join(content, 'zh/02-b.md'))
    const { value, diagnostics } = await readChapters(content, { root: content })
    expect(value.map(c => c.slug)).toEqual(['01-a', '02-b', 'else/deep/03-c'])
    expect(diagnostics).toEqual([])
  })

  it('that lead round, or twice to the same chapters, or nowhere, are said and not followed', async () => {
    const { chapters, said } = await read(
      { 'zh/01-a.md': a, 'zh/img/x.svg': '' },
      { 'zh/up': '..', self: '.', en: 'zh', pictures: 'zh/img', 'zh/gone.md': 'nowhere.md' },
    )
    expect(chapters).toEqual(['zh: 01-a'])
    expect(said).toEqual([
      'zh/gone.md warning link-broken: this link of the file system leads nowhere',
      'en warning link-round: this link leads back to zh: its chapters are read only there',
      'self warning link-round: this link leads back to .: its chapters are read only there',
      'zh/up warning link-round: this link leads back to .: its chapters are read only there',
    ])
  })
})

describe('the book of a chapter', () => {
  const books = (paths: readonly string[], named: readonly string[] = []) =>
    placed(paths, named).map(p => `${p.book || '.'}: ${p.slug}`)

  it('is its first folder', () => {
    expect(books(['index.md', 'zh/a.md', 'zh/b/c.md', 'guide/a.md'])).toEqual([
      '.: index',
      'zh: a',
      'zh: b/c',
      'guide: a',
    ])
  })

  it('is the content folder where chapters lie in it, but for languages and what the configuration names', () => {
    expect(books(['a.md', 'part/b.md', 'api/c.md', 'en/d.md', 'guide/e.md'], ['guide'])).toEqual([
      '.: a',
      '.: part/b',
      '.: api/c',
      'en: d',
      'guide: e',
    ])
  })
})
