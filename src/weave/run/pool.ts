/** Hosts that run chapters: as many at a time as there are jobs, with time limits. [edge: processes] */
import { type ChildProcess, fork } from 'node:child_process'
import type { Job, Message } from './protocol.ts'

export interface PoolOptions {
  /** Absolute path of the compiled host (see runtimeCode.ts). */
  readonly host: string
  /** Chapters at a time. */
  readonly jobs: number
  /** Memory limit that most chapters have: a thread with it is kept ready. */
  readonly megabytes: number
  /** Working directory of the hosts. */
  readonly root: string
}

export interface TimeLimits {
  /** Seconds for all cells together. */
  readonly chapter: number
  /** Seconds for a cell, by its index. */
  readonly cells: Readonly<Record<number, number>>
}

/** How a job ended when no `done` and no `failed` came. */
export type Ending =
  | { readonly type: 'ended' }
  | { readonly type: 'timeout'; readonly seconds: number; readonly of: 'cell' | 'chapter' }
  | { readonly type: 'memory' }
  /** A top-level `await` waits for what cannot come any more. */
  | { readonly type: 'unsettled' }
  | { readonly type: 'crash'; readonly message: string }

export interface Pool {
  /** Runs one job; `onMessage` sees all that the chapter says. Never rejects for what a chapter does. */
  run(job: Job, limits: TimeLimits, onMessage: (message: Message) => void): Promise<Ending>
  close(): void
}

/** Starts no process until the first job. Close it: it keeps hosts running. */
export function createPool(options: PoolOptions): Pool {
  const idle: Host[] = []
  const all = new Set<Host>()
  const waiting: (() => void)[] = []
  let busy = 0

  const take = async () => {
    if (busy >= options.jobs) await new Promise<void>(resolve => waiting.push(resolve))
    busy++
    const host = idle.pop() ?? startHost(options)
    all.add(host)
    return host
  }
  const give = (host: Host) => {
    busy--
    if (host.process.connected && host.process.exitCode === null && !host.process.killed) idle.push(host)
    else all.delete(host)
    waiting.shift()?.()
  }
  return {
    async run(job, limits, onMessage) {
      const host = await take()
      const ending = await runOn(host, job, limits, onMessage)
      give(host)
      return ending
    },
    close() {
      for (const host of all) host.process.kill('SIGKILL')
      all.clear()
      idle.length = 0
    },
  }
}

interface Host {
  readonly process: ChildProcess
  /** What the process last said on its way down. */
  readonly lastWords: () => string
}

function startHost({ host, megabytes, root }: PoolOptions): Host {
  const child = fork(host, [String(megabytes)], {
    cwd: root,
    execArgv: ['--no-warnings'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4000)
  })
  child.unref()
  child.channel?.unref()
  const { stderr } = child
  if (stderr && 'unref' in stderr && typeof stderr.unref === 'function') stderr.unref()
  return { process: child, lastWords: () => words }
}

function runOn(
  { process: child, lastWords }: Host,
  job: Job,
  limits: TimeLimits,
  onMessage: (message: Message) => void,
): Promise<Ending> {
  return new Promise(resolve => {
    child.ref()
    child.channel?.ref()
    let cellTimer: NodeJS.Timeout | undefined
    const finish = (ending: Ending) => {
      clearTimeout(chapterTimer)
      clearTimeout(cellTimer)
      child.off('message', onReport)
      child.off('exit', onExit)
      child.channel?.unref()
      child.unref()
      resolve(ending)
    }
    const expire = (seconds: number, of: 'cell' | 'chapter') => {
      child.kill('SIGKILL')
      finish({ type: 'timeout', seconds, of })
    }
    const chapterTimer = setTimeout(() => expire(limits.chapter, 'chapter'), limits.chapter * 1000)
    const onReport = (message: Message) => {
      if (message.type === 'cell') {
        clearTimeout(cellTimer)
        const seconds = limits.cells[message.index]
        if (seconds !== undefined) cellTimer = setTimeout(() => expire(seconds, 'cell'), seconds * 1000)
      }
      if (message.type === 'crashed')
        finish(
          message.code === 'UNSETTLED'
            ? { type: 'unsettled' }
            : endingOf(`${message.code} ${message.message}`),
        )
      else if (message.type !== 'ready') onMessage(message)
      if (message.type === 'done' || message.type === 'failed') finish({ type: 'ended' })
    }
    const onExit = (code: number | null, signal: string | null) =>
      finish(endingOf(`${lastWords()} (exit ${code ?? signal})`))
    child.on('message', onReport)
    child.on('exit', onExit)
    child.send(job)
  })
}

/** V8 says so in one of these ways when it cannot get more memory. */
function endingOf(message: string): Ending {
  return /OUT_OF_MEMORY|out of memory|last resort|Allocation failed|SIGABRT|SIGTRAP|SIGILL/i.test(message)
    ? { type: 'memory' }
    : { type: 'crash', message: message.trim().split('\n').slice(-3).join(' ') }
}
