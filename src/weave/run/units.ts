/** What is kept of each cell and inline expression, and of what it depended on. [edge: fs, through the cache] */
import type { Cache } from '../base/cache.ts'
import { hashOf } from '../base/hash.ts'
import type { Unit } from '../program/flat.ts'
import type { LabelledVerdict } from './claims.ts'
import type { Doubt, Output, Outputs } from './output.ts'
import type { Part } from './parts.ts'
import type { Threw } from './promises.ts'

export interface KeptUnit {
  readonly outputs?: readonly Output[]
  readonly verdicts?: readonly LabelledVerdict[]
  readonly threw?: Threw[number]
  /** Of an inline expression. */
  readonly text?: string
  readonly doubt?: Doubt
}

interface Whole {
  readonly outputs: Outputs
  readonly threw: Threw
}

export async function readUnit(cache: Cache, key: string): Promise<KeptUnit | undefined> {
  const text = await cache.read('cell', key)
  const unit = text === undefined ? {} : (JSON.parse(text) as KeptUnit)
  return unit.outputs === undefined && unit.text === undefined ? undefined : unit
}

export async function keepUnit(
  cache: Cache,
  key: string,
  { kind, index }: Unit,
  whole: Whole,
): Promise<void> {
  const { cells, inlines, verdicts, doubts } = whole.outputs
  const kept: KeptUnit =
    kind === 'inline'
      ? { text: inlines[index], doubt: doubts?.[index] }
      : { outputs: cells[index], verdicts: verdicts[index], threw: whole.threw[index] }
  await cache.write('cell', key, JSON.stringify(kept))
}

/** What ran now, and what is kept of the rest. */
export function joinUnits(
  units: readonly Unit[],
  kept: readonly (KeptUnit | undefined)[],
  now: Whole,
): Whole {
  const cells: Record<number, readonly Output[]> = {}
  const inlines: Record<number, string> = {}
  const verdicts: Record<number, readonly LabelledVerdict[]> = {}
  const threw: Record<number, Threw[number]> = {}
  const doubts: Record<number, Doubt> = {}
  for (const [u, { kind, index }] of units.entries()) {
    const known = kept[u]
    if (known?.text !== undefined && kind === 'inline') inlines[index] = known.text
    if (known?.outputs) cells[index] = known.outputs
    if (known?.verdicts) verdicts[index] = known.verdicts
    if (known?.threw) threw[index] = known.threw
    if (known?.doubt) doubts[index] = known.doubt
  }
  return {
    outputs: {
      cells: { ...cells, ...now.outputs.cells },
      inlines: { ...inlines, ...now.outputs.inlines },
      verdicts: { ...verdicts, ...now.outputs.verdicts },
      doubts: { ...doubts, ...now.outputs.doubts },
    },
    threw: { ...threw, ...now.threw },
  }
}

/** What each unit of a chapter depended on when it last ran, by its name: for `explain`. */
export interface LastRun {
  readonly units: Readonly<Record<string, { readonly key: string; readonly parts: readonly Part[] }>>
}

const lastRunKey = (file: string) => hashOf('last run', file)

export async function writeParts(
  cache: Cache,
  file: string,
  plan: {
    readonly names: readonly string[]
    readonly keys: readonly string[]
    readonly parts: readonly (readonly Part[])[]
  },
): Promise<void> {
  const units = Object.fromEntries(
    plan.names.map((name, u) => [name, { key: plan.keys[u], parts: plan.parts[u] }]),
  )
  await cache.write('last-run', lastRunKey(file), JSON.stringify({ units } satisfies LastRun))
}

export async function readParts(cache: Cache, file: string): Promise<LastRun | undefined> {
  const text = await cache.read('last-run', lastRunKey(file))
  return text === undefined ? undefined : (JSON.parse(text) as LastRun)
}
