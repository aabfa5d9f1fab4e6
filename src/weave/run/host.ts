/**
 * A process that runs chapters, one at a time, each in a fresh worker thread. [edge: threads]
 *
 * The threads give every chapter its own modules and globals for the price of a thread. The process around them
 * is there because V8 ends the whole process, not only the thread, when a single allocation is too large: then
 * this host dies, and the build does not.
 */
import { Worker } from 'node:worker_threads'
import type { Job, Message, Warming } from './protocol.ts'

interface Thread {
  readonly worker: Worker
  readonly megabytes: number
  readonly warmed: Warming
}

const defaultMegabytes = Number(process.argv[2])
let spare = start(defaultMegabytes, { packages: [], dom: false })

/** Starts a thread ahead of its job, and has it load what the job before needed. */
function start(megabytes: number, warmed: Warming): Thread {
  const worker = new Worker(new URL('worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
    execArgv: ['--no-warnings'],
    workerData: warmed,
    stdout: true,
    stderr: true,
  })
  worker.unref()
  return { worker, megabytes, warmed }
}

function send(message: Message): void {
  process.send?.(message)
}

process.on('message', (job: Job) => {
  const { packages, dom, megabytes } = job
  const fits = spare.megabytes === megabytes && spare.warmed.dom === dom
  const { worker } = fits ? spare : start(megabytes, { packages: [], dom })
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
  if (!fits) void spare.worker.terminate()
  spare = start(defaultMegabytes, { packages, dom })
})
process.on('disconnect', () => process.exit())
send({ type: 'ready' })
