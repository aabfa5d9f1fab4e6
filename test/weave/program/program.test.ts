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
  const { types, code = '' } = program(chapter).value

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
    expect(types).toContain('const c: number = b')
    expect(code).not.toContain('const c: number = b')
  })

  it('keeps an inline expression at its column', () => {
    expect(types.split('\n')[4].indexOf('a')).toBe(chapter.split('\n')[4].indexOf('a'))
  })
})

it('an import after other statements in a checked cell is reported', () => {
  const { diagnostics } = program("```ts check\nconst a = 1\nimport { x } from 'y'\n```\n")
  expect(diagnostics.map(d => `${d.range?.start.line}:${d.range?.start.column} ${d.rule}`)).toEqual([
    '3:1 import-order',
  ])
})
