/** npm run dev: serves the book while it is written. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadTheme } from '../site/theme.ts'
import { dev } from '../src/weave/index.ts'
import { readFlags } from './flags.ts'
import { refreshKernels } from './kernels.ts'
import { countsText, showDiagnostics, terminalProgress } from './terminal.ts'

const flags = readFlags('dev', 'Serves the book, and shows every saved change in the open page.', {
  port: { type: 'string', usage: '--port N', help: 'port to listen on (4000)' },
  host: {
    type: 'string',
    usage: '--host ADDRESS',
    help: 'address to listen on (127.0.0.1: this machine only)',
  },
})
const port = Number(flags.extra.port ?? 4000)
if (!Number.isInteger(port) || port < 0 || port > 65535) {
  process.stderr.write(`--port: expected a number from 0 to 65535, got ${flags.extra.port}\n`)
  process.exit(2)
}
if (await refreshKernels()) process.stderr.write('compiled the kernel of src/rnn\n')
const server = await dev({
  ...flags,
  port,
  host: String(flags.extra.host ?? '127.0.0.1'),
  theme: await loadTheme(),
  themeSource: { folder: resolve(fileURLToPath(import.meta.url), '../../site'), load: loadTheme },
  progress: terminalProgress(),
  onRebuilt({ files, milliseconds, diagnostics, texts }) {
    showDiagnostics(diagnostics, texts, flags)
    const what = files.length === 1 ? files[0] : `${files.length} chapters`
    process.stderr.write(`${what}: ${milliseconds.toFixed(0)} ms, ${countsText(diagnostics)}\n`)
  },
}).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error
  process.stderr.write(`port ${port} is taken: choose another with --port\n`)
  process.exit(1)
})
process.stdout.write(`${server.url}\n`)
process.on('SIGINT', () => void server.close().then(() => process.exit(0)))
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)))
