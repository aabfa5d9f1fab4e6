/** One bundle in one host: the job, what comes back, and what went wrong. [edge: fs, processes] */
import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Diagnostic } from '../base/diagnostic.ts'
import { hashOf } from '../base/hash.ts'
import type { LineIndex } from '../base/position.ts'
import { type Bundle, locateExternals } from '../program/bundle.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { claimsOf, type LabelledVerdict } from './claims.ts'
import { endingDiagnostic, failureDiagnostic, type RunPlace } from './failure.ts'
import type { Output, Outputs } from './output.ts'
import type { Pool } from './pool.ts'
import type { Threw } from './promises.ts'
import type { Failure, Job } from './protocol.ts'

export interface ExecuteOptions {
  readonly pool: Pool
  /** Folder for the modules that run; its entries are removed after use. */
  readonly folder: string
  /** KaTeX macros, for formulas that cells verify. */
  readonly macros: Readonly<Record<string, string>>
}

/** What of a chapter the bundle holds. */
export interface Running {
  readonly cells: readonly Cell[]
  /** Indices of the inline expressions, in reading order. */
  readonly inlines: readonly number[]
}

export interface Executed {
  readonly outputs: Outputs
  readonly threw: Threw
  readonly problem: Diagnostic | undefined
  /** Cells that began. */
  readonly ran: number
}

/** Runs the cells of a program that a bundle was made of. */
export async function execute(
  chapter: Chapter,
  bundle: Bundle,
  index: LineIndex,
  { cells, inlines: spoken }: Running,
  limits: { seconds: number; megabytes: number },
  { pool, folder, macros }: ExecuteOptions,
): Promise<Executed> {
  const outputs: Record<number, readonly Output[]> = {}
  const inlines: Record<number, string> = {}
  const verdicts: Record<number, readonly LabelledVerdict[]> = {}
  const threw: Record<number, { name: string; message: string }> = {}
  let failure: Failure | undefined
  let current: number | undefined
  let ran = 0
  const path = join(folder, `${hashOf(bundle.code)}-${randomBytes(4).toString('hex')}.mjs`)
  await mkdir(folder, { recursive: true })
  const { code, moved } = locateExternals(bundle)
  await writeFile(path, code)
  const ending = await pool.run(
    jobOf(chapter, bundle, index, cells, {
      url: pathToFileURL(path).href,
      megabytes: limits.megabytes,
      macros,
      moved,
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
      else if (message.type === 'inline') inlines[spoken[Object.keys(inlines).length]] = message.text
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
  return { outputs: { cells: outputs, inlines, verdicts }, threw, problem, ran }
}

function jobOf(
  chapter: Chapter,
  bundle: Bundle,
  index: LineIndex,
  cells: readonly Cell[],
  given: Pick<Job, 'url' | 'megabytes' | 'macros' | 'moved'>,
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
