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
import type { Expected } from './attendance.ts'
import { claimsOf, type LabelledVerdict } from './claims.ts'
import { endingDiagnostic, failureDiagnostic, type RunPlace } from './failure.ts'
import type { Doubt, Output, Outputs } from './output.ts'
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

export interface Executed {
  readonly outputs: Outputs
  readonly threw: Threw
  /** What ended the run too early. */
  readonly problem: Diagnostic | undefined
  /** Cells that began. */
  readonly ran: number
}

/** Runs the cells of a program that a bundle was made of. */
export async function execute(
  chapter: Chapter,
  bundle: Bundle,
  index: LineIndex,
  { cells, inlines: spoken }: Expected,
  limits: { seconds: number; megabytes: number },
  { pool, folder, macros }: ExecuteOptions,
): Promise<Executed> {
  const outputs: Record<number, readonly Output[]> = {}
  const inlines: Record<number, string> = {}
  const verdicts: Record<number, readonly LabelledVerdict[]> = {}
  const threw: Record<number, { name: string; message: string }> = {}
  const doubts: Record<number, Doubt> = {}
  let failure: Failure | undefined
  const began: number[] = []
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
      if (message.type === 'cell') began.push(message.index)
      else if (message.type === 'outputs') {
        outputs[message.index] = message.outputs
        if (message.threw) threw[message.index] = message.threw
      } else if (message.type === 'verdicts') verdicts[message.index] = message.verdicts
      else if (message.type === 'inline') {
        const { index } = spoken[Object.keys(inlines).length]
        inlines[index] = message.value.text
        if (message.value.doubt) doubts[index] = message.value.doubt
      } else if (message.type === 'failed') failure = message.failure
    },
  )
  await rm(path, { force: true })
  const { file } = chapter
  const place: RunPlace = { file, index, cell: cells.find(c => c.index === began.at(-1)), cells }
  const given = { cells: outputs, inlines, verdicts, doubts }
  const problem = failure
    ? failureDiagnostic(failure, place)
    : ending.type === 'ended'
      ? undefined
      : endingDiagnostic(ending, place, limits.megabytes)
  return { outputs: given, threw, problem, ran: began.length }
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
