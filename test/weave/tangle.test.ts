// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells under test use templates
/** Tangled chapters: they type-check and run on their own, and print what the page shows. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silent, tangle } from '../../src/weave/index.ts'
import { type TestBook, testBook } from '../support/book.ts'
import { plainTheme } from '../support/plainTheme.ts'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const tsx = join(root, 'node_modules/.bin/tsx')
const fence = '```'
const cell = (code: string) => `${fence}ts exec\n${code}\n${fence}\n\n`

let folder: string
let book: TestBook
beforeAll(async () => {
  // Inside of the project, so that `unroll/rnn` and packages are found.
  folder = await mkdtemp(join(root, '.cache/tangle-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await book?.close()
})

describe('a chapter', () => {
  it('prints its values in order; prose is comment, promised errors are caught, data are read', async () => {
    book = await testBook({
      'zh/a.md': `# 一\n\n前言\n\n${cell("import csv from './data.csv'\nimport { double } from './double.ts'\nconst n = double(21)\nn")}值是 \`{ts} n + 1\`。\n\n${cell('//| error: RangeError\nnew Array(-1)')}${cell('[1, 2].map(v => v + n)')}${cell("//| eval: false\nthrow new Error('never')")}${cell('csv.trim().length')}${cell('display(html`<b>${n}</b>`)\njson({ n })')}`,
      'zh/double.ts': 'export const double = (x: number): number => 2 * x\n',
      'zh/data.csv': 'a,b\n',
    })
    const out = join(folder, 'one')
    await tangle({
      ...{ root, content: book.content, cache: undefined, jobs: 1, theme: plainTheme, progress: silent },
      ...{ files: [], out },
    })
    const { stdout } = await run(tsx, [join(out, 'zh/a.ts')], { cwd: root })
    expect(stdout.split('\n')).toEqual([
      ...['42', 'n + 1 = 43', 'RangeError: Invalid array length', '[ 43, 44 ]', '3', '<b>42</b>'],
      ...['{', '  "n": 42', '}', ''],
    ])
    const text = await readFile(join(out, 'zh/a.ts'), 'utf8')
    expect(text).toContain("//   throw new Error('never')")
    expect(text).toContain('// 前言')
  })

  it('that does not exist is an error', async () => {
    const { diagnostics } = await tangle({
      ...{
        root,
        content: join(root, 'content'),
        cache: undefined,
        jobs: 1,
        theme: plainTheme,
        progress: silent,
      },
      ...{ files: ['content/zh/02-forwrad.md'], out: join(folder, 'none') },
    })
    expect(diagnostics).toMatchObject([
      { message: 'no chapter has this path', help: 'Did you mean content/zh/02-forward.md?' },
    ])
  })
})

describe('the book', () => {
  it('type-checks and runs, every chapter as a file of its own', async () => {
    const out = join(folder, 'book')
    const { value, diagnostics } = await tangle({
      ...{
        root,
        content: join(root, 'content'),
        cache: undefined,
        jobs: 1,
        theme: plainTheme,
        progress: silent,
      },
      ...{ files: [], out },
    })
    expect(diagnostics).toEqual([])
    const files = (await readdir(join(out, 'zh'))).map(name => join(out, 'zh', name))
    expect(value.written.length).toBeGreaterThan(files.length)
    const flags =
      '--noEmit --ignoreConfig --target esnext --module nodenext --moduleResolution nodenext --strict'
    const more = '--allowImportingTsExtensions --skipLibCheck --lib esnext,dom'
    await run(join(root, 'node_modules/.bin/tsc'), [...flags.split(' '), ...more.split(' '), ...files], {
      cwd: root,
    })
    for (const file of files) {
      const { stdout } = await run(tsx, [file], { cwd: root, maxBuffer: 1 << 26 })
      expect(stdout.split('\n').length).toBeGreaterThan(10)
    }
  }, 60_000)
})
