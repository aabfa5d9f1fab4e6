/**
 * A process that runs chapters, one at a time, each in a fresh worker thread. [edge: threads]
 *
 * The threads give every chapter its own modules and globals for the price of a thread. The process around them
 * is there because V8 ends the whole process, not only the thread, when a single allocation is too large: then
 * this host dies, and the build does not.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Failure, Job, Message, Order, Warming } from './protocol.ts'

interface Thread {
  readonly worker: Worker
  readonly megabytes: number
  readonly warmed: Warming
}

/** A cell has used the thread's own port. */
const forged: Failure = {
  kind: 'forged',
  name: 'forged',
  message: 'this cell sends messages in the name of the thread that runs it',
  frames: [],
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
  const channel = new MessageChannel()
  let ended = false
  const end = (message: Message) => {
    if (ended) return
    ended = true
    send(message)
    channel.port1.close()
    void worker.terminate()
  }
  const hear = (message: Message) => {
    if (message.type === 'done' || message.type === 'failed') end(message)
    else if (!ended) send(message)
  }
  /** What a thread said before it crashed counts. */
  const crash = (code: string, message: string) => {
    for (let said = receive(); said && !ended; said = receive()) hear(said.message as Message)
    end({ type: 'crashed', code, message })
  }
  const receive = () => receiveMessageOnPort(channel.port1)
  worker.ref()
  channel.port1.on('message', hear)
  worker.on('message', () => end({ type: 'failed', failure: forged }))
  worker.on('error', (error: Error & { code?: string }) => crash(error.code ?? error.name, error.message))
  worker.on('exit', () => crash('EXIT', 'the thread ended'))
  worker.postMessage({ job, port: channel.port2 } satisfies Order, [channel.port2])
  if (!fits) void spare.worker.terminate()
  spare = start(defaultMegabytes, { packages, dom })
})
process.on('disconnect', () => process.exit())
send({ type: 'ready' })
