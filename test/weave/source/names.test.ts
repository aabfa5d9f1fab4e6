/** Names that every JavaScript object has are names like any other: no table of ours may know them. */
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { examine } from '../../../scripts/fuzz/examine.ts'
import { typesetFormulas } from '../../../src/weave/math/typeset.ts'
import { toProgram } from '../../../src/weave/program/program.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'

const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'Constructor']

/** Places where an author writes a name that we look up. */
const places: readonly string[] = [
  '::: NAME\na\n:::\n',
  '::: {.NAME}\na\n:::\n',
  '::: {.callout-NAME}\na\n:::\n',
  ':::{NAME} b\na\n:::\n',
  '> [!NAME]\n> a\n',
  '> [!NOTE]NAME\n> a\n',
  '```NAME\na\n```\n',
  '```NAME exec\n1\n```\n',
  '```{NAME}\na\n```\n',
  '```{.NAME}\na\n```\n',
  '```ts NAME\n1\n```\n',
  '```ts exec NAME\n1\n```\n',
  '```ts NAME=1\n1\n```\n',
  '```ts exec\n//| NAME: 1\n1\n```\n',
  '```ts exec\n// | NAME: 1\n1\n```\n',
  '```mermaid {NAME=1}\ngraph\n```\n',
  '```mermaid\n%%| NAME: 1\ngraph\n```\n',
  '---\nNAME: 1\n---\n\na\n',
  '---\nexecute:\n  NAME: 1\n---\n\na\n',
  '---\ntitle: {NAME: 1}\n---\n\na\n',
  '+++\nNAME = 1\n+++\n\na\n',
  ';;;\n{"NAME": 1}\n;;;\n\na\n',
  'a{NAME=1}\n\n*a*{.NAME} *b*{#NAME} *c*{NAME=1}\n',
  '# a {#NAME}\n\n## NAME\n\n[b](#NAME) @NAME @NAME-a\n',
  '[^NAME]\n\n[^NAME]: a\n',
  '[a][NAME]\n\n[NAME]: b.md\n',
  '[a](NAME) ![b](NAME) [c](NAME:d)\n',
  '<NAME>a</NAME> <a NAME="b">c</a> <img NAME="b"> <b NAME>\n',
  '<NAME>\na\n</NAME>\n',
  'a{NAME}`b` {{< NAME >}} {{ NAME }} [[NAME]] :NAME: :NAME:`a` \\NAME{a} \\NAME[b]\n',
  '\\begin{NAME}\na\n\\end{NAME}\n',
  'a \\begin{NAME}b\\end{NAME}\n',
  '$\\NAME$ $\\begin{NAME}a\\end{NAME}$ $\\text{NAME}$ $a \\mathrel{NAME} b$\n',
  '$$\na\n$$ {#eq-NAME}\n\n\\eqref{NAME:a} \\ref{NAME}\n',
  '$$\na \\label{NAME:b}\n$$\n',
  '```ts exec\n//| verify: NAME\n1\n```\n',
  '`{ts} NAME` `{NAME} a`\n',
]

const read = (text: string) => {
  const parsed = parseChapter({ file: 'a.md', path: '/a.md', book: '', slug: 'a', text })
  return { chapter: parsed.value, said: [...parsed.diagnostics, ...toProgram(parsed.value).diagnostics] }
}

describe.each(names)('%s', name => {
  it.each(places)('%j', async place => {
    const text = place.replaceAll('NAME', name)
    expect(await examine(text, resolve('.'))).toBeUndefined()
    const { chapter, said } = read(text)
    const typeset = await typesetFormulas([chapter], { macros: {} })
    const all = [...said, ...typeset.diagnostics]
    expect(JSON.stringify([all, chapter.labels, chapter.frontMatter])).not.toMatch(/native code|\[object/)
    // The same as of a word of its shape that no object has.
    const other = name.replace(/[a-z]/g, 'q').replace(/[A-Z]/g, 'Q')
    const plain = read(place.replaceAll('NAME', other)).said
    expect(said.map(d => d.rule)).toEqual(plain.map(d => d.rule))
  })
})
