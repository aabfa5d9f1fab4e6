/** The host's and the worker's own code, compiled once: plain JavaScript starts several times faster. [edge: fs] */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { hashOf } from '../base/hash.ts'

export interface RuntimeCode {
  /** Absolute path of the host's module. */
  readonly host: string
  /** Changes whenever what turns values into outputs may have changed. */
  readonly hash: string
}

/** Of an installed package, whether or not it exports its package.json. */
function versionOf(name: string): string {
  const entry = createRequire(import.meta.url).resolve(name)
  const folder = entry.slice(0, entry.lastIndexOf(join('node_modules', name)))
  const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

/** Compiles into `<folder>/<hash>/` unless it is there. */
export async function compileRuntime(folder: string): Promise<RuntimeCode> {
  const here = fileURLToPath(new URL('.', import.meta.url))
  const folders = [here, join(here, '../formula'), join(here, '../base')]
  const sources = folders.flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.ts'))
      .sort()
      .map(name => readFileSync(join(folder, name), 'utf8')),
  )
  const versions = ['linkedom', 'katex', 'ml-matrix'].map(versionOf)
  const hash = hashOf(esbuild.version, ...versions, ...sources)
  const target = join(folder, hash)
  const host = join(target, 'host.js')
  if (existsSync(host)) return { host, hash }
  const draft = `${target}.${process.pid}`
  await mkdir(draft, { recursive: true })
  await esbuild.build({
    entryPoints: [join(here, 'host.ts'), join(here, 'worker.ts')],
    outdir: draft,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    tsconfigRaw: '{}',
    external: ['canvas'],
    banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
    logLevel: 'silent',
  })
  await writeFile(join(draft, 'package.json'), '{"type":"module"}')
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }))
  return { host, hash }
}
