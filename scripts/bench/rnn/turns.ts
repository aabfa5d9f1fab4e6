/**
 * Times one case in turns: PyTorch, then each of our setups, then all of them again, for what else happens on the
 * machine to fall on all alike. Each is compared before it is timed.
 */
import { useKernel, useThreads } from '../../../src/rnn/index.ts'
import { type Kernel, kernel } from '../../../src/rnn/kernel/kernel.ts'
import {
  type Case,
  type CaseTimes,
  type Measure,
  type MeasureTimes,
  measures,
  nameOf,
  replicasOf,
  type SetupName,
  type SetupTimes,
  setups,
  type Times,
} from './cases.ts'
import { type Replicas, startReplicas } from './replicas.ts'
import { sample, timesOf } from './sample.ts'
import { type Check, type Expected, expectAgreement, type Subject, subjectOf } from './subject.ts'
import type { Torch } from './torch.ts'

export interface Plan {
  readonly rounds: number
  /** For each setup and measure in one round */
  readonly seconds: number
  readonly setups: readonly SetupName[]
  /** Whether replicas are timed, too. */
  readonly withReplicas: boolean
  /** Called in each round, while the kernel is on one thread and without FMA. */
  readonly beforeRound: (name: string) => void
  /** Whether rounds after a case's first are left out from now on. */
  readonly isLate: () => boolean
}

type TorchTimes = NonNullable<CaseTimes['torch']>

/** Up to so many hidden units the plain loops are quick enough to be compared with. */
const referenceLimit = 64

/** Of PyTorch's: measures, each on one and two threads. */
const resultsPerRound = 2 * measures.length

/**
 * A kernel of each setup, kept: an engine compiles a module at its leisure, and shares what it has compiled with later
 * kernels only while an earlier one is alive.
 */
const kept: Kernel[] = []

export async function keepKernels(names: readonly SetupName[]): Promise<void> {
  for (const name of names) {
    await use(name)
    kept.push(kernel)
  }
}

/** @throws Error if two of them do not find the same */
export async function timeInTurns(c: Case, plan: Plan, torch?: Torch): Promise<CaseTimes> {
  const replicas = replicasOf(c)
  const team = plan.withReplicas && replicas > 1 ? startReplicas(c, replicas) : undefined
  try {
    return await timeAll(c, plan, team, torch)
  } finally {
    await team?.stop()
  }
}

async function timeAll(c: Case, plan: Plan, team?: Replicas, torch?: Torch): Promise<CaseTimes> {
  const name = nameOf(c)
  const subject = subjectOf(c)
  const samples = plan.setups.map(setup => ({ setup, taken: emptySamples() }))
  const theirs: TorchTimes[] = []
  const byReplicas: number[] = []
  let expected = torch ? undefined : firstCheck(c, subject)
  for (let round = 0; round < plan.rounds; round++) {
    if (round > 0 && plan.isLate()) {
      torch?.skip(resultsPerRound * (plan.rounds - round))
      break
    }
    // Threads that wait for work would take PyTorch's time.
    useKernel('simd')
    plan.beforeRound(name)
    if (torch) {
      const { times, check } = await torchRound(torch, c)
      theirs.push(times)
      expected ??= { by: 'PyTorch', check }
    }
    for (const { setup, taken } of samples) {
      await use(setup)
      expectAgreement(`${name}, ${setup}`, subject.check(), expected!)
      const before = { wall: performance.now(), used: processorTime() }
      for (const measure of measures) taken[measure].push(...sample(subject[measure], plan.seconds))
      taken.wall += performance.now() - before.wall
      taken.used += processorTime() - before.used
    }
    if (team) {
      // As above: the kernel's threads would take the replicas' time.
      useKernel('simd')
      expectAgreement(`${name}, replicas`, await team.check(), expected!)
      byReplicas.push(...(await team.sample(plan.seconds)))
    }
  }
  return {
    case: c,
    ...(byReplicas.length > 0 ? { replicas: timesOf(byReplicas) } : {}),
    ours: Object.fromEntries(samples.map(({ setup, taken }) => [setup, summaryOf(setup, taken)])),
    ...(theirs.length > 0 ? { torch: { 1: overRounds(theirs, 1), 2: overRounds(theirs, 2) } } : {}),
  }
}

async function use(name: SetupName): Promise<void> {
  useKernel(setups[name].kernel)
  await useThreads(setups[name].threads)
}

/** Without PyTorch: the plain loops, where they are quick enough. */
function firstCheck({ H }: Case, subject: Subject): Expected {
  const name = H <= referenceLimit ? 'reference' : 'simd'
  useKernel(name)
  return { by: `the kernel '${name}'`, check: subject.check() }
}

/** One result for each measure and number of threads, in the order of `pytorch.py`. */
async function torchRound(torch: Torch, c: Case): Promise<{ times: TorchTimes; check: Partial<Check> }> {
  const times = { 1: {}, 2: {} } as Record<1 | 2, Record<Measure, Times>>
  let check: Partial<Check> = {}
  for (const measure of measures)
    for (const threads of [1, 2] as const) {
      const result = await torch.next()
      const is = [result.kind, result.hidden, result.measure, result.threads].join(' ')
      const expected = [c.kind, c.H, measure, threads].join(' ')
      if (is !== expected) throw new Error(`expected PyTorch's result for ${expected}, got ${is}`)
      times[threads][measure] = { best: result.bestMs, median: result.medianMs }
      check = { ...check, ...result.check }
    }
  return { times, check }
}

/** Milliseconds: of each sample, and in all by the clock and by the processor. */
function emptySamples() {
  return { forward: [] as number[], train: [] as number[], wall: 0, used: 0 }
}

function summaryOf(setup: SetupName, taken: ReturnType<typeof emptySamples>): SetupTimes {
  const coreShare = Math.min(1, taken.used / (taken.wall * setups[setup].threads))
  return { ...eachMeasure(measure => timesOf(taken[measure])), coreShare }
}

/** Milliseconds that this process has had of any core. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function overRounds(rounds: readonly TorchTimes[], threads: 1 | 2): MeasureTimes {
  return eachMeasure(measure => ({
    best: timesOf(rounds.map(times => times[threads][measure].best)).best,
    median: timesOf(rounds.map(times => times[threads][measure].median)).median,
  }))
}

function eachMeasure(timesFor: (measure: Measure) => Times): MeasureTimes {
  return { forward: timesFor('forward'), train: timesFor('train') }
}
