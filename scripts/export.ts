/** npm run export -- --ipynb content/zh/01-….md: chapters as notebooks with their outputs. Exit code 1 on any error. */
import { relative, resolve } from 'node:path'
import { loadTheme } from '../site/theme.ts'
import { exportNotebooks, hasErrors } from '../src/weave/index.ts'
import { readFlags } from './flags.ts'
import { showDiagnostics, terminalProgress } from './terminal.ts'

const flags = readFlags(
  'export',
  'Writes chapters, with the outputs of their cells, in another format; all of them when none is named.',
  {
    ipynb: { type: 'boolean', usage: '--ipynb', help: 'Jupyter notebooks (nbformat 4.5, for Deno’s kernel)' },
  },
  '[CHAPTER…]',
)
if (!flags.extra.ipynb) {
  process.stderr.write('name a format: --ipynb\n')
  process.exit(2)
}
const out = flags.out === resolve(flags.root, 'dist') ? resolve(flags.root, 'notebooks') : flags.out
const { value, diagnostics } = await exportNotebooks({
  ...flags,
  out,
  files: flags.positionals,
  theme: await loadTheme(),
  progress: terminalProgress(),
})
showDiagnostics(diagnostics, value.texts, flags)
for (const file of value.written) process.stdout.write(`wrote ${relative('.', file)}\n`)
process.exitCode = hasErrors(diagnostics) ? 1 : 0
