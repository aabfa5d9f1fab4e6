/** Chapters that once ended the build, or the whole process, and their kin: each is told at its place, or builds. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Said, type TestBook, testBook } from '../support/book.ts'

const cell = (code: string) => `\`\`\`ts exec\n${code}\n\`\`\`\n`
const nested = (open: string, inside: string, close: string, n = 3000) =>
  open.repeat(n) + inside + close.repeat(n)
/** Sends what a running chapter's own thread would. */
const forging = (message: string) =>
  cell(
    `import { parentPort } from 'node:worker_threads'\nparentPort?.postMessage(${message})\nawait new Promise(r => setTimeout(r, 200))\n1`,
  )
const svg = (text: string) => cell(`html\`${text}\``)
const forged = ['3:13 error forged: this cell sends messages in the name of the thread that runs it']
const malformed = (at: string, what: string) =>
  `${at} error output-markup: this cell shows HTML that is broken: ${what}`
const thrower = `new Proxy({}, { get() { throw 1 }, has() { throw 2 }, getPrototypeOf() { throw 3 }, ownKeys() { throw 4 } })`

/** A chapter, and all that is said of it. */
const table: Readonly<Record<string, readonly [text: string, said: readonly string[]]>> = {
  // Targets that are no paths.
  'percent-image': ['![x](a%E0.png)\n', ['1:6 error image-missing: there is no file a%E0.png']],
  'percent-link': [
    '[x](a%E0.md) [y](percent-link.md#%E0)\n',
    [
      '1:5 error link-broken: this link leads nowhere: a%E0.md',
      '1:18 error link-broken: this chapter has no anchor #%E0',
    ],
  ],
  'nul-target': [
    '![x](a%00.png) [y](a%00.md)\n',
    [
      '1:6 error image-missing: there is no file a%00.png',
      '1:20 error link-broken: this link leads nowhere: a\ufffd.md',
    ],
  ],
  'long-link': [
    `[x](${'a'.repeat(300_000)})\n`,
    [`1:5 error link-broken: this link leads nowhere: ${'a'.repeat(80)}… (300000 characters)`],
  ],
  'long-path': [
    `[x](${'a/'.repeat(3000)}b.md)\n`,
    [`1:5 error link-broken: this link leads nowhere: ${'a/'.repeat(40)}… (6004 characters)`],
  ],
  'long-image': [
    `![x](${'b'.repeat(5000)}.png)\n`,
    [`1:6 error image-missing: there is no file ${'b'.repeat(80)}… (5004 characters)`],
  ],
  'folder-target': [
    '[x](../zh) ![y](.)\n',
    ['1:5 error link-broken: this link leads nowhere: ../zh', '1:17 error image-missing: there is no file .'],
  ],

  // Words of ours in the author's text.
  marks: [
    `unroll:link/7 unroll:link/0 unroll:asset/0 \`<unroll-ref data-n="9"></unroll-ref>\` [self](marks.md)\n\n\`\`\`html\n<a href="unroll:link/0"></a><unroll-ref data-n="9"></unroll-ref>\n\`\`\`\n\n${cell(`console.log('unroll:link/7 <img src="unroll:asset/0"> <unroll-ref data-n="0"></unroll-ref>')`)}`,
    [],
  ],

  // A row that looks like the start of code in many places, and a head of a table that may begin in many.
  'ticks-in-a-row': [`| a |\n|---|\n| ${'`'.repeat(3000)} ${'`` '.repeat(3000)}|\n`, []],
  'spaces-in-toml': [
    `+++\ntitle = "a"\n[${' '.repeat(20_000)}\n+++\n\na\n`,
    ['3:20002 error toml: illegal character in key'],
  ],

  // Nested more deeply than parsers have stack.
  'deep-yaml': [
    `---\ntags: ${nested('[', '', ']')}\n---\n\nx\n`,
    ['2:71 error yaml: this is nested too deeply'],
  ],
  'deep-option': [
    cell(`//| inputs: ${nested('[', '', ']', 300)}\n1`),
    ['2:77 error yaml: this is nested too deeply'],
  ],
  'deep-code': [
    cell(nested('(', '1', ')', 20_000)),
    ['2:501 error syntax: more than 500 brackets are open here'],
  ],
  'deep-inline': [
    `\`{ts} ${nested('(', '1', ')', 20_000)}\`\n`,
    ['1:7 error syntax: more than 500 brackets are open here'],
  ],
  'deep-check': [
    `\`\`\`ts check\n${nested('{', '', '}', 20_000)}\n\`\`\`\n`,
    ['2:501 error syntax: more than 500 brackets are open here'],
  ],
  'deep-choice': [
    cell(`const a = ${'1 ? 1 : '.repeat(20_000)}1`),
    ['2:8009 error syntax: more than 2000 parts of one statement hang on one another here'],
  ],
  'deep-arrow': [
    cell(`const f = ${'() => '.repeat(20_000)}1`),
    ['2:12008 error syntax: more than 2000 parts of one statement hang on one another here'],
  ],
  'deep-if': [
    cell(`${'if (1) '.repeat(20_000)}1`),
    ['2:14001 error syntax: more than 2000 parts of one statement hang on one another here'],
  ],
  'long-sum': [cell(`1${' + 1'.repeat(20_000)}`), []],
  'long-chain': [
    cell(`const a: any = new Proxy(() => a, { get: () => a, apply: () => a })\nvoid a${'.b()'.repeat(3000)}`),
    [],
  ],
  'many-statements': [
    cell(Array.from({ length: 3000 }, (_, i) => `const v${i} = 1 < 2 ? ${i} : 0`).join('\n')),
    [],
  ],
  'deep-formula': [
    `$$a = ${nested('(', 'x', ')', 250)}$$ {#eq-deep}\n\n${cell('//| verify: eq-deep\n({ a: 1, x: 1 })')}`,
    [],
  ],
  'deeper-formula': [
    `$$a = ${nested('(', 'x', ')', 50_000)}$$ {#eq-deeper}\n\n${cell('//| verify: eq-deeper\n({ a: 1, x: 1 })')}`,
    ['1:3 error formula-unreadable: this is nested too deeply (eq-deeper, verified by the cell at line 3)'],
  ],
  'deep-value': [cell('let x: unknown = 1\nfor (let i = 0; i < 1e5; i++) x = [x]\nx'), []],
  'deep-svg': [svg(nested('<svg><g>', '', '</g></svg>', 40)), []],

  // Whatever a cell can throw.
  'throws-null': [cell('throw null'), ['1:1 error Error: thrown: null']],
  'throws-undefined': [cell('throw undefined'), ['1:1 error Error: thrown: undefined']],
  'throws-symbol': [cell('throw Symbol("x")'), ['1:1 error Error: thrown: Symbol(x)']],
  'throws-bare': [
    cell('throw Object.create(null)'),
    ['1:1 error Error: thrown: [Object: null prototype] {}'],
  ],
  'throws-text': [
    cell('throw { toString() { throw 1 } }'),
    ['1:1 error Error: thrown: { toString: [Function: toString] }'],
  ],
  'throws-message': [
    cell('throw Object.defineProperty(new Error("x"), "message", { get() { throw 1 } })'),
    ['2:29 error Error: an error without a message that can be read'],
  ],
  'throws-name': [
    cell('throw Object.assign(new Error("x"), { name: Symbol("a") })'),
    ['2:21 error Symbol(a): x'],
  ],
  'throws-function': [
    cell('throw Object.assign(new Error("x"), { message: { a: () => 1 } })'),
    ['2:21 error Error: { a: [Function: a] }'],
  ],
  'throws-stack': [
    cell('throw Object.defineProperty(new Error("x"), "stack", { get() { throw 1 } })'),
    ['2:29 error Error: x'],
  ],
  'throws-circle': [cell('const e: Error = new Error("x")\ne.cause = e\nthrow e'), ['2:18 error Error: x']],
  'throws-huge': [
    cell('throw new Error("x".repeat(5e7))'),
    [`2:7 error Error: ${'x'.repeat(10_000)}… (50000000 characters)`],
  ],
  'throws-prepared': [
    cell('Error.prepareStackTrace = () => { throw 1 }\nthrow new Error("x")'),
    ['1:1 error Error: x'],
  ],
  'rejects-proxy': [
    cell(`void Promise.reject(${thrower})`),
    [
      '1:1 error Error: unhandled rejection: rejected: Proxy [\n  {},\n  {\n    get: [Function: get],\n    has: [Function: has],\n    getPrototypeOf: [Function: getPrototypeOf],\n    ownKeys: [Function: ownKeys]\n  }\n]',
    ],
  ],
  'promised-proxy': [cell(`//| error: true\nthrow ${thrower}`), []],

  // Whatever it can show and print.
  'shows-proxy': [`${cell(thrower)}\n\`{ts} String(Symbol('x'))\`\n`, []],
  'shows-many': [
    cell('"x".repeat(3e7)'),
    ['1:11 error output-limit: this cell displays more than 20,000,000 characters'],
  ],
  'shows-nothing': [
    cell('({ [Symbol.for("Jupyter.display")]: () => ({ toJSON: () => undefined }) })'),
    [
      "1:11 error TypeError: Symbol.for('Jupyter.display') must return a MIME bundle, got { toJSON: [Function: toJSON] }",
    ],
  ],
  'shows-numbers': [
    cell(
      '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": 5, "text/latex": null, "image/png": 7 }) })',
    ),
    [],
  ],
  'shows-element': [cell('({ nodeType: 1, outerHTML: 5, tagName: 7 })'), []],
  prints: [
    cell(
      `console.log(${thrower}, null, Symbol('x'), 1n, Object.create(null), -0, [,])\nconst a: any = {}\na.a = a\nconsole.log(a)`,
    ),
    [],
  ],
  'svg-open': [svg('<svg viewBox="0 0 1 1"><g></svg>'), [malformed('1:1', 'expected </g>, got </svg>')]],
  'svg-unclosed': [`x\n\n${svg('<p><svg><g></g>')}`, [malformed('3:1', 'missing </svg>')]],
  'svg-nested': [svg('<svg><svg><g></g></svg><g/></svg><svg/>'), []],

  // What only the thread that runs a chapter may say.
  'forged-nothing': [forging('null'), forged],
  'forged-outputs': [forging('{ type: "outputs", index: 0, outputs: [null] }'), forged],
  'forged-failure': [forging('{ type: "failed", failure: 5 }'), forged],
  'forged-inline': [`${forging('{ type: "inline", text: { a: 1 } }')}\n\`{ts} 1\`\n`, forged],

  // Characters.
  characters: [
    `# a\u0000b\u000bc\u0085d\u2028e\ufeff\n\n[x](#none\u0000)\n`,
    [
      '1:4 error hidden-character: the control character U+0000 may not stand in a page',
      '1:6 error hidden-character: the control character U+000B may not stand in a page',
      '1:8 error hidden-character: the control character U+0085 may not stand in a page',
      '1:12 warning hidden-character: U+FEFF cannot be seen',
      '3:5 error link-broken: this chapter has no anchor #none\ufffd',
      '3:10 error hidden-character: the control character U+0000 may not stand in a page',
    ],
  ],
}

let book: TestBook
let said: Said

beforeAll(async () => {
  book = await testBook(
    Object.fromEntries(Object.entries(table).map(([name, [text]]) => [`zh/${name}.md`, text])),
  )
  said = await book.build()
}, 240_000)
afterAll(() => book.close())

it.each(Object.entries(table))('%s', (name, [, expected]) => {
  const own = said.lines.filter(line => line.startsWith(`zh/${name}.md`))
  expect(own.map(line => line.replace(/^[^:]*\.md:?/, ''))).toEqual(expected)
})

it('names that every object has are no options', async () => {
  const text = '---\nexecute: {constructor: 1, toString: 2, __proto__: 3}\n---\n\nx\n'
  const own = await testBook({ 'zh/a.md': text })
  const { diagnostics } = await own.build()
  expect(diagnostics.length).toBeGreaterThan(0)
  expect(diagnostics.filter(d => d.rule === 'fault' || d.range?.start.line !== 2)).toEqual([])
  await own.close()
})

it('none of them is a fault of ours', () => {
  expect(said.lines.filter(line => line.includes('fault'))).toEqual([])
})
