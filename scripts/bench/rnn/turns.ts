/**
 * Times one case in turns: PyTorch, each of our setups, replicas. Rounds of a case are as far apart as they can be, with
 * those of all others in between: what else happens on the machine for a minute is then in one of them only. Each is
 * compared before it is timed.
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
  type SetupName,
  type SetupTimes,
  setups,
  type Times,
} from './cases.ts'
import type { Replicas } from './replicas.ts'
import { sample, timesOf } from './sample.ts'
import { type Check, type Expected, expectAgreement, type Subject, subjectOf } from './subject.ts'
import type { Torch } from './torch.ts'

export interface Plan {
  /** For each setup and measure in one round */
  readonly seconds: number
  readonly setups: readonly SetupName[]
  readonly replicas?: Replicas
  readonly torch?: Torch
}

type TorchTimes = NonNullable<CaseTimes['torch']>

/** Up to so many hidden units the plain loops are quick enough to be compared with. */
const referenceLimit = 64

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

/** What has been taken of one case so far. */
export class CaseTurns {
  readonly name: string
  readonly #case: Case
  readonly #plan: Plan
  readonly #taken: ReadonlyMap<SetupName, Taken>
  readonly #byReplicas: number[] = []
  readonly #byTorch: TorchTimes[] = []
  /** Kept from the first round on: a new one would lie elsewhere in memory, and a step's time depends on it a little. */
  #subject?: Subject
  #expected?: Expected

  constructor(c: Case, plan: Plan) {
    this.name = nameOf(c)
    this.#case = c
    this.#plan = plan
    this.#taken = new Map(plan.setups.map(setup => [setup, emptySamples()]))
  }

  /** One turn of each, from the kernel on one thread. @throws Error if two of them do not find the same */
  async round(): Promise<void> {
    const { seconds, replicas, torch } = this.#plan
    this.#subject ??= subjectOf(this.#case)
    const subject = this.#subject
    if (torch) {
      const { times, check } = await torchRound(torch, this.#case)
      this.#byTorch.push(times)
      this.#expected ??= { by: 'PyTorch', check }
    }
    this.#expected ??= firstCheck(this.#case, subject)
    for (const [setup, taken] of this.#taken) {
      await use(setup)
      expectAgreement(`${this.name}, ${setup}`, subject.check(), this.#expected)
      const before = { wall: performance.now(), used: processorTime() }
      for (const measure of measures) taken[measure].push(...sample(subject[measure], seconds))
      taken.wall += performance.now() - before.wall
      taken.used += processorTime() - before.used
    }
    if (!replicas?.fit(this.#case)) return
    // As before the turn: waiting threads would take the replicas' time.
    useKernel('simd')
    expectAgreement(`${this.name}, replicas`, await replicas.check(this.#case), this.#expected)
    this.#byReplicas.push(...(await replicas.sample(this.#case, seconds)))
  }

  /** Of all rounds so far. */
  get times(): CaseTimes {
    const [byReplicas, byTorch] = [this.#byReplicas, this.#byTorch]
    return {
      case: this.#case,
      ours: Object.fromEntries([...this.#taken].map(([setup, taken]) => [setup, summaryOf(setup, taken)])),
      ...(byReplicas.length > 0 ? { replicas: timesOf(byReplicas) } : {}),
      ...(byTorch.length > 0 ? { torch: { 1: overRounds(byTorch, 1), 2: overRounds(byTorch, 2) } } : {}),
    }
  }
}

/**
 * Round after round of all cases; when it is late no further one is begun, but one is done in any case.
 *
 * @param beforeTurn called while the kernel is on one thread and without FMA
 * @returns how many were done
 */
export async function takeRounds(
  turns: readonly CaseTurns[],
  rounds: number,
  beforeTurn: (name: string) => void = () => {},
  isLate = () => false,
): Promise<number> {
  let done = 0
  for (; done < rounds && (done === 0 || !isLate()); done++)
    for (const turn of turns) {
      // Threads that wait for work would take PyTorch's time.
      useKernel('simd')
      beforeTurn(turn.name)
      await turn.round()
    }
  return done
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

type Taken = ReturnType<typeof emptySamples>

/** Milliseconds: of each sample, and in all by the clock and by the processor. */
function emptySamples() {
  return { forward: [] as number[], train: [] as number[], wall: 0, used: 0 }
}

function summaryOf(setup: SetupName, taken: Taken): SetupTimes {
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
