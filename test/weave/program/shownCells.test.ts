/** Cells that are only shown, cells of JavaScript, promised type errors: what the compiler is asked, and what is said of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Said, type TestBook, testBook } from '../../support/book.ts'

const fence = '```'
const cell = (code: string, head = 'ts check') => `${fence}${head}\n${code}\n${fence}\n\n`
const before = cell(
  [
    "import { join } from 'node:path'",
    'interface Shape { rows: number }',
    'let counter = 1',
    'counter = 2',
    'const step = (x: number): number => x + counter',
    'export const shape: Shape = { rows: counter }',
    'step(1)',
  ].join('\n'),
  'ts exec',
)

/** Each a chapter: what is written behind the cell above, and what is said, lines counted from there. */
const chapters: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  exports: [
    cell(
      'export interface Options { readonly shape: Shape }\nexport function run({ shape }: Options): number {\n  return step(shape.rows)\n}\nexport default run\nexport type { Shape }',
    ),
    [],
  ],
  'wrong-export': [
    cell("export const a: Shape = { rows: 'x' }\nstep('2')"),
    [
      "2:27 error TS2322: Type 'string' is not assignable to type 'number'.",
      "3:6 error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'.",
    ],
  ],
  declare: [
    cell(
      'declare const net: { forward(x: number): Shape }\ndeclare function load(): Promise<Shape>\ndeclare class Layer {}\nnet.forward(1).rows + (await load()).rows\nnew Layer()',
    ),
    [],
  ],
  'wrong-declare': [
    cell('declare const net: Shape\nnet.columns'),
    ["3:5 error TS2339: Property 'columns' does not exist on type 'Shape'."],
  ],
  modules: [
    cell(
      "declare module 'nowhere' {\n  export function f(x: number): Shape\n}\ndeclare module 'node:path' {\n  interface Extra { a: number }\n}\ndeclare global {\n  interface Window { seenByNobody: number }\n}\nwindow.seenByNobody",
    ),
    [],
  ],
  namespace: [
    cell('namespace N {\n  export const a: string = step(1)\n}'),
    ["3:16 error TS2322: Type 'number' is not assignable to type 'string'."],
  ],
  imports: [
    cell(
      "import { join, sep } from 'node:path'\nimport type { Stats } from 'node:fs'\nconst a = 1\nimport { readFileSync } from 'node:fs'\nexport const size = (s: Stats): number => s.size + a\njoin(sep, String(readFileSync))",
    ),
    [],
  ],
  'wrong-import': [
    cell("import { nothing } from 'node:path'\nimport { x } from './none.ts'"),
    [
      "2:10 error TS2305: Module '\"node:path\"' has no exported member 'nothing'.",
      "3:19 error TS2307: Cannot find module './none.ts' or its corresponding type declarations.",
    ],
  ],
  shadows: [cell("export const step = 'another'\nstep.toUpperCase()\nexport const same: Shape = shape"), []],
  'own-scope': [
    `${cell('export const mine = 1')}${cell('mine')}${cell('export const mine = "again"')}`,
    ["6:1 error TS2304: Cannot find name 'mine'."],
  ],
  later: [
    `${cell('export const a = afterwards')}${cell('const afterwards = 1', 'ts exec')}`,
    ["2:18 error TS2304: Cannot find name 'afterwards'."],
  ],
  block: [cell("const step = 'shadow'\nstep.length\ncounter = 5"), []],
  'not-run': [
    cell(
      "//| eval: false\nexport const a: string = step(1)\nimport { sep } from 'node:path'\nsep",
      'ts exec',
    ),
    ["3:14 error TS2322: Type 'number' is not assignable to type 'string'."],
  ],
  'type-errors': [
    `${cell("//| type-error: 2322, 2345\nconst a: number = 'x'\nstep('y')")}${cell("//| type-error: [TS2322, 2554]\nexport const a: number = 'x'\nstep()")}`,
    [],
  ],
  'type-errors-missing': [
    cell("//| type-error: [2322, 2345, 2554]\nconst a: number = 'x'\nstep.none"),
    [
      '2:5 error type-error-missing: expected type error TS2345, TS2554 in this cell, got TS2322, TS2339',
      "4:6 error TS2339: Property 'none' does not exist on type '(x: number) => number'.",
    ],
  ],
  'type-errors-wrong': [
    cell('//| type-error: none'),
    [
      '2:5 error option-type: type-error: expected the number of a TypeScript error, such as 2322, or a list of them, got "none"',
    ],
  ],
  javascript: [
    `${cell('function twice(x) { return 2 * x }\nlet loose = 1\nloose = "text"\ntwice(loose.none)', 'js exec')}${cell('twice(4) + step(1)', 'ts exec')}${cell("loose = 'again'\nloose", 'javascript exec')}`,
    [],
  ],
  'javascript-types': [
    cell('const a: number = 1', 'js exec'),
    ['2:7 error syntax: this is TypeScript, in a cell of JavaScript'],
  ],
  foreign: [cell('print(1)', 'python exec'), ['1:4 error cell-kind: cells are TypeScript, got python']],
}

let book: TestBook
let said: Said
const offset = before.split('\n').length - 1

beforeAll(async () => {
  book = await testBook(
    Object.fromEntries(Object.entries(chapters).map(([name, [text]]) => [`${name}.md`, before + text])),
  )
  said = await book.build({ cache: `${book.folder}/cache` })
}, 120_000)

afterAll(() => book.close())

describe('a chapter', () => {
  it.each(Object.entries(chapters))('%s', (name, [, expected]) => {
    const own = said.lines
      .filter(l => l.startsWith(`${name}.md:`))
      .map(l => l.slice(name.length + 4).replace(/^\d+/, line => String(Number(line) - offset)))
    expect(own).toEqual(expected)
  })

  it('of shown cells says the same when nothing has changed', async () => {
    expect((await book.build({ cache: `${book.folder}/cache` })).lines).toEqual(said.lines)
  })
})

it('a cell of JavaScript is run and shown as JavaScript, beside cells of TypeScript', async () => {
  const alone = await testBook({ 'a.md': before + chapters.javascript[0] })
  expect((await alone.build()).lines).toEqual([])
  const html = await alone.read('a.html')
  expect(html.match(/<div class="code" data-lang="(\w+)"/g)).toEqual([
    '<div class="code" data-lang="ts"',
    '<div class="code" data-lang="js"',
    '<div class="code" data-lang="ts"',
    '<div class="code" data-lang="js"',
  ])
  expect(html.match(/<div class="output result"><pre>([^<]*)/g)?.map(m => m.replace(/.*>/, ''))).toEqual([
    '3',
    'NaN',
    '11',
    'again',
  ])
  await alone.close()
})
