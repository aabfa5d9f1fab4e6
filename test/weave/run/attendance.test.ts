// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells under test use templates
/** Whatever should run did run, or there is a diagnostic: constructs that move marks, planted faults, forged reports. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryCache } from '../../../src/weave/base/cache.ts'
import { type Bundle, bundlePrograms } from '../../../src/weave/program/bundle.ts'
import { toProgram } from '../../../src/weave/program/program.ts'
import { createPool, type Pool } from '../../../src/weave/run/pool.ts'
import { runProgram } from '../../../src/weave/run/run.ts'
import { compileRuntime } from '../../../src/weave/run/runtimeCode.ts'
import { parseChapter } from '../../../src/weave/source/parse.ts'

const root = resolve(import.meta.dirname, '../../..')
let folder: string
let pool: Pool
let runtime: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-attendance-'))
  const { host, hash } = await compileRuntime(join(root, '.cache/test/runtime'))
  runtime = hash
  pool = createPool({ host, jobs: 1, megabytes: 500, root })
})

afterAll(async () => {
  pool?.close()
  await rm(folder, { recursive: true, force: true })
})

async function prepared(text: string) {
  const path = join(folder, 'a.md')
  const { value: chapter } = parseChapter({ file: 'a.md', path, book: '', slug: 'a', text })
  const { value: program, diagnostics } = toProgram(chapter)
  const bundled = await bundlePrograms([program], { root, cache: memoryCache() })
  const bundle = bundled.value.get(program)
  if (!bundle) throw new Error(`does not bundle: ${JSON.stringify([diagnostics, bundled.diagnostics])}`)
  return { program, bundle }
}

async function run(
  text: string,
  spoil: (bundle: Bundle) => Bundle = bundle => bundle,
  cache = memoryCache(),
) {
  const { program, bundle } = await prepared(text)
  const options = {
    pool,
    cache,
    runtime,
    root,
    folder,
    macros: {},
    seconds: 10,
    megabytes: 500,
    stateless: [],
  }
  const { value, diagnostics } = await runProgram(program, spoil(bundle), options)
  const lines = diagnostics.map(
    d => `${d.range?.start.line}:${d.range?.start.column} ${d.severity} ${d.rule}: ${d.message}`,
  )
  return { ...value, lines }
}

const fence = '```'
const cell = (code: string, head = 'ts exec') => `${fence}${head}\n${code}\n${fence}\n\n`
const printed = (outputs: Awaited<ReturnType<typeof run>>['outputs'], index: number) =>
  (outputs.cells[index] ?? []).map(o =>
    o.output_type === 'stream'
      ? o.text
      : o.output_type === 'error'
        ? `${o.ename}: ${o.evalue}`
        : String(o.data['text/plain']),
  )

/** Constructs that esbuild translates, moves or leaves out, and what a second cell then shows. */
const constructs: readonly (readonly [string, string, string])[] = [
  ['using a = { v: 3, [Symbol.dispose]() {} }\nconst b = a.v', 'b', '3'],
  ['using a = null, c = undefined\nconst b = 1', 'b', '1'],
  ['await using a = { async [Symbol.asyncDispose]() {} }\nconst b = 2', 'b', '2'],
  ['const a: number[] = []\nfor (using x of [{ [Symbol.dispose]() { a.push(1) } }]) void x', 'a.length', '1'],
  ['{ using a = { [Symbol.dispose]() {} } }\nconst b = 4', 'b', '4'],
  ['enum E { A = 7, B = "b" }', 'E.A', '7'],
  ['const enum E { A = 8 }', 'E.A', '8'],
  ['namespace N { export const a = 9 }', 'N.a', '9'],
  ['export const a = 10', 'a', '10'],
  ['export default function f() { return 11 }', 'f()', '11'],
  ['export default 5', '12', '12'],
  ["export * from 'node:path'\nexport { join as j } from 'node:path'", '13', '13'],
  ['class A { static #n = 14; static get n() { return A.#n } static { A.#n++ } }', 'A.n', '15'],
  [
    'const seen: string[] = []\nconst d = (v: unknown, c: { name?: string | symbol }) => { seen.push(String(c.name)) }\n@d class A { @d m() {} @d accessor x = 1 }\nnew A()',
    'seen.join()',
    'm,x,A',
  ],
  ["const { join } = await import('node:path')", "join('a', 'b')", 'a/b'],
  ['for await (const x of [1]) void x\nouter: for (;;) { break outer }', '16', '16'],
  ['declare const nothing: number\ndeclare global { interface Window { a: number } }', '17', '17'],
  ['abstract class A { abstract m(): void }\ninterface I {}\ntype T = I', '18', '18'],
  [
    'function f(x: number): number\nfunction f(x: string): string\nfunction f(x: unknown) { return x }',
    'f(19)',
    '19',
  ],
  ['"use strict"\nvar v = typeof this', 'v', 'undefined'],
  ['/* @__PURE__ */', '20', '20'],
  ['// nothing', '21', '21'],
  ['', '22', '22'],
  ['let x = 1 // @ts-ignore', 'x', '1'],
  ['const s = `${1}`\n;`t`', 's', '1'],
]

describe('a chapter', () => {
  it.each(constructs)('runs with %j', async (first, second, expected) => {
    const { lines, ran, outputs } = await run(`${cell(first)}${cell(second)}值 \`{ts} 1 + 1\`\n`)
    expect(lines).toEqual([])
    expect(ran).toBe(2)
    expect(printed(outputs, 1)).toEqual([expected])
    expect(outputs.inlines[0]).toBe('2')
  })

  it('runs when it has inline expressions only, whatever names of CommonJS they mention', async () => {
    const { lines, outputs } = await run('值 `{ts} typeof module`、`{ts} typeof exports`\n')
    expect(lines).toEqual([])
    expect(outputs.inlines).toEqual({ 0: 'undefined', 1: 'undefined' })
  })

  it('runs what a cell calls that is declared below it, when only that cell has changed', async () => {
    const cache = memoryCache()
    const text = (n: number) =>
      `${cell(`late(${n})`)}${cell('function late(x: number) { return x + base() }')}${cell('function base() { return 10 }')}`
    expect(printed((await run(text(1), undefined, cache)).outputs, 0)).toEqual(['11'])
    const again = await run(text(2), undefined, cache)
    expect(again.lines).toEqual([])
    expect(printed(again.outputs, 0)).toEqual(['12'])
  })
})

describe('using', () => {
  const resource =
    'const open = (name: string) => ({ name, [Symbol.dispose]() { console.log(`close ${name}`) } })\n'

  it('ends with its cell, the last resource first, and what disposal prints is the cell’s', async () => {
    const { outputs, lines } = await run(
      `${cell(`${resource}using a = open('a'), b = open('b')\nconsole.log('work')`)}${cell("console.log('next')")}`,
    )
    expect(lines).toEqual([])
    expect(printed(outputs, 0)).toEqual(['work\nclose b\nclose a\n'])
    expect(printed(outputs, 1)).toEqual(['next\n'])
  })

  it('ends in a cell that promises an error, too, before the error is caught', async () => {
    const { outputs, lines } = await run(
      `${cell(resource)}${cell("//| error: RangeError\nusing a = open('a')\nthrow new RangeError('meant')")}`,
    )
    expect(lines).toEqual([])
    expect(printed(outputs, 1)).toEqual(['close a\n', 'RangeError: meant'])
  })

  it.each([
    ['using a = {} as Disposable', '2:27 error TypeError: a value of `using` has no [Symbol.dispose]()'],
    ['using a = { [Symbol.dispose]() { throw new RangeError("stuck") } }', '2:40 error RangeError: stuck'],
    [
      'await using a = { async [Symbol.asyncDispose]() { throw new RangeError("stuck") } }',
      '2:57 error RangeError: stuck',
    ],
  ])('%s is an error at its place', async (code, expected) => {
    expect((await run(cell(code))).lines).toEqual([expected])
  })
})

describe('a fault of ours', () => {
  const text = `${cell('const a = 1\na')}${cell('a + 1')}值 \`{ts} a + 2\`\n`
  const without = (pattern: RegExp) => (bundle: Bundle) => {
    const code = bundle.code.replace(pattern, '')
    expect(code).not.toBe(bundle.code)
    return { ...bundle, code }
  }
  const said = (what: string) =>
    `error not-run: this ${what} did not run, and nothing says why: a fault of unroll`

  it.each([
    ['a cell without its beginning', /__unroll\.cell\(1\);?/, [`6:1 ${said('cell')}`]],
    ['a cell without its end', /await __unroll\.end\(1\);?/, [`6:1 ${said('cell')}`]],
    ['a lost inline expression', /__i\([^)]*\);?/, [`10:3 ${said('inline expression')}`]],
    [
      'a chapter of which nothing runs',
      /[\s\S]*/,
      [`1:1 ${said('cell')}`, `6:1 ${said('cell')}`, `10:3 ${said('inline expression')}`],
    ],
  ])('%s is an error there', async (_, pattern, expected) => {
    expect((await run(text, without(pattern))).lines).toEqual(expected)
  })

  it('is not that marks stand deeper than expected: then the chapter runs as one piece', async () => {
    const wrapped = (bundle: Bundle) => ({ ...bundle, code: `try{${bundle.code}}finally{}` })
    const { lines, ran, outputs } = await run(text, wrapped)
    expect(lines).toEqual([])
    expect(ran).toBe(2)
    expect(outputs.inlines[0]).toBe('3')
  })

  it('keeps nothing of such a run', async () => {
    const cache = memoryCache()
    await run(text, without(/[\s\S]*/), cache)
    const { lines, ran } = await run(text, undefined, cache)
    expect(lines).toEqual([])
    expect(ran).toBe(2)
  })

  it('does not take an empty run that was kept for a run', async () => {
    const empty = JSON.stringify({ outputs: { cells: {}, inlines: {}, verdicts: {} }, threw: {} })
    const kept = memoryCache()
    const { lines, ran } = await run(text, undefined, {
      ...kept,
      read: async (kind, key) => (kind === 'run' ? empty : kept.read(kind, key)),
    })
    expect(lines).toEqual([])
    expect(ran).toBe(2)
  })
})

describe('what a cell posts to its parent', () => {
  it('is an error at its place', async () => {
    const code = "import { parentPort } from 'node:worker_threads'\nparentPort?.postMessage({ type: 'done' })"
    const { lines } = await run(`${cell('1')}${cell(code)}${cell('2')}`)
    expect(lines).toEqual([
      '6:13 error forged: this cell sends messages in the name of the thread that runs it',
    ])
  })

  it.each([
    "{ type: 'done' }",
    "{ type: 'outputs', index: 1, outputs: null }",
    "{ type: 'cell', index: 7 }",
    "{ type: 'failed', failure: 1 }",
    "{ type: 'inline' }",
    'null',
    "'text'",
  ])('%s changes nothing, even by a way round', async message => {
    const forging = [
      "import { MessagePort, parentPort } from 'node:worker_threads'",
      `MessagePort.prototype.postMessage.call(parentPort, ${message})`,
      'await new Promise(resolve => setTimeout(resolve, 20))',
      '1',
    ].join('\n')
    const { lines, outputs } = await run(`${cell(forging)}${cell('2')}值 \`{ts} 3\`\n`)
    expect(lines).toEqual([])
    expect([printed(outputs, 0), printed(outputs, 1), outputs.inlines[0]]).toEqual([['1'], ['2'], '3'])
  })

  it('a cell cannot replace the marks, and prints what looks like a report', async () => {
    const { lines } = await run(cell('(globalThis as Record<string, unknown>)["__unroll"] = {}'))
    expect(lines[0]).toMatch(/^2:\d+ error TypeError: Cannot assign to read only property '__unroll'/)
    const spoken = await run(`${cell("console.log(JSON.stringify({ type: 'done' }))")}${cell('2')}`)
    expect(spoken.lines).toEqual([])
    expect(printed(spoken.outputs, 0)).toEqual(['{"type":"done"}\n'])
  })
})

describe('what cannot be sent or read as it is', () => {
  it.each([
    ["const e = new Error('a')\ne.cause = e\nthrow e", 'Error: a'],
    ["const e = new Error('a')\nObject.assign(e, { name: Symbol('odd') })\nthrow e", 'Symbol(odd): a'],
    ['throw Object.create(null)', 'Error: thrown: [Object: null prototype] {}'],
    [
      "throw new (class extends Error { get message(): string { throw new Error('no') } })()",
      'Error: an error without a message that can be read',
    ],
    ['throw undefined', 'Error: thrown: undefined'],
  ])('%j', async (code, expected) => {
    const { lines, outputs } = await run(cell(`//| error: true\n${code}`))
    expect(lines).toEqual([])
    expect(printed(outputs, 0)).toEqual([expected])
  })

  it('NUL, control characters and halves of characters never leave the thread', async () => {
    const { lines, outputs } = await run(
      `${cell("console.log('a\\0b\\ud800c\\u0007\\u001b[31md')\ndisplay({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>\\0</b>' }) })\n'\\udfff'")}值 \`{ts} 'x\\0y'\`\n`,
    )
    expect(lines).toEqual([])
    expect(JSON.stringify(outputs.cells[0])).toContain('"text/html":"<b>␀</b>"')
    expect(printed(outputs, 0)[0]).toBe('a␀b\ufffdc␇\u001b[31md\n')
    expect(printed(outputs, 0)[2]).toBe('\ufffd')
    expect(outputs.inlines[0]).toBe('x␀y')
  })

  it('too much of it is an error of the cell', async () => {
    const { lines } = await run(cell("display('x'.repeat(21_000_000))"))
    expect(lines).toEqual(['2:1 error output-limit: this cell displays more than 20,000,000 characters'])
  })

  it('so is data that is nested too deep', async () => {
    const { lines } = await run(
      cell(
        "let deep: unknown = 1\nfor (let i = 0; i < 3000; i++) deep = [deep]\ndisplay({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': deep }) })",
      ),
    )
    expect(lines).toEqual([
      '4:1 error output-limit: this cell displays data that is nested more than 200 deep',
    ])
  })

  it('a cell that waits for nothing is an error, and no crash', async () => {
    const { lines } = await run(`${cell('1')}${cell('await new Promise(() => {})')}`)
    expect(lines).toEqual([
      '5:1 error await-unsettled: this cell waits for a promise that nothing will settle any more',
    ])
  })
})
