/**
 * Program → outputs. Nothing runs whose slice has not changed since it last came to its end: only the union of the
 * stale slices does, and what is kept of the others joins it.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Cache } from '../base/cache.ts'
import { hasErrors, type Result } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import { type Bundle, bundlePrograms } from '../program/bundle.ts'
import { runKey } from '../program/key.ts'
import { type Program, type Selection, toProgram } from '../program/program.ts'
import { type Slices, sliceBundle } from '../program/slices.ts'
import type { Chapter } from '../source/chapter.ts'
import { runningCells } from '../source/running.ts'
import { allRan, expectedOf } from './attendance.ts'
import { claimsOf } from './claims.ts'
import { type Executed, type ExecuteOptions, execute } from './execute.ts'
import { hashInputs } from './inputs.ts'
import { noOutputs, type Outputs } from './output.ts'
import { type Part, partsOf, unitKey } from './parts.ts'
import { runProblems } from './problems.ts'
import type { Threw } from './promises.ts'
import { joinUnits, type KeptUnit, keepUnit, readParts, readUnit, writeParts } from './units.ts'

export interface RunOptions extends ExecuteOptions {
  readonly cache: Cache
  /** Absolute path of the project. */
  readonly root: string
  /** Hash of the runtime's code (see runtimeCode.ts). */
  readonly runtime: string
  /** Limits of a chapter that names none. */
  readonly seconds: number
  readonly megabytes: number
  /** Modules that hold no state (see `Config.stateless`). */
  readonly stateless: readonly string[]
  /** Run every cell, whatever is kept. */
  readonly fresh?: boolean
}

export interface Run {
  readonly outputs: Outputs
  /** How many cells the chapter has that run, and how many did so now. */
  readonly cells: number
  readonly ran: number
}

/** What is kept of a whole chapter's run. */
interface Kept {
  readonly outputs: Outputs
  readonly threw: Threw
}

/** Runs what is stale of one chapter. */
export async function runProgram(
  program: Program,
  bundle: Bundle,
  options: RunOptions,
): Promise<Result<Run>> {
  const { chapter } = program
  const { cache, fresh } = options
  const index = new LineIndex(chapter.text)
  const cells = runningCells(chapter)
  const inputs = await hashInputs(chapter, index, cells)
  if (hasErrors(inputs.diagnostics))
    return { value: { outputs: noOutputs, cells: 0, ran: 0 }, diagnostics: inputs.diagnostics }
  const { limits, ...around } = surroundings(chapter, options)
  const key = runKey({ bundle, files: inputs.value, limits, ...around })
  const known = fresh ? undefined : await cache.read('run', key)
  const planned = () => planOf(chapter, bundle, inputs.value, options)
  const keepUnits = async (plan: Plan | undefined, whole: Kept, ran?: ReadonlySet<number>) => {
    if (!plan) return
    const { units, keys } = plan
    await Promise.all(
      units.map(async (unit, u) => (ran?.has(u) ?? true) && keepUnit(cache, keys[u], unit, whole)),
    )
    await writeParts(cache, chapter.file, plan)
  }
  const finish = (whole: Kept, ran: number) => ({
    value: { outputs: whole.outputs, cells: cells.length, ran },
    diagnostics: runProblems(chapter, index, whole),
  })
  const kept = known === undefined ? undefined : (JSON.parse(known) as Kept)
  if (kept && allRan(expectedOf(chapter), kept.outputs)) {
    // Made by another machine, or under another name: its cells are not known one by one yet.
    if (!(await readParts(cache, chapter.file))) await keepUnits(planned(), kept)
    return finish(kept, 0)
  }

  const plan = planned()
  const keptUnits = plan && !fresh ? await Promise.all(plan.keys.map(k => readUnit(cache, k))) : []
  const stale = plan ? staleUnion(plan.slices, keptUnits) : undefined
  const part = plan && stale && stale.size < plan.units.length ? selection(plan.units, stale) : undefined
  const done =
    stale?.size === 0 ? nothingRan : await runSelected(program, bundle, part, index, limits, options)
  if (done.problem)
    return {
      value: { outputs: done.outputs, cells: cells.length, ran: done.ran },
      diagnostics: [done.problem],
    }
  const whole = plan && stale && (part || stale.size === 0) ? joinUnits(plan.units, keptUnits, done) : done
  if (!allRan(expectedOf(chapter), whole.outputs)) return finish(whole, done.ran)
  await cache.write('run', key, JSON.stringify({ outputs: whole.outputs, threw: whole.threw } satisfies Kept))
  await keepUnits(plan, whole, stale)
  return finish(whole, done.ran)
}

const nothingRan: Executed = { outputs: noOutputs, threw: {}, problem: undefined, ran: 0 }

type Around = Pick<RunOptions, 'seconds' | 'megabytes' | 'macros' | 'runtime' | 'stateless'>

function surroundings(chapter: Chapter, { seconds, megabytes, macros, runtime }: Around) {
  return {
    limits: {
      seconds: chapter.frontMatter.timeout ?? seconds,
      megabytes: chapter.frontMatter.memory ?? megabytes,
    },
    claims: { cells: claimsOf(chapter), macros },
    runtime,
    node: process.versions.node.split('.')[0],
  }
}

/** The units of a chapter, and what each depends on. */
export interface Plan {
  readonly units: Slices['units']
  readonly slices: Slices['slices']
  readonly names: readonly string[]
  readonly parts: readonly (readonly Part[])[]
  readonly keys: readonly string[]
}

/** Undefined for a bundle that cannot be taken apart: then the chapter is one piece. */
export function planOf(
  chapter: Chapter,
  bundle: Bundle,
  inputs: Readonly<Record<number, Readonly<Record<string, string>>>>,
  options: Around,
): Plan | undefined {
  const sliced = sliceBundle(bundle, options)
  if (!sliced || !isWhole(sliced.units, chapter)) return undefined
  const { limits, claims, runtime, node } = surroundings(chapter, options)
  const names = sliced.units.map(({ kind, index }) =>
    kind === 'cell' ? (chapter.cells[index].options.label ?? `cell-${index + 1}`) : `inline-${index + 1}`,
  )
  const parts = sliced.slices.map(slice =>
    partsOf(slice, sliced, {
      bundle,
      inputs,
      claims: claims.cells,
      options: { ...limits, macros: claims.macros },
      runtime: { 'the pipeline': runtime, 'Node’s major version': node },
      nameOf: unit => names[unit],
    }),
  )
  return { ...sliced, names, parts, keys: sliced.slices.map((s, u) => unitKey(s, parts[u])) }
}

/** Whether the marks of all that runs are there, in the order of the text. */
function isWhole(units: Slices['units'], chapter: Chapter): boolean {
  const { cells, inlines } = expectedOf(chapter)
  const found = (kind: 'cell' | 'inline') => units.filter(u => u.kind === kind).map(u => u.index)
  return (
    isDeepStrictEqual(
      found('cell'),
      cells.map(c => c.index),
    ) && found('inline').length === inlines.length
  )
}

/** Units that must run: those of which nothing is kept, with all that they need. */
function staleUnion(slices: Slices['slices'], kept: readonly (KeptUnit | undefined)[]): ReadonlySet<number> {
  return new Set(slices.flatMap((slice, u) => (kept[u] ? [] : slice.needs)))
}

function selection(units: Slices['units'], chosen: ReadonlySet<number>): Selection {
  const ofKind = (kind: 'cell' | 'inline') =>
    new Set([...chosen].flatMap(u => (units[u].kind === kind ? [units[u].index] : [])))
  return { cells: ofKind('cell'), inlines: ofKind('inline') }
}

async function runSelected(
  program: Program,
  bundle: Bundle,
  only: Selection | undefined,
  index: LineIndex,
  limits: { seconds: number; megabytes: number },
  options: RunOptions,
): Promise<Executed> {
  const { chapter } = program
  const all = expectedOf(chapter)
  if (!only) return execute(chapter, bundle, index, all, limits, options)
  const reduced = toProgram(chapter, only).value
  const bundled = (await bundlePrograms([reduced], options)).value.get(reduced)
  if (!bundled) throw new Error(`a part of ${chapter.file} does not bundle, though all of it does`)
  const running = {
    cells: all.cells.filter(c => only.cells.has(c.index)),
    inlines: all.inlines.filter(i => only.inlines.has(i.index)),
  }
  return execute(chapter, bundled, index, running, limits, options)
}
