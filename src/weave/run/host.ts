/**
 * A process that runs chapters, one at a time, each in a fresh worker thread. [edge: threads]
 *
 * The threads give every chapter its own modules and globals for the price of a thread. The process around them
 * is there because V8 ends the whole process, not only the thread, when a single allocation is too large: then
 * this host dies, and the build does not.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Assignment, Job, Message, Warming } from './protocol.ts'

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
  // Cells can reach the thread's own port: nobody listens there.
  const { port1: reports, port2 } = new MessageChannel()
  let ended = false
  const receive = (message: Message) => {
    if (ended) return
    send(message)
    if (message.type !== 'done' && message.type !== 'failed' && message.type !== 'crashed') return
    ended = true
    reports.close()
    void worker.terminate()
  }
  /** What the thread said before it broke comes first. */
  const crash = (code: string, message: string) => {
    for (let last = receiveMessageOnPort(reports); last && !ended; last = receiveMessageOnPort(reports))
      receive(last.message as Message)
    receive({ type: 'crashed', code, message })
  }
  worker.ref()
  reports.on('message', receive)
  reports.on('messageerror', error => crash('UNREADABLE', error.message))
  worker.on('error', (error: Error & { code?: string }) => crash(error.code ?? error.name, error.message))
  // A thread ends in peace, though its chapter has not, when nothing is left that its `await` could wait for.
  worker.on('exit', code => crash(code === 0 ? 'UNSETTLED' : 'EXIT', 'the thread ended'))
  worker.postMessage({ job, reports: port2 } satisfies Assignment, [port2])
  if (!fits) void spare.worker.terminate()
  spare = start(defaultMegabytes, { packages, dom })
})
process.on('disconnect', () => process.exit())
send({ type: 'ready' })
