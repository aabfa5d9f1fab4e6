/**
 * Programs → bundles: each chapter's module with its local imports in one text. [edge: esbuild]
 *
 * Packages stay outside and are named `npm:<specifier>` in the text, so that the same sources give the same
 * text in every checkout; `locateExternals` puts their places in before the bundle runs.
 */
import { readFile } from 'node:fs/promises'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as esbuild from 'esbuild'
import type { Cache } from '../base/cache.ts'
import { type Diagnostic, errorAt, type Result } from '../base/diagnostic.ts'
import { hashOf } from '../base/hash.ts'
import { LineIndex } from '../base/position.ts'
import type { Program } from './program.ts'

export interface External {
  /** `file:` URL of the module; a cache of another machine never sees it. */
  readonly url: string
  /** `name@version` of its package. */
  readonly version: string
}

export interface Bundle {
  readonly code: string
  /** Source map, JSON: places in `code` to places in the chapter and in local files. */
  readonly map: string
  /** Local files that are in the bundle: path relative to the project and content hash. */
  readonly inputs: readonly { readonly path: string; readonly hash: string }[]
  /** Which local files each local file imports; the chapter itself is `''`. */
  readonly imports: Readonly<Record<string, readonly string[]>>
  /** By specifier. */
  readonly externals: Readonly<Record<string, External>>
}

export interface BundlerOptions {
  /** Absolute path of the project. */
  readonly root: string
  readonly cache: Cache
}

/** What importing a file of data gives, by its extension. */
export const dataLoaders: Readonly<Record<string, 'text' | 'binary'>> = {
  '.csv': 'text',
  '.tsv': 'text',
  '.txt': 'text',
  '.md': 'text',
  '.bin': 'binary',
  '.wav': 'binary',
  '.safetensors': 'binary',
}

/** Bundles every program that has code. A program that does not bundle is reported and absent from the value. */
export async function bundlePrograms(
  programs: readonly Program[],
  options: BundlerOptions,
): Promise<Result<ReadonlyMap<Program, Bundle>>> {
  const bundles = new Map<Program, Bundle>()
  const hashes = new Map<string, Promise<string>>()
  const stale: Program[] = []
  await Promise.all(
    programs.map(async program => {
      if (program.code === undefined) return
      const known = await readBundle(program, options, hashes)
      if (known) bundles.set(program, known)
      else stale.push(program)
    }),
  )
  const together = await bundleTogether(stale, options, hashes)
  if (together.diagnostics.length === 0 || stale.length === 1) {
    for (const [program, bundle] of together.value) bundles.set(program, bundle)
    return { value: bundles, diagnostics: together.diagnostics }
  }
  // One error fails the whole batch: one by one the others still come through.
  const diagnostics: Diagnostic[] = []
  for (const program of stale) {
    const alone = await bundleTogether([program], options, hashes)
    diagnostics.push(...alone.diagnostics)
    for (const [, bundle] of alone.value) bundles.set(program, bundle)
  }
  return { value: bundles, diagnostics }
}

/** Code that was put in, and moved what stands behind it on its line. Lines from 1, columns from 0. */
export interface Moved {
  readonly line: number
  readonly column: number
  readonly by: number
}

/** The bundle with `npm:` specifiers replaced by the places of their modules, and what that has moved. */
export function locateExternals({ code, externals }: Bundle): {
  readonly code: string
  readonly moved: readonly Moved[]
} {
  const moved: Moved[] = []
  const index = new LineIndex(code)
  const located = code.replace(
    /(["'])npm:([^"'\n]+)\1/g,
    (whole: string, _quote: string, specifier: string, offset: number) => {
      const external = externals[specifier]
      if (!external) return whole
      const url = JSON.stringify(external.url)
      const { line, column } = index.position(offset)
      moved.push({ line, column: column - 1, by: url.length - whole.length })
      return url
    },
  )
  return { code: located, moved }
}

/** Where bundles would lie, were they written, from the project: source maps name files from there. */
export const bundleFolder = '.cells'

/** Change it when the same program is made into another bundle. */
const format = 'bundle-3'

function cacheKey(program: Program): string {
  return hashOf(format, esbuild.version, program.chapter.file, program.code ?? '')
}

/** A bundle of an earlier run, if none of its local files has changed since. */
async function readBundle(
  program: Program,
  { root, cache }: BundlerOptions,
  hashes: Map<string, Promise<string>>,
): Promise<Bundle | undefined> {
  const text = await cache.read('bundle', cacheKey(program))
  if (text === undefined) return undefined
  const bundle = JSON.parse(text) as Bundle
  const current = await Promise.all(bundle.inputs.map(i => fileHash(join(root, i.path), hashes)))
  const versions = await Promise.all(
    Object.values(bundle.externals).map(e => packageVersion(fileURLToPath(e.url), hashes)),
  )
  const fresh =
    bundle.inputs.every((input, i) => input.hash === current[i]) &&
    Object.values(bundle.externals).every((e, i) => e.version === versions[i])
  return fresh ? bundle : undefined
}

function fileHash(path: string, hashes: Map<string, Promise<string>>): Promise<string> {
  const known =
    hashes.get(path) ??
    readFile(path).then(
      bytes => hashOf(bytes),
      () => 'missing',
    )
  hashes.set(path, known)
  return known
}

/** `name@version` of the package that a file belongs to. */
function packageVersion(path: string, known: Map<string, Promise<string>>): Promise<string> {
  const folder = path.slice(0, path.lastIndexOf('/node_modules/') + '/node_modules/'.length)
  const [scope, name] = path.slice(folder.length).split('/')
  const manifest = join(folder, scope.startsWith('@') ? `${scope}/${name}` : scope, 'package.json')
  const version =
    known.get(manifest) ??
    readFile(manifest, 'utf8').then(
      text => {
        const { name, version } = JSON.parse(text) as { name: string; version: string }
        return `${name}@${version}`
      },
      () => 'missing',
    )
  known.set(manifest, version)
  return version
}

async function bundleTogether(
  programs: readonly Program[],
  { root, cache }: BundlerOptions,
  hashes: Map<string, Promise<string>>,
): Promise<Result<ReadonlyMap<Program, Bundle>>> {
  const value = new Map<Program, Bundle>()
  if (programs.length === 0) return { value, diagnostics: [] }
  const byFile = new Map(programs.map(p => [p.chapter.file, p]))
  const externals = new Map<string, External>()
  const built = await esbuild
    .build({
      absWorkingDir: root,
      entryPoints: programs.map((p, i) => ({ in: `cell:${p.chapter.file}`, out: String(i) })),
      outdir: join(root, bundleFolder),
      plugins: [chapterPlugin(byFile, root, externals, hashes)],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: [],
      loader: { ...dataLoaders },
      tsconfigRaw: '{}',
      minifyWhitespace: true,
      legalComments: 'none',
      charset: 'utf8',
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
    })
    .catch((error: unknown) => {
      if (isBuildFailure(error)) return error
      throw error
    })
  if ('errors' in built && built.errors.length > 0)
    return { value, diagnostics: built.errors.map(e => toDiagnostic(e, programs, byFile)) }
  const { outputFiles = [], metafile } = built as esbuild.BuildResult
  const texts = new Map(outputFiles.map(f => [relative(root, f.path), f]))
  for (const [path, { inputs, imports }] of Object.entries(metafile?.outputs ?? {})) {
    const program = programs[Number(/^\.cells\/(\d+)\.js$/.exec(path)?.[1])]
    if (!program) continue
    const files = Object.keys(inputs).filter(name => !/^\w{2,}:/.test(name))
    const used = imports.filter(i => i.external && i.path.startsWith('npm:')).map(i => i.path.slice(4))
    const bundle: Bundle = {
      code: texts.get(path)?.text ?? '',
      map: texts.get(`${path}.map`)?.text ?? '',
      inputs: await Promise.all(
        files.map(async path => ({ path, hash: await fileHash(join(root, path), hashes) })),
      ),
      imports: importsOf(metafile?.inputs ?? {}, files, `cell:${program.chapter.file}`),
      externals: Object.fromEntries([...externals].filter(([specifier]) => used.includes(specifier))),
    }
    value.set(program, bundle)
    await cache.write('bundle', cacheKey(program), JSON.stringify(bundle))
  }
  return { value, diagnostics: [] }
}

/** Edges among a bundle's local files. */
function importsOf(
  inputs: esbuild.Metafile['inputs'],
  files: readonly string[],
  chapter: string,
): Record<string, readonly string[]> {
  const local = (path: string) => inputs[path]?.imports.map(i => i.path).filter(p => files.includes(p)) ?? []
  return { '': local(chapter), ...Object.fromEntries(files.map(path => [path, local(path)])) }
}

/** Serves chapters as modules, and leaves packages outside under `npm:` names. */
function chapterPlugin(
  byFile: ReadonlyMap<string, Program>,
  root: string,
  externals: Map<string, External>,
  hashes: Map<string, Promise<string>>,
): esbuild.Plugin {
  return {
    name: 'chapters',
    setup(build) {
      build.onResolve({ filter: /^cell:/ }, ({ path }) => ({ path: path.slice(5), namespace: 'cell' }))
      build.onLoad({ filter: /.*/, namespace: 'cell' }, ({ path }) => {
        const program = byFile.get(path)
        const resolveDir = dirname(program?.chapter.path ?? root)
        return { contents: withPlot(program?.code ?? ''), loader: 'ts', resolveDir }
      })
      build.onResolve({ filter: /^[^./]/ }, async args => {
        if (args.pluginData === 'resolving' || args.kind === 'entry-point') return undefined
        if (builtinModules.includes(args.path.replace(/^node:/, '')))
          return { path: args.path, external: true }
        const resolved = await resolvePackage(build, args, root)
        if (resolved.errors.length > 0 || !resolved.path.includes('/node_modules/')) return resolved
        externals.set(args.path, {
          url: pathToFileURL(resolved.path).href,
          version: await packageVersion(resolved.path, hashes),
        })
        return { path: `npm:${args.path}`, external: true, sideEffects: resolved.sideEffects }
      })
    },
  }
}

/** Cells that say `Plot`, and do not declare it, have the package without an import. No line moves. */
export function withPlot(code: string): string {
  const declared = /\bimport\b[^;'"]*\bPlot\b|\b(?:const|let|var|class|function)\s+Plot\b/
  const used = /(?<![.\w$])Plot\b/.test(code) && !declared.test(code)
  return used ? `import * as Plot from '@observablehq/plot';${code}` : code
}

/** From the importing file's folder, else from the project: a content folder elsewhere may use its packages. */
async function resolvePackage(
  build: esbuild.PluginBuild,
  { path, kind, importer, namespace, resolveDir }: esbuild.OnResolveArgs,
  root: string,
): Promise<esbuild.ResolveResult> {
  const from = { kind, importer, namespace, pluginData: 'resolving' }
  const near = await build.resolve(path, { ...from, resolveDir })
  return near.errors.length > 0 ? build.resolve(path, { ...from, resolveDir: root }) : near
}

function isBuildFailure(error: unknown): error is esbuild.BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function toDiagnostic(
  { text, location, notes }: esbuild.Message,
  programs: readonly Program[],
  byFile: ReadonlyMap<string, Program>,
): Diagnostic {
  const file = location?.file.replace(/^cell:/, '') ?? programs[0].chapter.file
  const program = byFile.get(file)
  const missing = /Could not resolve "(.+)"/.exec(text)?.[1]
  const problem = {
    rule: missing ? 'import-missing' : 'bundle',
    message: missing ? `cannot find ${JSON.stringify(missing)}` : text,
    help: missing
      ? 'Check the spelling; relative paths start at the chapter’s folder; packages must be in package.json.'
      : notes.map(n => n.text).join('\n') || undefined,
  }
  if (!location) return { severity: 'error', file, ...problem }
  // esbuild counts columns in bytes.
  const column = Buffer.from(location.lineText).subarray(0, location.column).toString().length + 1
  const length = Buffer.from(location.lineText)
    .subarray(location.column, location.column + location.length)
    .toString().length
  const { line } = location
  if (!program)
    return {
      severity: 'error',
      file,
      range: { start: { line, column }, end: { line, column: column + length } },
      ...problem,
    }
  const index = new LineIndex(program.chapter.text)
  const start = index.offset({ line, column })
  return errorAt(program.chapter.file, index, { start, end: start + length }, problem)
}
