/** A program of the core as one text, for places where there are no files to import. */
import { resolve } from 'node:path'
import { buildSync } from 'esbuild'

const root = resolve(import.meta.dirname, '../../..')

/** What a bundler for browsers makes of it; relative imports start at the project's folder. */
export function bundleOf(program: string, format: 'esm' | 'iife'): string {
  const { outputFiles } = buildSync({
    stdin: { contents: program, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format,
    platform: 'browser',
    logLevel: 'silent',
  })
  return outputFiles[0].text
}

/** The same as a worker's text, for `eval: true`; `workerData` and `parentPort` are there by name. */
export function workerTextOf(program: string): string {
  return `const { parentPort, workerData } = require('node:worker_threads');\n${bundleOf(program, 'iife')}`
}
