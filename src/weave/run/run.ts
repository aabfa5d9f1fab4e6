/** Bundle → outputs. A run that succeeded before with the same key is not repeated. [edge: fs, processes] */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Cache } from '../base/cache.ts'
import { type Diagnostic, errorAt, hasErrors, type Result } from '../base/diagnostic.ts'
import { hashOf } from '../base/hash.ts'
import { LineIndex } from '../base/position.ts'
import { type Bundle, locateExternals } from '../program/bundle.ts'
import { runKey } from '../program/key.ts'
import { isPromised, type Program } from '../program/program.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { claimsOf, type LabelledVerdict } from './claims.ts'
import { endingDiagnostic, failureDiagnostic, type RunPlace } from './failure.ts'
import { noOutputs, type Output, type Outputs } from './output.ts'
import type { Pool } from './pool.ts'
import type { Failure, Job } from './protocol.ts'

export interface RunOptions {
  readonly pool: Pool
  readonly cache: Cache
  /** Hash of the runtime's code (see runtimeCode.ts). */
  readonly runtime: string
  /** Folder for the modules that run; its entries are removed after use. */
  readonly folder: string
  /** Limits of a chapter that names none. */
  readonly seconds: number
  readonly megabytes: number
  /** KaTeX macros, for formulas that cells verify. */
  readonly macros: Readonly<Record<string, string>>
  /** Run even if there are outputs of an earlier run. */
  readonly fresh?: boolean
}

export interface Run {
  readonly outputs: Outputs
  /** Taken from an earlier run. */
  readonly reused: boolean
  /** How many cells ran, now or then. */
  readonly cells: number
}

/** What is kept of a run. */
interface Kept {
  readonly outputs: Outputs
  /** The errors that `error:` cells threw, by cell. */
  readonly threw: Readonly<Record<number, { readonly name: string; readonly message: string }>>
}

/** Runs one chapter's program, or finds its outputs. */
export async function runProgram(
  program: Program,
  bundle: Bundle,
  options: RunOptions,
): Promise<Result<Run>> {
  const { chapter } = program
  const index = new LineIndex(chapter.text)
  const cells = chapter.cells.filter(c => c.kind === 'exec' && c.options.eval !== false)
  const limits = {
    seconds: chapter.frontMatter.timeout ?? options.seconds,
    megabytes: chapter.frontMatter.memory ?? options.megabytes,
  }
  const files = await hashInputs(program, index, cells)
  if (hasErrors(files.diagnostics))
    return { value: { outputs: noOutputs, reused: false, cells: 0 }, diagnostics: files.diagnostics }
  const node = process.versions.node.split('.')[0]
  const claims = { cells: claimsOf(chapter), macros: options.macros }
  const key = runKey({ bundle, files: files.value, limits, claims, runtime: options.runtime, node })
  const known = options.fresh ? undefined : await options.cache.read('run', key)
  if (known !== undefined) {
    const kept = JSON.parse(known) as Kept
    const diagnostics = brokenPromises(chapter.file, index, cells, kept.threw)
    return { value: { outputs: kept.outputs, reused: true, cells: cells.length }, diagnostics }
  }
  const { kept, problem, ran } = await execute(program, bundle, index, cells, limits, options)
  if (!problem) await options.cache.write('run', key, JSON.stringify(kept))
  const diagnostics = problem ? [problem] : brokenPromises(chapter.file, index, cells, kept.threw)
  return { value: { outputs: kept.outputs, reused: false, cells: ran }, diagnostics }
}

async function execute(
  { chapter }: Program,
  bundle: Bundle,
  index: LineIndex,
  cells: readonly Cell[],
  limits: { seconds: number; megabytes: number },
  { pool, folder, macros }: RunOptions,
): Promise<{ kept: Kept; problem: Diagnostic | undefined; ran: number }> {
  const outputs: Record<number, readonly Output[]> = {}
  const inlines: Record<number, string> = {}
  const verdicts: Record<number, readonly LabelledVerdict[]> = {}
  const threw: Record<number, { name: string; message: string }> = {}
  let failure: Failure | undefined
  let current: number | undefined
  let ran = 0
  const path = join(folder, `${hashOf(bundle.code)}-${randomBytes(4).toString('hex')}.mjs`)
  await mkdir(folder, { recursive: true })
  await writeFile(path, locateExternals(bundle))
  const ending = await pool.run(
    jobOf(chapter, bundle, index, cells, {
      url: pathToFileURL(path).href,
      megabytes: limits.megabytes,
      macros,
    }),
    {
      chapter: limits.seconds,
      cells: Object.fromEntries(
        cells.flatMap(c => (c.options.timeout === undefined ? [] : [[c.index, c.options.timeout]])),
      ),
    },
    message => {
      if (message.type === 'cell') {
        current = message.index
        ran++
      } else if (message.type === 'outputs') {
        outputs[message.index] = message.outputs
        if (message.threw) threw[message.index] = message.threw
      } else if (message.type === 'verdicts') verdicts[message.index] = message.verdicts
      else if (message.type === 'inline') inlines[Object.keys(inlines).length] = message.text
      else if (message.type === 'failed') failure = message.failure
    },
  )
  await rm(path, { force: true })
  const place: RunPlace = { file: chapter.file, index, cell: cells.find(c => c.index === current), cells }
  const problem = failure
    ? failureDiagnostic(failure, place)
    : ending.type === 'ended'
      ? undefined
      : endingDiagnostic(ending, place, limits.megabytes)
  return { kept: { outputs: { cells: outputs, inlines, verdicts }, threw }, problem, ran }
}

function jobOf(
  chapter: Chapter,
  bundle: Bundle,
  index: LineIndex,
  cells: readonly Cell[],
  given: Pick<Job, 'url' | 'megabytes' | 'macros'>,
): Job {
  const drawn = Object.keys(bundle.externals).some(s => /^(@observablehq\/|d3)/.test(s))
  return {
    ...given,
    file: chapter.file,
    claims: claimsOf(chapter),
    map: bundle.map,
    cells: Object.fromEntries(
      cells
        .filter(c => c.lines.length > c.optionLines)
        .map(c => [
          c.index,
          {
            first: index.position(c.lines[c.optionLines].start).line,
            last: index.position(c.lines[c.lines.length - 1].start).line,
          },
        ]),
    ),
    packages: Object.values(bundle.externals).map(e => e.url),
    dom: drawn || /\bdocument\b/.test(bundle.code),
  }
}

/** Content hashes of the files that cells read at run time; a missing file is an error at the option. */
async function hashInputs(
  { chapter }: Program,
  index: LineIndex,
  cells: readonly Cell[],
): Promise<Result<Record<string, string>>> {
  const value: Record<string, string> = {}
  const diagnostics: Diagnostic[] = []
  for (const cell of cells)
    for (const name of cell.options.inputs ?? []) {
      try {
        value[name] = hashOf(await readFile(resolve(dirname(chapter.path), name)))
      } catch {
        diagnostics.push(
          errorAt(chapter.file, index, cell.optionSpans.inputs ?? cell.open, {
            rule: 'input-missing',
            message: `cannot read the input file ${JSON.stringify(name)}`,
            help: 'Paths in `inputs:` start at the chapter’s folder.',
          }),
        )
      }
    }
  return { value, diagnostics }
}

/** Cells that promised an error and threw none, or another. */
function brokenPromises(
  file: string,
  index: LineIndex,
  cells: readonly Cell[],
  threw: Kept['threw'],
): Diagnostic[] {
  return cells.flatMap(cell => {
    const promise = cell.options.error
    if (!isPromised(promise)) return []
    const got = threw[cell.index]
    if (got && (promise === true || got.name === promise)) return []
    const expected = promise === true ? 'an error' : promise
    return [
      errorAt(file, index, cell.optionSpans.error ?? cell.open, {
        rule: 'error-missing',
        message: `expected this cell to throw ${expected}, got ${got ? `${got.name}: ${got.message}` : 'none'}`,
        help: 'Remove the `error:` option, or make the cell fail in the way it says.',
      }),
    ]
  })
}
