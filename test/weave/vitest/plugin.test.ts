// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells under test use templates
/** The vitest plugin, in a vitest of its own: names, places, records, and what runs again. */
import { spawn } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../../..')
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const fence = '```'
const cell = (code: string) => `${fence}ts exec\n${code}\n${fence}\n`

const files: Readonly<Record<string, string>> = {
  'vitest.config.ts': [
    "import { defineConfig } from 'vitest/config'",
    `import { chapters } from ${JSON.stringify(join(root, 'src/weave/vitest/plugin.ts'))}`,
    "export default defineConfig({ plugins: [chapters()], test: { include: ['content/*/*.md'] } })",
  ].join('\n'),
  'content/zh/double.ts': 'export const double = (x: number): number => 2 * x\n',
  'content/zh/good.md': `# 好\n\n${cell("//| label: twice\nimport { double } from './double.ts'\ndouble(21)")}\n值是 \`{ts} double(4)\`。\n\n$$y = 2 x$$ {#eq-y}\n\n${cell('//| verify: eq-y\n({ x: 3, y: double(3) })')}`,
  'content/_records/zh/good.json': JSON.stringify({
    cells: [
      {
        cell: 'twice',
        outputs: [
          {
            output_type: 'execute_result',
            execution_count: null,
            data: { 'text/plain': '42' },
            metadata: {},
          },
        ],
      },
    ],
    inlines: [{ expression: 'double(4)', text: '8' }],
  }),
  'content/zh/wrong.md': `# 错\n\n${cell('1 + 1')}\n${cell('Math.sqrt(2)')}`,
  'content/_records/zh/wrong.json': JSON.stringify({
    cells: [
      {
        cell: 'cell-1',
        outputs: [
          { output_type: 'execute_result', execution_count: null, data: { 'text/plain': '3' }, metadata: {} },
        ],
      },
      {
        cell: 'cell-2',
        outputs: [
          {
            output_type: 'execute_result',
            execution_count: null,
            data: { 'text/plain': String(Math.SQRT2) },
            metadata: {},
          },
        ],
      },
    ],
    inlines: [],
  }),
  'content/zh/throws.md': `# 抛\n\n${cell('const a = 1')}\n${cell('const b = a\nthrow new RangeError(`b is ${b}`)')}\n${cell('a')}`,
  'content/zh/refuted.md': `# 公式\n\n$$y = x^2$$ {#eq-y}\n\n${cell('//| verify: eq-y\n({ x: 3, y: 8 })')}`,
}

let folder: string

beforeAll(async () => {
  await mkdir(join(root, '.cache'), { recursive: true })
  folder = await mkdtemp(join(root, '.cache/vitest-'))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Without the surroundings' own vitest. */
const env = {
  ...process.env,
  VITEST: undefined,
  VITEST_WORKER_ID: undefined,
  VITEST_POOL_ID: undefined,
  NODE_OPTIONS: '',
}

async function run(): Promise<Report> {
  const out = join(folder, 'report.json')
  const args = [vitest, 'run', '--reporter=json', `--outputFile=${out}`]
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'ignore' })
  await new Promise(done => child.on('exit', done))
  return JSON.parse(await readFile(out, 'utf8')) as Report
}

describe('chapters in vitest', () => {
  it('are test files, their cells tests named by label or line; failures stand at the chapter’s line', async () => {
    const { testResults } = await run()
    const of = (name: string) =>
      testResults
        .find(r => r.name.endsWith(`/${name}`))
        ?.assertionResults.map(({ title, status, failureMessages: [message = ''] }) => {
          const [first] = message.split('\n')
          const place = /content\/zh\/\w+\.md:\d+:\d+/.exec(message)?.[0]
          return [title, status, ...(message ? [first, place] : [])]
        })
    expect(of('good.md')).toEqual([
      ['twice', 'passed'],
      ['cell 2, line 13', 'passed'],
      ['{ts} double(4)', 'passed'],
      ['formulas and the rest of the text', 'passed'],
    ])
    expect(of('wrong.md')).toEqual([
      [
        'cell 1, line 3',
        'failed',
        expect.stringMatching(/no longer gives its recorded output: 3 became 2/),
        'content/zh/wrong.md:3:1',
      ],
      ['cell 2, line 7', 'passed'],
      ['formulas and the rest of the text', 'passed'],
    ])
    expect(
      of('throws.md')?.map(([title, status, message, place]) => [title, status, message, place]),
    ).toEqual([
      ['cell 1, line 3', 'passed', undefined, undefined],
      ['cell 2, line 7', 'failed', 'RangeError: b is 1', 'content/zh/throws.md:9:7'],
      ['cell 3, line 12', 'failed', 'Error: not run: a cell before it failed', undefined],
      ['formulas and the rest of the text', 'passed', undefined, undefined],
    ])
    expect(of('refuted.md')?.at(-1)).toEqual([
      'formulas and the rest of the text',
      'failed',
      expect.stringContaining('y = x^2 does not hold'),
      'content/zh/refuted.md:3:5',
    ])
  }, 60_000)

  it('run again in watch mode when something that they import changes', async () => {
    const child = spawn(process.execPath, [vitest, 'watch', 'good', '--reporter=verbose', '--no-color'], {
      cwd: folder,
      env: { ...env, CI: '' },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', chunk => (said += String(chunk)))
    child.stderr.on('data', chunk => (said += String(chunk)))
    const until = async (what: RegExp) => {
      for (let i = 0; i < 300 && !what.test(said); i++) await new Promise(done => setTimeout(done, 100))
      expect(said).toMatch(what)
      said = ''
    }
    try {
      await until(/Waiting for file changes/)
      const path = join(folder, 'content/zh/double.ts')
      await cp(path, `${path}.bak`)
      await writeFile(path, 'export const double = (x: number): number => 3 * x\n')
      await until(/42 became 63/)
    } finally {
      child.kill()
    }
  }, 60_000)
})
