/** What no file can hold: code that an editor, or chance, hands over with half a character in it. */
import { afterAll, expect, it } from 'vitest'
import { toProgram } from '../../../src/weave/program/program.ts'
import { createTypeChecker } from '../../../src/weave/program/types.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'

const root = process.cwd()
const checker = createTypeChecker({ root, content: `${root}/content` })
afterAll(() => checker.close())

it('half a character in a cell does not keep the compiler from answering', async () => {
  const text =
    '```ts exec\nconst a: number = "\ud83d"\n```\n\n```ts check\nexport const b: number = "\ud83d"\n```\n'
  const { value } = parseChapter({ file: 'a.md', path: `${root}/content/a.md`, book: '', slug: 'a', text })
  const { diagnostics } = await checker.check([toProgram(value).value])
  const said = diagnostics.map(d => `${d.range?.start.line}:${d.range?.start.column} ${d.rule}`)
  expect(said.sort()).toEqual(['2:7 TS2322', '6:14 TS2322'])
})
