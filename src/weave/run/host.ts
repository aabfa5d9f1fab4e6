/**
 * A process that runs chapters, one at a time, each in a fresh worker thread. [edge: threads]
 *
 * The threads give every chapter its own modules and globals for the price of a thread. The process around them
 * is there because V8 ends the whole process, not only the thread, when a single allocation is too large: then
 * this host dies, and the build does not.
 */
import { Worker } from 'node:worker_threads'
import type { Job, Message } from './protocol.ts'

interface Thread {
  readonly worker: Worker
  readonly megabytes: number
}

const defaultMegabytes = Number(process.argv[2])
let spare = start(defaultMegabytes)

/** Starts a thread ahead of its job, and has it load the packages that the job before needed. */
function start(megabytes: number, packages: readonly string[] = []): Thread {
  const worker = new Worker(new URL('worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
    execArgv: ['--no-warnings'],
    workerData: packages,
    stdout: true,
    stderr: true,
  })
  worker.unref()
  return { worker, megabytes }
}

function send(message: Message): void {
  process.send?.(message)
}

process.on('message', (job: Job) => {
  const { worker } = spare.megabytes === job.megabytes ? spare : start(job.megabytes)
  let ended = false
  const end = (message: Message) => {
    if (ended) return
    ended = true
    send(message)
    void worker.terminate()
  }
  worker.ref()
  worker.on('message', (message: Message) => {
    if (message.type === 'done' || message.type === 'failed') end(message)
    else if (!ended) send(message)
  })
  worker.on('error', (error: Error & { code?: string }) =>
    end({ type: 'crashed', code: error.code ?? error.name, message: error.message }),
  )
  worker.on('exit', () => end({ type: 'crashed', code: 'EXIT', message: 'the thread ended' }))
  worker.postMessage(job)
  if (spare.worker === worker) spare = start(defaultMegabytes, job.packages)
})
process.on('disconnect', () => process.exit())
send({ type: 'ready' })
