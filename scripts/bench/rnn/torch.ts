/** PyTorch beside us: `pytorch.py` in a process that times one result whenever it is asked for. */
import { execFile, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { type Kind, kinds, type Measure, measures } from './cases.ts'
import type { Check } from './subject.ts'

const script = resolve(import.meta.dirname, '../pytorch.py')

/** Fields of a job that its `--help` explains; results come by round, point, kind, measure and threads. */
export interface TorchJob {
  readonly points: readonly (readonly number[])[]
  readonly kinds: readonly Kind[]
  readonly seconds: number
  readonly rounds: number
}

export interface TorchEnvironment {
  readonly torch: string
  readonly python: string
  readonly blas: string
  readonly cpuCapability: string
  readonly flushDenormal: boolean
  readonly setting: Readonly<Record<string, string | null>>
  /** Why it cannot be fast here */
  readonly warning?: string
}

export interface TorchResult {
  readonly kind: Kind
  readonly hidden: number
  readonly measure: Measure
  readonly threads: number
  readonly bestMs: number
  readonly medianMs: number
  /** Without the gradient's length for `forward` */
  readonly check: Partial<Check>
}

export type TorchLine =
  | ({ readonly type: 'environment' } & TorchEnvironment)
  | ({ readonly type: 'result' } & TorchResult)

/** @throws Error with the text if it is no line of `pytorch.py` */
export function parseLine(text: string): TorchLine {
  const fail = (cause?: unknown): never => {
    throw new Error(`expected a line of pytorch.py, got ${text}`, { cause })
  }
  const parse = (): Record<string, unknown> => {
    try {
      return JSON.parse(text) as Record<string, unknown>
    } catch (error) {
      return fail(error)
    }
  }
  const line = parse()
  if (line?.type === 'environment' && typeof line.torch === 'string' && line.setting)
    return line as unknown as TorchLine
  const isResult =
    line?.type === 'result' &&
    kinds.includes(line.kind as Kind) &&
    measures.includes(line.measure as Measure) &&
    [line.hidden, line.threads, line.bestMs, line.medianMs, (line.check as Check)?.loss].every(
      Number.isFinite,
    )
  return isResult ? (line as unknown as TorchLine) : fail()
}

/** The first of these commands that can import torch. */
export async function findPython(candidates: readonly string[]): Promise<string | undefined> {
  for (const python of candidates) {
    const found = promisify(execFile)(python, ['-c', 'import torch']).then(
      () => true,
      () => false,
    )
    if (await found) return python
  }
  return undefined
}

export interface Torch {
  readonly environment: TorchEnvironment
  /** Lets it time the job's next result. @throws Error with what it said, if it ended */
  next(): Promise<TorchResult>
  stop(): void
}

/** Takes ten seconds: it looks for the setting that PyTorch is fastest in. @throws Error with what it said, if it ended */
export async function startTorch(python: string, job: TorchJob): Promise<Torch> {
  // The warm-up makes the first repetition as good as any.
  const text = JSON.stringify({ ...job, repetitions: 1, waits: true })
  const child = spawn(python, [script, text], { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.on('error', error => {
    said += error.message
  })
  child.stdin.on('error', () => {}) // That it has ended shows in the next line that does not come.
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const read = async (): Promise<TorchLine> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`pytorch.py ended: ${said.trim().split('\n').at(-1)}`)
    return parseLine(value)
  }
  const environment = await read()
  if (environment.type !== 'environment') throw new Error('expected the environment to come first')
  return {
    environment,
    next: async () => {
      child.stdin.write('\n')
      const line = await read()
      if (line.type !== 'result') throw new Error('expected a result, got an environment')
      return line
    },
    stop: () => child.stdin.end(),
  }
}
