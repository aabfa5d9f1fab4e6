/**
 * Programs → type diagnostics, by the native TypeScript compiler. All chapters are one program. [edge: tsc]
 *
 * The compiler reads chapters from memory, under the name of the chapter with `.ts` behind it, so that imports
 * resolve as they would beside the chapter. A content folder outside the project is shown to it inside, so that
 * the project's packages are found from there too.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { API, type Snapshot } from 'typescript/unstable/async'
import type { Diagnostic as TsDiagnostic } from 'typescript/unstable/sync'
import type { Diagnostic, Result } from '../base/diagnostic.ts'
import { grouped } from '../base/grouped.ts'
import { LineIndex, lineIndex } from '../base/position.ts'
import type { Cell } from '../source/chapter.ts'
import type { Program } from './program.ts'
import { promisedTypeErrors } from './promisedTypeErrors.ts'
import { typeErrorHelp } from './typeErrorHelp.ts'

export interface TypeCheckerOptions {
  /** Absolute path of the project: packages resolve from here. */
  readonly root: string
  /** Absolute path of the content folder. */
  readonly content: string
}

export interface TypeChecker {
  /**
   * Checks the given chapters together. Chapters of earlier calls are kept: `programs` replaces those it names.
   * The value lists the files (absolute) that took part beside chapters and packages.
   */
  check(programs: readonly Program[]): Promise<Result<readonly string[]>>
  close(): Promise<void>
}

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
  types: ['node'],
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
}

/** Starts no process until the first check. Close it: it keeps a compiler running. */
export function createTypeChecker({ root, content }: TypeCheckerOptions): TypeChecker {
  const inside = content === root || content.startsWith(`${root}/`)
  const mount = inside ? undefined : { shown: `${root}/.content`, real: content }
  const shownPath = (path: string) =>
    mount && path.startsWith(`${mount.real}/`) ? mount.shown + path.slice(mount.real.length) : path
  const realPath = (path: string) =>
    mount && (path === mount.shown || path.startsWith(`${mount.shown}/`))
      ? mount.real + path.slice(mount.shown.length)
      : path
  const configFile = `${root}/.cells.tsconfig.json`
  const modules = new Map<string, Module>()
  /** Names of a chapter's modules, by the chapter's path. */
  const modulesOf = new Map<string, readonly string[]>()
  const files = new Map<string, string>()
  let api: API | undefined
  let opened = false
  /** Local files that chapters import, with the time of their last change. */
  let imported: ReadonlyMap<string, number> = new Map()
  let missingModules = false

  /** Puts the chapters and the configuration where the compiler reads them; gives the names that changed. */
  function lay(programs: readonly Program[]): string[] {
    const before = new Map(files)
    for (const program of programs) {
      const name = shownPath(program.chapter.path)
      for (const old of modulesOf.get(name) ?? []) {
        modules.delete(old)
        files.delete(old)
      }
      const own: [string, Module][] = [
        [`${name}.ts`, { program, text: program.types }],
        ...program.files.map(({ cell, text }): [string, Module] => [
          `${name}.cell-${cell.index + 1}.ts`,
          { program, text, cell },
        ]),
      ]
      for (const [file, module] of own) {
        modules.set(file, module)
        // Half a character, which no file can hold, leaves the compiler waiting for ever.
        files.set(file, module.text.toWellFormed())
      }
      modulesOf.set(
        name,
        own.map(([file]) => file),
      )
    }
    const usesPlot = [...modules.values()].some(m => /\bPlot\b/.test(m.text))
    const globals = ['cellGlobals.d.ts', ...(usesPlot ? ['plotGlobal.d.ts'] : [])]
    const names = [...globals.map(shownGlobal), ...modules.keys()]
    for (const name of globals) files.set(shownGlobal(name), globalText(name))
    files.set(configFile, JSON.stringify({ compilerOptions, files: names }))
    return [...files.keys()].filter(name => files.get(name) !== before.get(name))
  }
  const shownGlobal = (name: string) => `${root}/.cells.${name}`

  /** Only what changed is read again; everything when a module was missing, for it may be there now. */
  async function snapshot(changed: readonly string[]): Promise<Snapshot> {
    if (api && opened) {
      const touched = [...imported].filter(([path, time]) => modified(path) !== time).map(([path]) => path)
      const all = missingModules || changed.includes(configFile)
      const fileChanges = all
        ? { invalidateAll: true as const }
        : { changed: [...changed, ...touched.map(shownPath)] }
      return api.updateSnapshot({ fileChanges })
    }
    api = new API({ cwd: root, fs: virtualFiles(files, realPath, mount?.shown) })
    const first = await api.updateSnapshot({ openProjects: [configFile] })
    opened = true
    return first
  }

  async function checkAll(programs: readonly Program[]): Promise<Result<readonly string[]>> {
    const changed = lay(programs)
    if (modules.size === 0) return { value: [], diagnostics: [] }
    const current = await snapshot(changed)
    const [project] = current.getProjects()
    const { program } = project
    const found = (
      await Promise.all([
        program.getProgramDiagnostics(),
        program.getSyntacticDiagnostics(),
        program.getSemanticDiagnostics(),
      ])
    ).flat()
    const names = await program.getSourceFileNames()
    await current.dispose()
    const asked = new Set(programs)
    const diagnostics = translate(found, modules, realPath, root).filter(
      d => !d.program || asked.has(d.program),
    )
    const byProgram = grouped(diagnostics, d => d.program)
    const value = names
      .filter(n => !files.has(n) && n.startsWith('/') && !n.includes('/node_modules/'))
      .map(realPath)
    imported = new Map(value.map(path => [path, modified(path)]))
    missingModules = found.some(d => d.code === 2307)
    return {
      value,
      diagnostics: [
        ...diagnostics.filter(d => !d.program).map(d => d.diagnostic),
        ...programs.flatMap(p =>
          promisedTypeErrors(
            p,
            (byProgram.get(p) ?? []).map(d => d.diagnostic),
          ),
        ),
      ],
    }
  }

  async function close() {
    const running = api
    api = undefined
    opened = false
    await running?.close()
  }

  return {
    /** After a failure nothing is kept: what made the compiler fail must not fail the next check, too. */
    async check(programs) {
      try {
        return await checkAll(programs)
      } catch (error) {
        modules.clear()
        modulesOf.clear()
        files.clear()
        await close().catch(() => undefined)
        throw error
      }
    },
    close,
  }
}

/** Chapters from memory; the mounted content folder from its real place; all else from disk. */
function virtualFiles(
  files: ReadonlyMap<string, string>,
  realPath: (path: string) => string,
  shown: string | undefined,
) {
  const mounted = (path: string) => shown !== undefined && (path === shown || path.startsWith(`${shown}/`))
  return {
    readFile: (path: string) =>
      files.get(path) ??
      (mounted(path) ? attempt(() => readFileSync(realPath(path), 'utf8'), null) : undefined),
    fileExists: (path: string) =>
      files.has(path) ||
      (mounted(path) ? attempt(() => statSync(realPath(path)).isFile(), false) : undefined),
    directoryExists: (path: string) =>
      mounted(path) ? attempt(() => statSync(realPath(path)).isDirectory(), false) : undefined,
    getAccessibleEntries: (path: string) => {
      if (!mounted(path)) return undefined
      const entries = attempt(() => readdirSync(realPath(path), { withFileTypes: true }), [])
      return {
        files: entries.filter(e => e.isFile()).map(e => e.name),
        directories: entries.filter(e => e.isDirectory()).map(e => e.name),
      }
    },
    realpath: (path: string) => (mounted(path) ? path : undefined),
  }
}

function attempt<T, F>(read: () => T, fallback: F): T | F {
  try {
    return read()
  } catch {
    return fallback
  }
}

/** Time of a file's last change, 0 where there is none. */
function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function globalText(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8')
}

/** What the compiler reads of a chapter: the module of its cells, or a cell that is a file of its own. */
interface Module {
  readonly program: Program
  readonly text: string
  readonly cell?: Cell
}

interface Translated {
  /** The chapter that the diagnostic is in; undefined for a file that chapters import. */
  readonly program: Program | undefined
  readonly diagnostic: Diagnostic
}

function translate(
  found: readonly TsDiagnostic[],
  modules: ReadonlyMap<string, Module>,
  realPath: (path: string) => string,
  root: string,
): Translated[] {
  const indexes = new Map<string, LineIndex>()
  const indexOf = (name: string, text: () => string) => {
    const known = indexes.get(name) ?? new LineIndex(text())
    indexes.set(name, known)
    return known
  }
  return found.flatMap(d => {
    const { fileName } = d
    const module = fileName === undefined ? undefined : modules.get(fileName)
    const program = module?.program
    if (module && namesBrokenCell(d, module)) return []
    const real = fileName === undefined ? root : realPath(fileName)
    const file = program?.chapter.file ?? (real.startsWith(`${root}/`) ? real.slice(root.length + 1) : real)
    const index = module
      ? indexOf(fileName ?? '', () => module.text)
      : fileName === undefined
        ? undefined
        : indexOf(fileName, () => attempt(() => readFileSync(real, 'utf8'), ''))
    if (module && index && isUnsaid(d.code, index.position(d.pos).line, module)) return []
    const diagnostic: Diagnostic = {
      severity: 'error',
      file,
      range: index?.range({ start: d.pos, end: d.end }),
      rule: `TS${d.code}`,
      message: d.text,
      help: typeErrorHelp(d.code),
      detail: d.messageChain?.length ? chainText(d.messageChain) : undefined,
    }
    return [{ program, diagnostic }]
  })
}

/** The reasons behind a message, each level indented as the compiler does. */
function chainText(chain: readonly TsDiagnostic[], depth = 0): string {
  return chain
    .flatMap(d => [
      `${'  '.repeat(depth)}${d.text}`,
      ...(d.messageChain?.length ? [chainText(d.messageChain, depth + 1)] : []),
    ])
    .join('\n')
}

/** Whether a name is missing only because the cell that declares it does not parse. */
function namesBrokenCell({ code, pos, end }: TsDiagnostic, { program: { broken }, text }: Module): boolean {
  if (broken.length === 0 || ![2304, 2552, 18004, 2503].includes(code)) return false
  const name = text.slice(pos, end)
  return broken.some(cell => cell.code.split(/[^\p{ID_Continue}$]+/u).includes(name))
}

/**
 * JavaScript is not checked, as in any project. And a cell that is a file speaks of modules that need not exist:
 * `declare module 'x'` is an augmentation there (TS2664), because a chapter must not declare modules for another.
 */
function isUnsaid(code: number, line: number, { program: { chapter }, cell }: Module): boolean {
  const scripts = chapter.cells.filter(c => c.language === 'js')
  if (!cell && scripts.length === 0) return false
  const index = lineIndex(chapter.text)
  const holds = ({ open, close }: Cell) =>
    line > index.position(open.start).line && line <= index.position(close.start).line
  if (cell) return code === 2664 || !holds(cell)
  return code !== 2307 && scripts.some(holds)
}
