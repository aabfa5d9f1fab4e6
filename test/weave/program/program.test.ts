/** Chapter → module: what is blanked, what is marked, and what the marks must not break. */
import { describe, expect, it } from 'vitest'
import { toProgram } from '../../../src/weave/program/program.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'

const program = (text: string) =>
  toProgram(parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text }).value)

const chapter = `---
title: 一
---

文字 \`{ts} a\` 与 $x$。

\`\`\`ts exec
import { readFileSync } from 'node:fs'
const a = 1
a // 值
\`\`\`

- 列表
  \`\`\`ts exec
  //| label: b
  const b = a
  ;[b]
  \`\`\`

> \`\`\`ts check
> import { join } from 'node:path'
> const c: number = b
> \`\`\`
`

describe('the blanked module', () => {
  const { types, code = '', files } = program(chapter).value

  it('keeps every line of code at its line and column, for the compiler and for the run', () => {
    const wanted = chapter.split('\n')
    for (const text of [types, code])
      for (const [i, line] of text.split('\n').entries()) {
        const before = wanted[i] ?? ''
        for (const statement of [
          'const a = 1',
          'a // 值',
          'const b = a',
          ';[b]',
          "import { readFileSync } from 'node:fs'",
        ])
          if (line.includes(statement)) expect(line.indexOf(statement)).toBe(before.indexOf(statement))
      }
    expect(types.split('\n')).toHaveLength(wanted.length)
    expect(code.split('\n')).toHaveLength(wanted.length)
  })

  it('holds no prose, and leaves out of the run what is only checked', () => {
    for (const word of ['文字', '列表', '标', 'title']) expect(types).not.toContain(word)
    for (const text of [types, code]) expect(text).not.toContain('const c: number = b')
  })

  it('has a cell with an import as a file of its own, at its place, with what it needs of the cells before', () => {
    expect(files.map(f => f.cell.index)).toEqual([2])
    const [{ text }] = files
    const at = chapter.split('\n').indexOf('> const c: number = b')
    expect(text.split('\n')[at]).toBe('  const c: number = b')
    expect(text).toContain('import{b}from"./a.md.ts";')
    expect(types).toMatch(/;export\{b\}$/)
  })

  it('keeps an inline expression at its column', () => {
    expect(types.split('\n')[4].indexOf('a')).toBe(chapter.split('\n')[4].indexOf('a'))
  })
})

const said = (text: string) =>
  program(text).diagnostics.map(
    d => `${d.range?.start.line}:${d.range?.start.column} ${d.severity} ${d.rule}: ${d.message}`,
  )

describe('what a cell may not say', () => {
  it.each([
    [
      "```ts exec\n//| error: true\nconst a = 1\nimport { x } from 'y'\n```\n",
      '4:1 error import-order: an import after other statements in a cell with its own scope',
    ],
    [
      '```ts exec\n//| error: true\nexport const a = 1\n```\n',
      '3:1 error cell-scope: an export in a cell with `error:`, which has a scope of its own',
    ],
    [
      '```ts exec\n//| error: true\nnamespace N {}\n```\n',
      '3:1 error cell-scope: a namespace in a cell with `error:`, which has a scope of its own',
    ],
    [
      '```ts exec\nconst __unroll = 1\n```\n',
      "2:7 error name-reserved: the name __unroll is the pipeline's own",
    ],
    ['`{ts} __i(1)`\n', "1:7 error name-reserved: the name __i is the pipeline's own"],
    [
      '```ts exec\nusing a = f()\n```\n\n```ts exec\nconst b = a.c\n```\n',
      '6:11 error using-ended: a was disposed of at the end of its cell (line 1)',
    ],
    [
      '```ts exec\nusing a = f()\n```\n\n值 `{ts} a.b`\n',
      '5:9 error using-ended: a was disposed of at the end of its cell (line 1)',
    ],
    [
      '```ts exec\nconst f = () => [import.meta.url]\n```\n',
      '2:18 error import-meta: `import.meta` speaks of the file that runs, which is not the chapter',
    ],
    ['```ts check\nimport.meta.url\n```\n', undefined],
    ['```ts exec\nfunction F() { return new.target }\n```\n', undefined],
    [
      '```ts exec\nreturn 1\n```\n',
      "2:1 error syntax: A 'return' statement can only be used within a function body.",
    ],
  ])('%j', (text, expected) => {
    expect(said(text)).toEqual(expected === undefined ? [] : [expected])
  })

  it('does not include a name of `using` that a later cell binds anew, or the name of a member', () => {
    const text = '```ts exec\nusing a = f()\n```\n\n```ts exec\n[1].map(a => a + 1)\nb.a\n```\n'
    expect(said(text)).toEqual([])
  })
})
