/** npm run check: what CI runs. Types, cells, records, formulas, diagrams, links. Exit code 1 on any difference. */
import { loadTheme } from '../site/theme.ts'
import { check, hasErrors } from '../src/weave/index.ts'
import { readFlags, shardFlag } from './flags.ts'
import { showDiagnostics, summaryText, terminalProgress } from './terminal.ts'

const began = performance.now()
const flags = readFlags('check', 'Runs every cell of the book and compares its output with the record.', {
  shard: shardFlag,
  fresh: {
    type: 'boolean',
    usage: '--fresh',
    help: 'run every cell, even those of which nothing has changed',
  },
  update: { type: 'boolean', usage: '--update', help: 'accept the outputs as they are now' },
})
const { value, diagnostics } = await check({
  ...flags,
  theme: await loadTheme(),
  progress: terminalProgress(),
  shard: flags.shard,
  fresh: flags.extra.fresh === true,
  update: flags.extra.update === true,
})
showDiagnostics(diagnostics, value.texts, flags.root)
process.stderr.write(`${summaryText(value.statistics, began)}\n`)
for (const file of value.updated) process.stdout.write(`updated ${file}\n`)
if (diagnostics.length === 0) process.stdout.write('the book holds\n')
process.exitCode = hasErrors(diagnostics) ? 1 : 0
