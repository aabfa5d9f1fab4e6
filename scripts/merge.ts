/** npm run merge -- shard-1 shard-2: one site of the shards that several machines built. */
import { relative, resolve } from 'node:path'
import { loadTheme } from '../site/theme.ts'
import { hasErrors, merge } from '../src/weave/index.ts'
import { readFlags } from './flags.ts'
import { showDiagnostics, summaryText, terminalProgress } from './terminal.ts'

const began = performance.now()
const flags = readFlags(
  'merge',
  'Makes one site of shards, the folders that `npm run build -- --shard i/n --out DIR` wrote.',
  {},
  'SHARD…',
)
const { value, diagnostics } = await merge({
  ...flags,
  shards: flags.positionals.map(folder => resolve(flags.root, folder)),
  theme: await loadTheme(),
  progress: terminalProgress(),
})
showDiagnostics(diagnostics, value?.texts ?? new Map(), flags)
if (value) process.stderr.write(`${summaryText(value.statistics, began)}\n`)
if (value?.written) process.stdout.write(`wrote ${relative(flags.root, flags.out)}/\n`)
process.exitCode = hasErrors(diagnostics) ? 1 : 0
