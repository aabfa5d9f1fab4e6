/** Everything that an author can do wrong, all at once: one run reports all of it, and the good site stays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Said, type TestBook, testBook } from '../support/book.ts'

const good = { 'zh/00-good.md': '# 好的一章 {#sec-good}\n\n```ts exec\n1 + 1\n```\n' }

const bad: Readonly<Record<string, string | Uint8Array>> = {
  'zh/fence.md': '# 一\n\n```ts exec\nconst a = 1\n',
  'zh/fence-in-list.md': '- 一\n  ```ts exec\n  1\n- 二\n',
  'zh/yaml.md': '---\ntitle: [一\norder: 2\n---\n\n文\n',
  'zh/key.md': '---\ntitel: 一\norder: 二\n---\n\n文\n',
  'zh/unclosed-front.md': '---\ntitle: 一\n\n文\n',
  'zh/parse.md': '# 一\n\n```ts exec\nconst a = {\n```\n\n```ts exec\nconst b = 1\nb.nothing\n```\n',
  'zh/types.md': '# 一\n\n> ```ts exec\n> const 数: number = "七"\n> ```\n',
  'zh/throws.md':
    '# 一\n\n```ts exec\nfunction inner(x: number) {\n  if (x > 1) throw new RangeError("太大")\n  return x\n}\n```\n\n```ts exec\nconst a = inner(1)\ninner(2)\n```\n',
  'zh/rejects.md':
    '# 一\n\n```ts exec\nvoid Promise.reject(new TypeError("忘了"))\n```\n\n```ts exec\n1\n```\n',
  'zh/exits.md': '# 一\n\n```ts exec\nprocess.exit(3)\n```\n',
  'zh/endless.md': '---\ntimeout: 1\n---\n\n```ts exec\nfor (;;) {}\n```\n',
  'zh/endless-cell.md': '# 一\n\n```ts exec\n//| timeout: 0.5\nwhile (true) {}\n```\n',
  'zh/heap.md':
    '---\nmemory: 100\n---\n\n```ts exec\nconst xs: number[] = []\nwhile (true) xs.push(1)\n```\n',
  'zh/buffers.md':
    '---\nmemory: 100\n---\n\n```ts exec\nconst xs: Float64Array[] = []\nwhile (true) xs.push(new Float64Array(1e6))\n```\n',
  'zh/wasm.md':
    '---\nmemory: 100\n---\n\n```ts exec\nconst memory = new WebAssembly.Memory({ initial: 1 })\ntry {\n  memory.grow(3000)\n} catch (cause) {\n  throw new Error("没有内存了", { cause })\n}\n```\n',
  'zh/prints.md': '# 一\n\n```ts exec\nwhile (true) console.log("x".repeat(1000))\n```\n',
  'zh/option.md': '# 一\n\n```ts exec\n//| lable: fig-a\n//| echo: maybe\n1\n```\n\n```ts exce\n1\n```\n',
  'zh/option-late.md': '# 一\n\n```ts exec\n1\n//| label: fig-a\n// | 只是注释\n```\n',
  'zh/many.md':
    '# 一\n\n[断](none.md)，$\\frac$。\n\n```ts exec\n//| type-error: 2322\nthrow new Error("也要说")\n```\n',
  'zh/promise.md':
    '# 一\n\n```ts exec\n//| error: RangeError\nMath.max(1)\n```\n\n```ts exec\n//| type-error: 2322\n1\n```\n',
  'zh/plantuml.md': '# 一\n\n```plantuml\n@startuml\n甲 -> 乙\n甲 ->>>>> !! 乙 (\n@enduml\n```\n',
  'zh/mermaid.md': '# 一\n\n```mermaid\nflowchart LR\n  A --> B\n  A --> --> B\n```\n',
  'zh/dot.md': '# 一\n\n```dot\ndigraph {\n  a -> \n}\n```\n',
  'zh/math.md': '# 一\n\n前面 $a + \\tahn(x)$ 后面\n\n$$\na\n\\frac{1\n$$\n\n$$未完\n',
  'zh/image.md': '# 一\n\n![图](img/none.png)\n\n![图](https://example.org/a.png)\n',
  'zh/data.md': "# 一\n\n```ts exec\nimport csv from './none.csv'\ncsv\n```\n",
  'zh/package.md': "# 一\n\n```ts exec\nimport { x } from 'no-such-package'\nx\n```\n",
  'zh/link.md': '# 一\n\n[一](00-goood.md)、[二](00-good.md#sec-godo)、[三](#无)\n',
  'zh/reference.md': '# 一\n\n见@fig-none，或 @sec-goood。\n',
  'zh/label.md': '# 一\n\n## 二 {#sec-a}\n\n## 三 {#sec-a}\n\n## 四 {#sec-good}\n',
  'zh/inline.md': '# 一\n\n值是 `{ts} 1 +`，还有 `{js} 1`。\n',
  'zh/bytes.md': Buffer.concat([Buffer.from('# 一\n\n二'), Buffer.from([0xb0, 0xa1]), Buffer.from('\n')]),
  'zh/utf16.md': Buffer.from('\ufeff# 一\n', 'utf16le'),
  'zh/empty.md': '\n \n',
}

let book: TestBook
let said: Said
let before: Readonly<Record<string, string>>

beforeAll(async () => {
  book = await testBook(good)
  const first = await book.build()
  expect(first.lines).toEqual([])
  before = await book.site()
  await book.write(bad)
  said = await book.build()
}, 120_000)

afterAll(() => book.close())

const of = (name: string) =>
  said.lines.filter(l => l.startsWith(`zh/${name}.md`)).map(l => l.replace('zh/', ''))

describe('one run of a book in which everything is wrong', () => {
  it.each(Object.keys(bad).map(name => name.slice(3, -3)))('%s is reported at its place', name => {
    expect(of(name)).toMatchSnapshot()
    expect(of(name).length).toBeGreaterThan(0)
  })

  it('says nothing about the chapter that is right', () => {
    expect(of('00-good')).toEqual([])
  })

  it('gives every error a way out', () => {
    expect(
      said.diagnostics.filter(d => !d.help && !/^TS/.test(d.rule)).map(d => `${d.file} ${d.rule}`),
    ).toEqual([])
  })

  it('leaves the last good site as it was, byte for byte', async () => {
    expect(await book.site()).toEqual(before)
  })
})

it('an empty content folder is one clear error', async () => {
  const empty = await testBook()
  expect((await empty.build()).lines).toEqual(['. error content-empty: there are no chapters in this folder'])
  await empty.close()
})
