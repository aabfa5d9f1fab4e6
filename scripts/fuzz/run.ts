/** Mutants through the stages, in processes that may die: what is found, each kind once, and made small. [edge: processes] */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readCorpus } from './corpus.ts'
import type { Finding } from './examine.ts'
import { minimise } from './minimise.ts'
import { mutate } from './mutate.ts'
import { chanceOf } from './random.ts'
import type { Examined, Task } from './worker.ts'

export interface FuzzOptions {
  /** Absolute path of the project. */
  readonly root: string
  readonly seed: number
  /** Number of the first mutant: with its seed, a number names a mutant. */
  readonly from: number
  readonly runs: number
  /** Stops after so many, whatever is left. */
  readonly minutes?: number
  /** Processes at a time. */
  readonly jobs: number
  /** Seconds that a mutant may take. */
  readonly patience: number
  /** One in so many goes through the check of types, too. */
  readonly typesEvery: number
  /** The module that examines; another one for tests of the driver. */
  readonly worker?: URL
  readonly onProgress?: (done: number, found: number) => void
}

export interface Found extends Finding {
  /** The mutant's number. */
  readonly at: number
  /** The document that was mutated. */
  readonly name: string
  /** The mutant, made as small as it went. */
  readonly text: string
  /** How many mutants gave the same. */
  count: number
}

export interface Fuzzed {
  readonly found: readonly Found[]
  readonly runs: number
  readonly slowest: { readonly at: number; readonly milliseconds: number }
}

export async function fuzz(options: FuzzOptions): Promise<Fuzzed> {
  const { root, seed, from, runs, minutes = Number.POSITIVE_INFINITY, jobs, typesEvery, onProgress } = options
  const corpus = readCorpus(root)
  const until = performance.now() + minutes * 60_000
  const found = new Map<string, Found>()
  let slowest = { at: from, milliseconds: 0 }
  let next = from
  let done = 0
  const lane = async () => {
    const examiner = new Examiner(options)
    while (next < from + runs && performance.now() < until) {
      const at = next++
      const { name, text } = mutate(corpus, chanceOf(seed, at))
      const types = at % typesEvery === 0
      const { finding, milliseconds } = await examiner.examine({ text, types })
      if (milliseconds > slowest.milliseconds) slowest = { at, milliseconds }
      if (finding) {
        const key = kindOf(finding)
        const known = found.get(key)
        if (known) known.count++
        else {
          found.set(key, { ...finding, at, name, text, count: 1 })
          const isSame = async (smaller: string) => {
            const again = await examiner.examine({ text: smaller, types: types && finding.stage === 'types' })
            return again.finding !== undefined && kindOf(again.finding) === key
          }
          const small = await minimise(text, isSame, finding.message === 'hang' ? 30 : 400)
          found.set(key, { ...(found.get(key) as Found), text: small })
        }
      }
      done++
      onProgress?.(done, found.size)
    }
    examiner.close()
  }
  await Promise.all(Array.from({ length: Math.min(jobs, runs) }, lane))
  return { found: [...found.values()], runs: done, slowest }
}

/** Findings of one kind have their stage and their first own frame in common. */
function kindOf({ stage, message, stack }: Finding): string {
  const frame = stack?.split('\n').find(line => line.includes('/src/'))
  return [stage, frame ?? message.replace(/\d+|"[^"]*"|`[^`]*`/g, '').slice(0, 40)].join(' ')
}

/** One process, started again when it dies or is killed. */
class Examiner {
  readonly #options: FuzzOptions
  #child: ChildProcess | undefined

  constructor(options: FuzzOptions) {
    this.#options = options
  }

  async examine(task: Task): Promise<Examined> {
    this.#child ??= await this.#start()
    const child = this.#child
    const { patience } = this.#options
    const examined = await new Promise<Examined>(resolve => {
      const end = (answer: Examined) => {
        clearTimeout(timer)
        child.off('message', end)
        child.off('exit', died)
        resolve(answer)
      }
      const dead = (message: string) => {
        this.#child = undefined
        child.kill('SIGKILL')
        end({ finding: { stage: 'process', message }, milliseconds: patience * 1000 })
      }
      const died = (code: number | null, signal: string | null) => dead(`crash ${code ?? signal}`)
      const timer = setTimeout(() => dead('hang'), patience * 1000)
      child.on('message', end)
      child.on('exit', died)
      child.send(task)
    })
    return examined
  }

  close(): void {
    this.#child?.kill('SIGKILL')
  }

  async #start(): Promise<ChildProcess> {
    const { root, worker = new URL('worker.ts', import.meta.url) } = this.#options
    const child = fork(fileURLToPath(worker), [], {
      cwd: root,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', code => reject(new Error(`the process that examines documents ended with ${code}`)))
    })
    return child
  }
}
