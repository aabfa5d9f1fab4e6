/** npm run explain -- content/zh/07-chain.md#fig-decay: why a cell is fresh or stale. Exit code 1 if there is no such cell. */
import { loadTheme } from '../site/theme.ts'
import { explain, formatExplanation, silent } from '../src/weave/index.ts'
import { readFlags } from './flags.ts'
import { showDiagnostics } from './terminal.ts'

const { positionals, ...flags } = readFlags(
  'explain',
  'Says why a cell is fresh or stale: what of all that it depends on has changed since it last ran.',
  {},
  'CHAPTER[#CELL]',
)
const [target] = positionals
const { value, diagnostics } = await explain(target, { ...flags, theme: await loadTheme(), progress: silent })
showDiagnostics(diagnostics, value.texts, flags)
for (const unit of value.units) process.stdout.write(`${formatExplanation(value.file, unit)}\n`)
process.exitCode = diagnostics.length > 0 ? 1 : 0
