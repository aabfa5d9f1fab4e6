/** npm run check: what CI runs. Types, cells, records, formulas, diagrams, links. Exit code 1 on any difference. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { loadTheme } from '../site/theme.ts'
import { check, hasErrors, toGithub, toJson, toJunit } from '../src/weave/index.ts'
import { readFlags, shardFlag } from './flags.ts'
import { refreshKernels } from './kernels.ts'
import { showDiagnostics, summaryText, terminalProgress } from './terminal.ts'

const began = performance.now()
const flags = readFlags(
  'check',
  'Runs what is stale of the book and compares every output with its record.',
  {
    update: { type: 'boolean', usage: '--update', help: 'accept the outputs as they are now' },
    fresh: {
      type: 'boolean',
      usage: '--fresh',
      help: 'run every cell, even those of which nothing has changed',
    },
    twice: { type: 'boolean', usage: '--twice', help: 'run everything twice, and compare every digit' },
    strict: { type: 'boolean', usage: '--strict', help: 'warnings fail too' },
    shard: shardFlag,
    reporter: {
      type: 'string',
      multiple: true,
      usage: '--reporter NAME',
      help: 'github: annotations; junit=FILE: JUnit XML; may be given twice',
    },
    json: { type: 'boolean', usage: '--json', help: 'what was found, for programs, on standard output' },
  },
)
const reporters = [flags.extra.reporter ?? []].flat().map(String)
const unknown = reporters.find(name => name !== 'github' && !/^junit=./.test(name))
if (unknown) {
  process.stderr.write(`--reporter: expected github or junit=FILE, got ${unknown}\n`)
  process.exit(2)
}
if (await refreshKernels()) process.stderr.write('compiled the kernel of src/rnn\n')
const { value, diagnostics } = await check({
  ...flags,
  theme: await loadTheme(),
  progress: terminalProgress(),
  fresh: flags.extra.fresh === true,
  twice: flags.extra.twice === true,
  strict: flags.extra.strict === true,
  update: flags.extra.update === true,
})
const { statistics, chapters, texts, updated } = value
showDiagnostics(diagnostics, texts, flags)
process.stderr.write(`${summaryText(statistics, began)}\n`)
for (const name of reporters) {
  const [, file] = name.split('=')
  if (name === 'github') process.stdout.write(toGithub(diagnostics))
  else {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, toJunit(chapters, diagnostics, { seconds: (performance.now() - began) / 1000 }))
  }
}
if (flags.extra.json) process.stdout.write(toJson(diagnostics, { ...statistics }))
else {
  for (const file of updated) process.stdout.write(`updated ${file}\n`)
  if (diagnostics.length === 0) process.stdout.write('the book holds\n')
}
process.exitCode = hasErrors(diagnostics) ? 1 : 0
