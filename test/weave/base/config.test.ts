import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toConfig } from '../../../src/weave/base/config.ts'
import { readConfigFile } from '../../../src/weave/base/readConfig.ts'

const file = 'content/book.config.ts'

describe('a configuration', () => {
  it('is complete without a file: every folder is a book, named by its folder', () => {
    expect(toConfig(undefined, ['en', 'guide'], file)).toEqual({
      value: {
        title: 'en',
        books: [
          { dir: 'en', lang: 'en', title: 'en' },
          { dir: 'guide', lang: 'zh-CN', title: 'guide' },
        ],
        plantuml: 'core',
        macros: {},
        timeout: 120,
        memory: 2048,
        stateless: ['@observablehq/plot'],
      },
      diagnostics: [],
    })
  })

  it('keeps its own order of books, then the folders that it does not name', () => {
    const { value } = toConfig({ books: [{ dir: 'zh', title: '书' }] }, ['en', 'zh'], file)
    expect(value.books.map(b => `${b.dir}: ${b.title}`)).toEqual(['zh: 书', 'en: en'])
  })

  it.each([
    ['{"constructor": 1, "__proto__": 2, "toString": 3}', ['constructor', '__proto__', 'toString']],
    ['{"books": [{"dir": "zh", "constructor": 1}]}', ['constructor']],
  ])('takes no name that every object has for a key: %s', (json, names) => {
    const { diagnostics } = toConfig(JSON.parse(json), ['zh'], file)
    expect(diagnostics.map(d => d.message.replace(/^unknown key in [^:]*: /, ''))).toEqual(names)
  })

  it.each([
    ['zh_CN', "Did you mean 'zh-CN'?"],
    ['en_US.UTF-8', "Did you mean 'en-US'?"],
    ['中文', 'Write another value, or remove it.'],
    ['', 'Write another value, or remove it.'],
  ])('has a language that browsers know, not %s', (lang, help) => {
    const { diagnostics } = toConfig({ books: [{ dir: 'zh', lang }] }, ['zh'], file)
    expect(diagnostics.map(d => `${d.message} | ${d.help}`)).toEqual([
      `lang in books[0]: expected a language tag, such as zh-CN, got ${JSON.stringify(lang)} | ${help}`,
    ])
  })

  it.each([
    [[{ dir: 'zh' }, { dir: 'zh' }], 'books[1].dir is "zh", as that of books[0] | Keep one of them.'],
    [
      [{ dir: 'zh/part' }],
      'books[0].dir is "zh/part", a folder in the book zh | Folders in a book are parts of it: remove the entry.',
    ],
    [
      [{ dir: 'giude' }],
      'books[0].dir is "giude", but there are no chapters in it | Did you mean \'guide\'?',
    ],
    [
      [{ dir: 'en', translates: 'hz' }],
      'books[0].translates is "hz", but there are no chapters in it | Did you mean \'zh\'?',
    ],
  ])('has each folder once, and only folders that are books: %j', (books, expected) => {
    const { value, diagnostics } = toConfig({ books }, ['zh', 'en', 'guide'], file)
    expect(diagnostics.map(d => `${d.message} | ${d.help}`)).toEqual([expected])
    expect(value.books.map(b => b.dir).sort()).toEqual(['en', 'guide', 'zh'])
  })

  it('gives a folder the language of its name only where there is one', () => {
    const { value } = toConfig({ lang: 'fr' }, ['ja', 'zh-TW', 'img', 'api', 'guide'], file)
    expect(value.books.map(b => `${b.dir} ${b.lang}`)).toEqual([
      'ja ja',
      'zh-TW zh-TW',
      'img fr',
      'api fr',
      'guide fr',
    ])
  })

  it('reports every wrong key and value at once, each with a way out, and keeps the rest', () => {
    const spec = {
      titel: '书',
      timeout: '60',
      memory: -1,
      plantuml: 'server',
      macros: { '\\R': 1 },
      books: [{ dir: 'zh', langauge: 'zh' }, { title: '无' }, { dir: 'fr' }, 'en'],
    }
    const { value, diagnostics } = toConfig(spec, ['zh'], file)
    expect(diagnostics.map(d => `${d.message} | ${d.help}`)).toMatchInlineSnapshot(`
      [
        "unknown key in the configuration: titel | Did you mean \`title\`?",
        "timeout in the configuration: expected a number above 0, got "60" | Write another value, or remove it.",
        "memory in the configuration: expected a number above 0, got -1 | Write another value, or remove it.",
        "plantuml in the configuration: expected 'core' or 'jvm', got "server" | Write another value, or remove it.",
        "macros in the configuration: expected an object of texts, got {"\\\\R":1} | Write another value, or remove it.",
        "unknown key in books[0]: langauge | Known keys: dir, lang, title, subtitle, description, translates.",
        "expected an object for books[3], got "en" | Its keys: dir, lang, title, subtitle, description, translates.",
        "missing \`dir\` in books[1] | Name the folder of its chapters.",
        "books[2].dir is "fr", but there are no chapters in it | Folders with chapters: zh.",
        "missing \`dir\` in books[3] | Name the folder of its chapters.",
      ]
    `)
    expect(value).toMatchObject({
      timeout: 120,
      memory: 2048,
      stateless: ['@observablehq/plot'],
      plantuml: 'core',
      books: [{ dir: 'zh' }],
    })
  })
})

describe('a configuration file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-config-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('may be TypeScript and import data', async () => {
    await writeFile(join(folder, 'titles.json'), '{"zh": "书"}')
    await writeFile(
      join(folder, 'book.config.ts'),
      "import titles from './titles.json'\nconst title: string = titles.zh\nexport default { title }\n",
    )
    expect((await readConfigFile(folder, 'content')).value.spec).toEqual({ title: '书' })
  })

  it.each([
    ['export default { title: }\n', 'content/book.config.ts:1:25 Unexpected "}"'],
    [
      "import a from './none.ts'\nexport default a\n",
      'content/book.config.ts:1:15 Could not resolve "./none.ts"',
    ],
    ["throw new Error('早了')\nexport default {}\n", 'content/book.config.ts::  早了'],
  ])('that does not load is reported at its place: %j', async (text, expected) => {
    await writeFile(join(folder, 'book.config.ts'), text)
    const { diagnostics } = await readConfigFile(folder, 'content')
    const shown = diagnostics.map(
      d => `${d.file}:${d.range?.start.line ?? ''}:${d.range?.start.column ?? ' '} ${d.message}`,
    )
    expect(shown).toEqual([expected])
    expect(diagnostics[0].help).toBeTypeOf('string')
  })
})
