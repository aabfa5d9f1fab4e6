/** Front matter in the forms that tools have for it: read, or said; never a part of the text. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseChapter } from '../../../../src/weave/source/parse.ts'

const parse = (text: string) => parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })

/** `2:1 warning key-unknown: unknown key: titel | Did you mean …` */
const said = (text: string, help = true) =>
  parse(text).diagnostics.map(d => {
    const { line, column } = d.range?.start ?? { line: 0, column: 0 }
    return `${line}:${column} ${d.severity} ${d.rule}: ${d.message}${help ? ` | ${d.help}` : ''}`
  })
const bodyOf = (text: string) => text.slice(parse(text).value.bodyStart)

describe('front matter is read', () => {
  it.each([
    ['between dashes', '---\ntitle: a\n---\nx'],
    ['after blank lines', '\n \n---\ntitle: a\n---\nx'],
    ['after a byte order mark', '\ufeff---\ntitle: a\n---\nx'],
    ['with Windows line ends', '---\r\ntitle: a\r\n---\r\nx'],
    ['between more dashes', '----\ntitle: a\n----\nx'],
    ['between dashes of two lengths', '---\ntitle: a\n-----\nx'],
    ['closed as YAML closes a document', '---\ntitle: a\n...\nx'],
    ['indented', '  ---\n  title: a\n  ---\nx'],
    ['with its language', '---yaml\ntitle: a\n---\nx'],
    ['with its language apart', '--- yaml\ntitle: a\n---\nx'],
    ['with a comment behind the dashes', '--- # head\ntitle: a\n---\nx'],
    ['with blank lines and comments', '---\n\n# which\ntitle: a\n\n---\nx'],
    ['with a value over blank lines', '---\ntitle: "a\n\n  "\n---\nx'],
    ['as a flow mapping', '---\n{title: a}\n---\nx'],
    ['with dashes inside a value', '---\ntitle: |\n  a\n---\nx'],
    ['without a line above, as Hexo has it', 'title: a\n---\nx'],
    ['in TOML', '+++\ntitle = "a"\n+++\nx'],
    ['in TOML without a line above', 'title = "a"\n+++\nx'],
    ['in TOML between dashes', '---toml\ntitle = "a"\n---\nx'],
    ['in JSON', '{\n\t"title": "a"\n}\nx'],
    ['in JSON on one line', '{ "title": "a" }\nx'],
    ['in JSON between semicolons', ';;;\n{"title": "a"}\n;;;\nx'],
    ['in JSON without braces', ';;;\n"title": "a"\n;;;\nx'],
    ['in JSON above semicolons', '"title": "a",\n;;;\nx'],
    ['in JSON between dashes', '---json\n{"title": "a"}\n---\nx'],
  ])('%s', (_, text) => {
    expect(said(text)).toEqual([])
    expect(parse(text).value.frontMatter).toEqual({ title: 'a' })
    expect(bodyOf(text)).toBe('x')
  })

  it('and may be empty, or all commented out', () => {
    for (const text of ['---\n---\nx', '---\n\n---\nx', '---\n# title: a\n---\nx']) {
      expect(said(text)).toEqual([])
      expect(bodyOf(text)).toBe('x')
    }
  })
})

describe('a line across the page at the head of a chapter is one', () => {
  it.each([
    '---\n\nProse: it has a colon.\n\n---\n\nx',
    '---\nProse.\n---\nx',
    '---\n\nWe meet on this\ndate: next week.\n\n---\nx',
    '---\n\n# A heading\n\n---\n\nx',
    '---\n\n- a list\n\n---\n\nx',
    '---\n\nProse.\n\n```yaml\ntitle: shown\n```\n\n---\nx',
    '***\n\ntitle\n',
    '+++\n\nx',
    '{1, 2} is a set.',
    '{\n',
    'Note: the first word.\n---\nx',
    '<!-- Note: nothing -->\nx',
    '```yaml\ntitle: shown\n```\nx',
  ])('%j', text => {
    expect(said(text)).toEqual([])
    expect(bodyOf(text)).toBe(text)
  })
})

describe('what nearly is front matter is said', () => {
  it.each([
    [
      '---\ntitle: a\n\nx',
      '1:1 error front-matter-unclosed: the front matter that begins here does not end | Close it with a line that holds `---` alone. For a line across the page write `***`.',
    ],
    [
      '---\ntitle: a\n\nProse.\n\n---\n\nx',
      '1:1 error front-matter-unclosed: the front matter that begins here does not end | Close it with a line that holds `---` alone. For a line across the page write `***`.',
    ],
    [
      '+++\ntitle = "a"\n\nx',
      '1:1 error front-matter-unclosed: the front matter that begins here does not end | Close it with a line that holds `+++` alone.',
    ],
    [
      '{\n  "title": "a"\n\nx',
      '1:1 error front-matter-unclosed: the front matter that begins here does not end | Close it with a line that holds `}` alone.',
    ],
    [
      '---\ntitle: a\n--\n\nx',
      '3:1 error front-matter-fence: the front matter ends with `---`, got `--` | Write `---`.',
    ],
    [
      '---\ntitle: a\n———\n\nx',
      '3:1 error front-matter-fence: the front matter ends with `---`, got `———` | Write `---`.',
    ],
    [
      '---\ntitle: a\n  ---\n\nx',
      '3:3 error front-matter-fence: the line that ends the front matter is indented | Begin it where the first line begins.',
    ],
    [
      '———\ntitle: a\n———\nx',
      '1:1 error front-matter-fence: front matter begins with `---`, got `———` | Write `---` on the line above and on the line below `title: a` and what belongs to it.',
    ],
    [
      '- - -\ntitle: a\n- - -\nx',
      '1:1 error front-matter-fence: front matter begins with `---`, got `- - -` | Write `---` on the line above and on the line below `title: a` and what belongs to it.',
    ],
    [
      '---js\n{title: "a"}\n---\nx',
      '1:1 error front-matter-fence: expected `---` alone, got `---js` | Front matter is YAML between two lines `---`, TOML between two lines `+++`.',
    ],
    [
      '{ "title": "a" } x',
      '1:1 error front-matter-fence: nothing may stand behind the last brace of front matter | Begin the text on the next line.',
    ],
    [
      '---\n- a\n- b\n---\nx',
      '2:1 error front-matter-list: expected `key: value` lines, got a list | Write `tags:` above it, or `***` for a line across the page.',
    ],
    [
      '---\n\n## title: 我的第一章\n\nx',
      '3:1 error front-matter-heading: this heading was the front matter: a formatter has changed it | Write `---`, `title: 我的第一章`, `---` on lines of their own.',
    ],
    [
      'Title: a\nDate: 2026-02-05\n\nx',
      '1:1 error front-matter-unopened: these lines look like front matter, but none of them says that it begins | Write `---` on a line above and on a line below them.',
    ],
    [
      '% A title\n% An author\n\nx',
      '1:1 error front-matter-fence: a title block of Pandoc is not read here | Write front matter: `---`, `title: …`, `---` on lines of their own.',
    ],
    [
      '#+TITLE: a\n\nx',
      '1:1 error front-matter-fence: a keyword of Org is not read here | Write front matter: `---`, `title: …`, `---` on lines of their own.',
    ],
    [
      '<!--\n---\ntitle: a\n---\n-->\nx',
      '1:1 warning front-matter-commented: this comment looks like front matter, and is not read | Take it out of `<!-- -->`, between two lines `---`; or remove it.',
    ],
    [
      '```yaml\n---\ntitle: a\n---\n```\nx',
      '1:1 warning front-matter-fenced: this code block looks like front matter, and is not read | Take it out of the code block. If the chapter shows it, let the chapter begin with a sentence.',
    ],
    [
      '# H\n\n---\ntitle: a\ntags:\n  - b\n---\nx',
      '3:1 error front-matter-misplaced: front matter stands at the head of a file: here it would be printed | Move it up, above everything else; for a line across the page write `***`.',
    ],
    [
      '---\ntitle: a\n---\n\n---\ntitle: b\n---\nx',
      '5:1 error front-matter-misplaced: front matter stands at the head of a file: here it would be printed | Move it up, above everything else; for a line across the page write `***`.',
    ],
    [
      '---\ntitle:a\norder: 2\n---\nx',
      '2:6 error yaml: expected a colon and a space, got a colon alone | Write `title: …`.',
    ],
    [
      '---\ntitle：a\n---\nx',
      '2:6 error yaml: expected a colon and a space, got a full-width colon | Write `title: …`.',
    ],
    [
      '+++\ntitle = a\n+++\nx',
      '2:9 error toml: invalid value | It is TOML: `key = value`, texts in quotes, lists in brackets.',
    ],
    [
      '---\ntags: #rnn\n---\nx',
      '2:1 warning key-comment: tags: everything behind the # is a comment: "rnn" | Put the value into quotes if it belongs to it: `tags: "… #…"`.',
    ],
    [
      '---\ntitle: Learning C # in depth\n---\nx',
      '2:1 warning key-comment: title: everything behind the # is a comment: "in depth" | Put the value into quotes if it belongs to it: `title: "… #…"`.',
    ],
  ])('%j', (text, expected) => {
    expect(said(text)).toEqual([expected])
  })

  it('and what stands below it is still read for mistakes', () => {
    expect(said('---\ntitle: a\n\n```ts exec\n1\n', false)).toEqual([
      '1:1 error front-matter-unclosed: the front matter that begins here does not end',
      '4:1 error fence-unclosed: this code block is not closed: expected a line with ```',
    ])
  })
})

describe('a value has an effect', () => {
  it.each([
    ['title: 1.0', { title: '1.0' }],
    ['title: true', { title: 'true' }],
    ['title: |\n  two\n  lines', { title: 'two lines' }],
    ['title:\ntags:\ndate:\nexecute:\nauthor: ""\nlayout:\naliases:\nsummary:', {}],
    ['tags: [a, 1.0, null, a]', { tags: ['a', '1.0'] }],
    ['tags: a, b，c', { tags: ['a', 'b', 'c'] }],
    ['tags: [a]\nkeywords: b, a', { tags: ['a', 'b'] }],
    ['categories: [a, [b, c], null]', { categories: [['a'], ['b', 'c']] }],
    ['category: a', { categories: [['a']] }],
    ['author: [A, {name: B}]', { author: 'A, B' }],
    ['authors:\n  - name: {given: A, family: B}', { author: 'A B' }],
    ['order: "3"', { order: 3 }],
    ['sidebar_position: 2', { order: 2 }],
    ['weight: 2', { order: 2 }],
    ['nav_order: 2', { order: 2 }],
    ['summary: s', { description: 's' }],
    ['excerpt: s', { description: 's' }],
    ['lastmod: 2026-02-05', { updated: '2026-02-05' }],
    ['last_modified_at: 2026-02-05', { updated: '2026-02-05' }],
    ['date-modified: 2026-02-05', { updated: '2026-02-05' }],
    ['last_update: {date: 2026-02-05}', { updated: '2026-02-05' }],
    ['publishDate: 2026-02-05', { date: '2026-02-05' }],
    ['published: false', { draft: true }],
    ['published: true', { draft: false }],
    ['execute: {echo: false}', { execute: { echo: false } }],
    ['x: &x [a, b]\ntags: *x', { tags: ['a', 'b'] }],
  ])('%j', (yaml, expected) => {
    expect(parse(`---\n${yaml}\n---\nx`).value.frontMatter).toEqual(expected)
    expect(said(`---\n${yaml}\n---\nx`, false).filter(line => !line.includes('unknown key: x'))).toEqual([])
  })

  it('in TOML between dashes, below a blank line, and of a key with a space', () => {
    const toml = '---toml\ntitle = "a"\n\n[execute]\necho = false\n---\nx'
    expect(parse(toml).value.frontMatter).toEqual({ title: 'a', execute: { echo: false } })
    expect(said(toml)).toEqual([])
    expect(said('---\ntitle: a\n\nlast change: b\n---\nx', false)).toEqual([
      '4:1 warning key-unknown: unknown key: last change',
    ])
  })

  it('in TOML, with its own dates and tables', () => {
    const toml =
      'title = "a"\ndate = 2026-02-05T10:20:30Z\nweight = 3\nkeywords = ["b"]\n[execute]\necho = false\n[[authors]]\nname = "C"'
    expect(parse(`+++\n${toml}\n+++\nx`).value.frontMatter).toEqual({
      title: 'a',
      date: '2026-02-05T10:20:30',
      order: 3,
      tags: ['b'],
      execute: { echo: false },
      author: 'C',
    })
  })
})

describe('a key without an effect has one word that says what to do', () => {
  it.each([
    ['titel: a', 'key-unknown: unknown key: titel | Did you mean `title`?'],
    ['Title: a', 'key-unknown: unknown key: Title | Did you mean `title`?'],
    [
      'foo: a',
      'key-unknown: unknown key: foo | Known: title, description, date, updated, order, categories, tags, author, draft, timeout, memory, execute.',
    ],
    [
      'layout: post',
      'key-foreign: `layout` has no effect here | Every chapter has the theme’s layout (`site/layout`): remove it.',
    ],
    [
      'permalink: /a/',
      'key-foreign: `permalink` has no effect here | A chapter’s address is its file’s name: rename the file.',
    ],
    [
      'slug: a',
      'key-foreign: `slug` has no effect here | A chapter’s address is its file’s name: rename the file.',
    ],
    [
      'lang: en',
      'key-foreign: `lang` has no effect here | A book has one language: `books: [{ dir, lang }]` in `book.config.ts`.',
    ],
    [
      'cover: a.png',
      'key-foreign: `cover` has no effect here | Show it in the text: `![what it shows](img/x.png)`.',
    ],
    [
      'aliases: [/b/]',
      'key-foreign: `aliases` has no effect here | Pages have one address each: redirect old ones on your server.',
    ],
    [
      'toc: true',
      'key-foreign: `toc` has no effect here | Every page lists its sections (`##`, `###`) by itself: remove it.',
    ],
    [
      'comments: false',
      'key-foreign: `comments` has no effect here | There are no comments below chapters: remove it.',
    ],
    [
      'mathjax: true',
      'key-foreign: `mathjax` has no effect here | Formulas and diagrams need no switch: remove it.',
    ],
    [
      'sidebar_label: a',
      'key-foreign: `sidebar_label` has no effect here | The list of chapters is made of their titles and `order`: rename or reorder there.',
    ],
    [
      'format:\n  html: {toc: true}',
      'key-foreign: `format` has no effect here | The pipeline has one format, a site, and runs TypeScript: remove it.',
    ],
    [
      'echo: false',
      'key-foreign: `echo` has no effect here | What all cells of a chapter have in common stands under `execute:`, as `execute: {echo: false}`.',
    ],
    [
      'summary: a\ndescription: b',
      'key-foreign: `summary` is not used: `description` is given, too | Keep one of them.',
    ],
    [
      'author: {name: A, url: b}',
      'key-foreign: only the names of authors are shown, not `url` | Say the rest in the text, or remove it.',
    ],
    [
      'last_update: {date: 2026-02-05, author: A}',
      'key-foreign: of the last change only the date is shown | Name who made it in `author`.',
    ],
    [
      'hidden: true',
      'key-foreign: `hidden` has no effect here | Every chapter of a book is listed. One that is not to be read yet is a draft: `draft: true`.',
    ],
    [
      'date: today',
      'key-foreign: `today` is another day at every build | Write the day itself: a build gives the same pages whenever it runs.',
    ],
    [
      'published: 2026-02-05',
      'key-type: published: expected true or false, got "2026-02-05" | Write another value, or remove `published`.',
    ],
    [
      'execute: {cache: true}',
      'key-foreign: `cache` has no effect here | What has not changed is not run again, always: remove it.',
    ],
    ['execute: {ech: true}', 'key-unknown: unknown option in execute: ech | Did you mean `echo`?'],
    [
      'execute: {label: a}',
      'key-unknown: unknown option in execute: label | A label belongs to one cell: `//| label: …`.',
    ],
  ])('%j', (yaml, expected) => {
    const lines = said(`---\n${yaml}\n---\nx`)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^2:\d+ warning /)
    expect(lines[0].replace(/^\S+ warning /, '')).toBe(expected)
  })
})

describe('a date', () => {
  it.each([
    ['2026-02-05', '2026-02-05'],
    ['2013/7/13', '2013-07-13'],
    ['2013.7.13', '2013-07-13'],
    ['2013/7/13 9:05', '2013-07-13T09:05'],
    ['2013-07-13 20:46:25 +0800', '2013-07-13T20:46:25'],
    ['2013-07-13T20:46:25.123Z', '2013-07-13T20:46:25'],
    ['2024-02-29', '2024-02-29'],
    ['2013年7月13日', '2013-07-13'],
    ['July 3, 2013', '2013-07-03'],
    ['3 Jul 2013', '2013-07-03'],
    ['2013-07-13 12:05 am', '2013-07-13T00:05'],
    ['2013-7-13 1:2:3', '2013-07-13T01:02:03'],
    ['2013-07-13 20:46:25 CST', '2013-07-13T20:46:25'],
    ['Sat, 13 Jul 2013 20:46:25 GMT', '2013-07-13T20:46:25'],
    ['Sat Jul 13 2013 20:46:25 GMT+0800 (CST)', '2013-07-13T20:46:25'],
  ])('may be written %s', (written, date) => {
    expect(parse(`---\ndate: ${written}\n---\nx`).value.frontMatter).toEqual({ date })
  })

  it.each([
    ['2026-02-30', 'February 2026 has 28 days.'],
    ['2026-13-01', 'There is no month 13.'],
    ['2026-00-01', 'There is no month 00.'],
    ['2026-04-31', 'April 2026 has 30 days.'],
    ['1900-02-29', 'February 1900 has 28 days.'],
    ['Foo 3, 2013', 'There is no month Foo.'],
    ['2026-02-05 24:00', 'Times go from 00:00:00 to 23:59:59.'],
    ['2026-02-05 10:61', 'Times go from 00:00:00 to 23:59:59.'],
    ['2026-02-05T10:00:00+25:00', 'There is no time zone +25:00.'],
    ['2026-02-05 10:00 XYZ', 'Write year, month and day: 2026-02-05.'],
    ['2026-02-05 soon', 'Write year, month and day: 2026-02-05.'],
    ['20130713', 'Did you mean 2013-07-13?'],
    ['2013', 'Name the day, too: 2013-01-01.'],
    ['2013-07', 'Name the day, too: 2013-07-01.'],
    ['07/13/2013', 'Did you mean 2013-07-13?'],
    ['07/08/2013', 'Did you mean 2013-07-08 or 2013-08-07?'],
  ])('is not %s', (written, help) => {
    expect(said(`---\ndate: ${written}\n---\nx`)).toEqual([
      `2:1 error key-type: date: expected a date, such as 2026-02-05, got ${JSON.stringify(written)} | ${help}`,
    ])
  })

  it('of TOML is what is written, not what its parser makes of it', () => {
    expect(said('+++\ndate = 2026-02-30\n+++\nx')).toEqual([
      '2:1 error key-type: date: expected a date, such as 2026-02-05, got "2026-02-30" | February 2026 has 28 days.',
    ])
  })
})

describe('hostile YAML is a problem at its place, and never a crash', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`),
    'tags: *i',
  ].join('\n')
  it.each([
    [
      'execute: {constructor: 1, __proto__: 2, toString: 3}',
      ['2:11 key-unknown', '2:27 key-unknown', '2:41 key-unknown'],
    ],
    ['constructor: 1\n__proto__: 2\ntoString: 3', ['2:1 key-unknown', '3:1 key-unknown', '4:1 key-unknown']],
    ['title: *x', ['2:1 yaml']],
    ['title: &a [*a]', ['2:1 yaml']],
    ['title: !include x', ['2:8 yaml']],
    ['base: &a {title: q}\n<<: *a', ['2:1 key-unknown', '3:1 key-foreign']],
    ['? [a, b]\n: c\ntitle: x', ['2:3 key-unknown']],
    ['title: a\ntitle: b', ['3:1 key-doubled']],
    ['author: {name: a, name: b}', ['2:19 key-doubled']],
    ['execute: {echo: true, echo: false}', ['2:23 key-doubled']],
  ])('%j', (yaml, expected) => {
    const lines = said(`---\n${yaml}\n---\nx`, false)
    expect(lines.map(line => line.replace(/^(\S+) \S+ (\S+):.*$/, '$1 $2'))).toEqual(expected)
  })

  it('an alias that stands for millions of values is refused at once', () => {
    const began = performance.now()
    const lines = said(`---\n${bomb}\n---\nx`, false)
    expect(lines).toContain('11:1 error yaml: the aliases in this value stand for too much')
    expect(performance.now() - began).toBeLessThan(1000)
  })

  it('so is a list 20,000 deep', () => {
    expect(said(`---\ntags: ${'['.repeat(20_000)}\n---\nx`, false)[0]).toMatch(
      /^2:\d+ error yaml: this is nested too deeply$/,
    )
  })

  it('long heads take the time of their length: 20,000 keys, a million dashes, a text of a million characters', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `key${i}: v`).join('\n')
    const heads = [
      `---\n${keys}\n---\nx`,
      `${'-'.repeat(1e6)}\nx`,
      `${'* '.repeat(1e6)}\nx`,
      `{"title": "${'x'.repeat(1e6)}"}\nx`,
    ]
    const began = performance.now()
    expect(heads.map(text => said(text, false).length)).toEqual([20_000, 0, 0, 0])
    // Each key compared with each other took half a minute.
    expect(performance.now() - began).toBeLessThan(15_000)
  }, 40_000)

  it('so is a cell that has such keys', () => {
    expect(said('```ts exec\n//| constructor: 1\n//| __proto__: 2\n1\n```\n', false)).toEqual([
      '2:5 error option-unknown: unknown option: constructor',
      '3:5 error option-unknown: unknown option: __proto__',
    ])
  })
})

it('of 500 heads made by chance no word vanishes: it is in a value, in the body, or in a problem', () => {
  const word = fc.constantFrom('alpha', 'beta', 'gamma')
  const line = fc.oneof(
    word.map(w => `title: ${w}`),
    word.map(w => `tags: [${w}]`),
    word.map(w => `foo: ${w}`),
    word.map(w => `- ${w}`),
    word.map(w => `  ${w}`),
    word.map(w => `# ${w}`),
    word,
    fc.constantFrom('', '---', '----', '+++', '...', ';;;', '***', '{', '}'),
  )
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), lines => {
      const text = `---\n${lines.join('\n')}\n`
      const { value, diagnostics } = parse(text)
      const body = text.slice(value.bodyStart)
      for (const [i, content] of lines.entries()) {
        const found = /alpha|beta|gamma/.exec(content)?.[0]
        if (!found || content.startsWith('#')) continue
        const kept = JSON.stringify(value.frontMatter).includes(found) || body.includes(found)
        expect(kept || diagnostics.length > 0, `${JSON.stringify(text)} loses line ${i + 2}`).toBe(true)
      }
    }),
    { numRuns: 500, seed: 15 },
  )
})
