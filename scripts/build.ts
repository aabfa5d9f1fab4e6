/** npm run build: the book → dist/. Exit code 1 on any error; the last good site stays. */
import { relative } from 'node:path'
import { loadTheme } from '../site/theme.ts'
import { build, hasErrors } from '../src/weave/index.ts'
import { readFlags, shardFlag } from './flags.ts'
import { refreshKernels } from './kernels.ts'
import { showDiagnostics, summaryText, terminalProgress } from './terminal.ts'

const began = performance.now()
const flags = readFlags('build', 'Checks the book, runs what is stale, and writes the site.', {
  shard: { ...shardFlag, help: `${shardFlag.help}; writes what \`merge\` takes` },
})
if (await refreshKernels()) process.stderr.write('compiled the kernel of src/rnn\n')
const { value, diagnostics } = await build({
  ...flags,
  theme: await loadTheme(),
  progress: terminalProgress(),
})
showDiagnostics(diagnostics, value.texts, flags)
process.stderr.write(`${summaryText(value.statistics, began)}\n`)
const out = relative(flags.root, flags.out) || '.'
process.stdout.write(value.written ? `wrote ${out}/\n` : `nothing written: ${out}/ is as it was\n`)
process.exitCode = hasErrors(diagnostics) ? 1 : 0
