/** Whatever a stage throws on one chapter is one diagnostic on that chapter; all else goes on. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dev, hasErrors, silent, tangle } from '../../src/weave/index.ts'
import { type Said, type TestBook, testBook } from '../support/book.ts'
import { plainTheme } from '../support/plainTheme.ts'

/** The stage that throws when it comes to the chapter `zh/b.md`. */
const planted = vi.hoisted(() => {
  const state: { stage: string } = { stage: '' }
  /** Wraps a stage: `at` finds the paths or files of the chapters that it was called for. */
  // biome-ignore lint/suspicious/noExplicitAny: a wrapper for functions of every kind
  const wrap = <F extends (...args: any[]) => any>(
    stage: string,
    work: F,
    at: (...args: Parameters<F>) => unknown,
  ) =>
    ((...args: Parameters<F>) => {
      if (state.stage === stage && JSON.stringify(at(...args)).includes('zh/b.md'))
        throw new TypeError(`planted in ${stage}\nand a second line`)
      return work(...args)
    }) as F
  return { state, wrap }
})

vi.mock('../../src/weave/source/parse.ts', async original => {
  const module = await original<typeof import('../../src/weave/source/parse.ts')>()
  return { ...module, parseChapter: planted.wrap('parse', module.parseChapter, s => s.file) }
})
vi.mock('../../src/weave/program/program.ts', async original => {
  const module = await original<typeof import('../../src/weave/program/program.ts')>()
  return { ...module, toProgram: planted.wrap('program', module.toProgram, c => c.file) }
})
vi.mock('../../src/weave/program/typeCheck.ts', async original => {
  const module = await original<typeof import('../../src/weave/program/typeCheck.ts')>()
  return { ...module, typeCheck: planted.wrap('types', module.typeCheck, ps => ps.map(p => p.chapter.file)) }
})
vi.mock('../../src/weave/program/bundle.ts', async original => {
  const module = await original<typeof import('../../src/weave/program/bundle.ts')>()
  const bundlePrograms = planted.wrap('bundle', module.bundlePrograms, ps => ps.map(p => p.chapter.file))
  return { ...module, bundlePrograms }
})
vi.mock('../../src/weave/run/run.ts', async original => {
  const module = await original<typeof import('../../src/weave/run/run.ts')>()
  const planOf = planted.wrap('explain', module.planOf, c => c.file)
  return { ...module, planOf, runProgram: planted.wrap('run', module.runProgram, p => p.chapter.file) }
})
vi.mock('../../src/weave/diagram/diagram.ts', async original => {
  const module = await original<typeof import('../../src/weave/diagram/diagram.ts')>()
  return {
    ...module,
    renderDiagrams: planted.wrap('diagrams', module.renderDiagrams, rs => rs.map(r => r.file)),
  }
})
vi.mock('../../src/weave/math/typeset.ts', async original => {
  const module = await original<typeof import('../../src/weave/math/typeset.ts')>()
  return {
    ...module,
    typesetFormulas: planted.wrap('formulas', module.typesetFormulas, ss => ss.map(s => s.file)),
  }
})
vi.mock('../../src/weave/math/verify.ts', async original => {
  const module = await original<typeof import('../../src/weave/math/verify.ts')>()
  return { ...module, verdictsToProofs: planted.wrap('proofs', module.verdictsToProofs, c => c.file) }
})
vi.mock('../../src/weave/page/highlight.ts', async original => {
  const module = await original<typeof import('../../src/weave/page/highlight.ts')>()
  const isOfB = (blocks: readonly { code: string }[]) =>
    blocks.some(b => b.code.includes('// here')) ? 'zh/b.md' : ''
  return { ...module, highlightAll: planted.wrap('highlight', module.highlightAll, isOfB) }
})
vi.mock('../../src/weave/page/page.ts', async original => {
  const module = await original<typeof import('../../src/weave/page/page.ts')>()
  return { ...module, renderPage: planted.wrap('page', module.renderPage, c => c.file) }
})
vi.mock('../../src/weave/page/notebook.ts', async original => {
  const module = await original<typeof import('../../src/weave/page/notebook.ts')>()
  return { ...module, toNotebook: planted.wrap('notebook', module.toNotebook, c => c.file) }
})
vi.mock('../../src/weave/book/links.ts', async original => {
  const module = await original<typeof import('../../src/weave/book/links.ts')>()
  return { ...module, resolveLink: planted.wrap('links', module.resolveLink, p => p.file) }
})
vi.mock('../../src/weave/record/typed.ts', async original => {
  const module = await original<typeof import('../../src/weave/record/typed.ts')>()
  return { ...module, compareTyped: planted.wrap('typed', module.compareTyped, c => c.file) }
})
vi.mock('../../src/weave/record/compare.ts', async original => {
  const module = await original<typeof import('../../src/weave/record/compare.ts')>()
  return { ...module, compareWithRecord: planted.wrap('record', module.compareWithRecord, c => c.file) }
})
vi.mock('../../src/weave/record/determinism.ts', async original => {
  const module = await original<typeof import('../../src/weave/record/determinism.ts')>()
  return { ...module, compareRuns: planted.wrap('twice', module.compareRuns, c => c.file) }
})
vi.mock('../../src/weave/program/translation.ts', async original => {
  const module = await original<typeof import('../../src/weave/program/translation.ts')>()
  return {
    ...module,
    compareTranslation: planted.wrap('translation', module.compareTranslation, (_, c) => c.file),
  }
})
vi.mock('../../src/weave/program/tangled.ts', async original => {
  const module = await original<typeof import('../../src/weave/program/tangled.ts')>()
  return { ...module, tangled: planted.wrap('tangle', module.tangled, c => c.file) }
})

const theme = {
  ...plainTheme,
  layout: planted.wrap('layout', plainTheme.layout, view => (view.kind === 'chapter' ? view.page.file : '')),
}

const fence = (info: string, body: string) => `\`\`\`${info}\n${body}\n\`\`\`\n\n`
const files = {
  'book.config.ts': "export default { books: [{ dir: 'en' }, { dir: 'zh', translates: 'en' }] }\n",
  'en/b.md': `# B\n\n${fence('ts exec', 'const ofB = 1\nofB')}`,
  'zh/a.md': `# A\n\n[b](b.md#sec-b), [nowhere](none.md), see @fig-b.\n\n${fence('ts exec', 'const ofA: string = 1\nofA')}`,
  'zh/b.md': `# B\n\n## B {#sec-b}\n\n[a](a.md) $a$\n\n${fence('ts exec', '//| label: fig-b\n//| fig-cap: B\nconst ofB = 1 // here\nofB')}\`{ts=1} ofB\`\n\n${fence('dot {#fig-c fig-cap="c"}', 'digraph { a -> b }')}`,
  'zh/c.md': `# C\n\n${fence('ts exec', 'const ofC = 1\nofC')}${fence('dot {#fig-d fig-cap="d"}', 'digraph { a -> }')}$\\nosuch$\n`,
}
const ordinary = [
  'zh/a.md:3:28 error link-broken: this link leads nowhere: none.md',
  "zh/a.md:6:7 error TS2322: Type 'number' is not assignable to type 'string'.",
  'zh/c.md:9:16 error diagram-dot: ',
  'zh/c.md:12:2 error math: ',
]
/** Without what the engines say in their own words. */
const short = (line: string) => line.replace(/(diagram-dot|math): .*/, '$1: ')

let book: TestBook
beforeAll(async () => {
  book = await testBook(files)
})
afterAll(() => book.close())

async function withFault(stage: string, work: () => Promise<Said>): Promise<Said> {
  planted.state.stage = stage
  try {
    return await work()
  } finally {
    planted.state.stage = ''
  }
}

const stagesOfBuild = [
  ...['parse', 'program', 'types', 'bundle', 'run', 'diagrams', 'formulas', 'highlight', 'typed', 'proofs'],
  ...['page', 'links'],
]
const fault = (stage: string) =>
  `zh/b.md error fault: a fault of unroll, please report: ${stage} failed on this chapter: planted in ${stage}`

describe('a stage that throws on one chapter of three', () => {
  it('has ordinary diagnostics around it, and none without a fault', async () => {
    expect((await book.build({ theme })).lines.map(short)).toEqual(ordinary)
  })

  it.each(stagesOfBuild)('%s: is one diagnostic on that chapter, and nothing else changes', async stage => {
    const said = await withFault(stage, () => book.build({ theme }))
    expect(said.lines.filter(l => l.startsWith('zh/b.md'))).toEqual([fault(stage)])
    expect(said.lines.filter(l => !l.startsWith('zh/b.md')).map(short)).toEqual(ordinary)
    expect(hasErrors(said.diagnostics)).toBe(true)
    expect(said.text).toContain('--verbose')
    expect(said.text).not.toMatch(/^\s+at /m)
  })

  it.each(['record', 'translation', 'twice', 'layout'])(
    '%s: the same, where only check comes',
    async stage => {
      const options = { theme, twice: stage === 'twice' }
      const plain = (await book.check(options)).lines
      const { lines } = await withFault(stage, () => book.check(options))
      expect(lines.filter(l => l.includes('fault'))).toEqual([fault(stage)])
      const others = (from: readonly string[]) => from.filter(l => !l.startsWith('zh/b.md'))
      expect(others(lines)).toEqual(others(plain))
    },
  )

  it.each(['parse', 'page', 'layout'])('%s: publishes nothing, and the last site stays', async stage => {
    const good = await testBook({ 'zh/a.md': '# A\n', 'zh/b.md': '# B\n' })
    expect((await good.build({ theme })).lines).toEqual([])
    const before = await good.site()
    await good.write({ 'zh/a.md': '# A2\n' })
    const { lines } = await withFault(stage, () => good.build({ theme }))
    expect(lines).toEqual([fault(stage)])
    expect(await good.site()).toEqual(before)
    await good.close()
  })

  it('explain says it, and tangle and export go on with the others', async () => {
    const explained = await withFault('explain', async () => {
      const text = await book.explain('zh/b.md')
      return { diagnostics: [], lines: [text], text }
    })
    expect(explained.lines).toEqual([fault('explain')])
    const notebooks = await withFault('notebook', () => book.notebooks())
    expect(notebooks.lines.filter(l => l.startsWith('zh/b.md'))).toEqual([fault('notebook')])
    planted.state.stage = 'tangle'
    const options = { root: book.folder, content: book.content, files: [], out: join(book.folder, 'tangled') }
    const tangled = await tangle({
      ...options,
      jobs: 1,
      theme,
      progress: silent,
    })
    planted.state.stage = ''
    expect(tangled.value.written).toEqual(['tangled/en/b.ts', 'tangled/zh/a.ts', 'tangled/zh/c.ts'])
    expect(tangled.diagnostics.map(d => `${d.file} ${d.rule}`)).toEqual(['content/zh/b.md fault'])
  })
})

describe('dev', () => {
  it('serves the other chapters, whatever is asked for', async () => {
    planted.state.stage = 'page'
    const common = { root: book.folder, content: book.content, jobs: 1, theme, port: 0, host: '127.0.0.1' }
    const diagnostics: string[] = []
    const server = await dev({
      ...common,
      progress: silent,
      onRebuilt: r => diagnostics.push(...r.diagnostics.map(d => d.rule)),
    })
    const { port } = new URL(server.url)
    const ask = (path: string) =>
      new Promise<string>(done => {
        const socket = connect(Number(port), '127.0.0.1', () => socket.end(`GET ${path} HTTP/1.0\r\n\r\n`))
        let text = ''
        socket.on('data', chunk => {
          text += chunk
        })
        socket.on('close', () => done(text))
      })
    expect(await ask('//')).toMatch(/^HTTP\/1\.1 200/)
    expect(await ask('/zh/c.html')).toMatch(/<h1>C<\/h1>/)
    expect(diagnostics.filter(rule => rule === 'fault')).toEqual(['fault'])
    planted.state.stage = ''
    await server.close()
  })
})

describe('on the command line', () => {
  const root = resolve(import.meta.dirname, '../..')
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'unroll-fault-'))
    await writeFile(join(folder, 'a.md'), '# A\n\n[nowhere](none.md)\n')
    await writeFile(join(folder, 'b.md'), '# PLANTED\n')
    await writeFile(
      join(folder, 'plant.mjs'),
      `import MarkdownIt from ${JSON.stringify(import.meta.resolve('markdown-it'))}
const { parse } = MarkdownIt.prototype
MarkdownIt.prototype.parse = function (text, env) {
  if (text.includes('PLANTED')) throw new RangeError('planted')
  return parse.call(this, text, env)
}
`,
    )
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const run = (command: string, ...flags: readonly string[]) => {
    const plant = pathToFileURL(join(folder, 'plant.mjs')).href
    const where = ['--content', folder, '--out', join(folder, 'out'), '--no-cache']
    const args = ['--import', 'tsx', '--import', plant, `scripts/${command}.ts`, ...where, ...flags]
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    return { status, stderr }
  }

  it.each(['build', 'check'])('%s ends with 1, and shows the stack only with --verbose', command => {
    const message =
      /b\.md error fault: a fault of unroll, please report: parse failed on this chapter: planted\n/
    const plain = run(command)
    expect(plain.status).toBe(1)
    expect(plain.stderr).toMatch(message)
    expect(plain.stderr).toContain('link-broken')
    expect(plain.stderr).not.toMatch(/^\s+at /m)
    const verbose = run(command, '--verbose')
    expect(verbose.status).toBe(1)
    expect(verbose.stderr).toMatch(message)
    expect(verbose.stderr).toMatch(/^\s+RangeError: planted\n\s+at .*plant\.mjs/m)
  })
})
