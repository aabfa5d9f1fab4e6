/** npm run tangle -- content/zh/01-….md: chapters as .ts files that run on their own. Exit code 1 on any error. */
import { relative, resolve } from 'node:path'
import { loadTheme } from '../site/theme.ts'
import { hasErrors, silent, tangle } from '../src/weave/index.ts'
import { readFlags } from './flags.ts'
import { showDiagnostics } from './terminal.ts'

const flags = readFlags(
  'tangle',
  'Writes chapters as TypeScript files that run on their own; all of them when none is named.',
  {},
  '[CHAPTER…]',
)
// The site's folder is no place for it.
const out = flags.out === resolve(flags.root, 'dist') ? resolve(flags.root, 'tangled') : flags.out
const { value, diagnostics } = await tangle({
  ...flags,
  out,
  files: flags.positionals,
  theme: await loadTheme(),
  progress: silent,
})
showDiagnostics(diagnostics, value.texts, flags)
for (const file of value.written) process.stdout.write(`wrote ${relative('.', file)}\n`)
process.exitCode = hasErrors(diagnostics) ? 1 : 0
