/** Inside a chapter's thread: waits for its job, seeds, captures, executes. [edge: threads] */
import { parentPort, workerData } from 'node:worker_threads'
import { captureConsole } from './capture.ts'
import { guardExit } from './exit.ts'
import { guardMemory } from './memory.ts'
import type { Job, Message } from './protocol.ts'
import { seededRandom } from './seed.ts'
import { createSession } from './session.ts'
import { traceOf, traceThrough } from './trace.ts'

const port = parentPort
if (!port) throw new Error('worker.ts runs in a worker thread only')
// While it waits for its job. A package that does not load will say so to the chapter that imports it.
for (const url of workerData as readonly string[]) import(url).catch(() => undefined)
port.once('message', (job: Job) => void execute(job))

/** The same in every chapter, so that a chapter and its translation draw the same numbers. */
const seed = 0x5eed

async function execute(job: Job): Promise<void> {
  const send = (message: Message) => port?.postMessage(message)
  traceThrough(job)
  const session = createSession(send)
  captureConsole(session.stream)
  Math.random = seededRandom(seed)
  if (job.dom) await (await import('./dom.ts')).installDom()
  guardExit()
  guardMemory(job.megabytes)
  const fail = (error: unknown, kind: 'thrown' | 'rejection') => {
    session.flush()
    send({ type: 'failed', failure: traceOf(error, kind) })
  }
  process.on('unhandledRejection', error => fail(error, 'rejection'))
  process.on('uncaughtException', error => fail(error, 'thrown'))
  try {
    await import(job.url)
    await new Promise(resolve => setImmediate(resolve))
    send({ type: 'done' })
  } catch (error) {
    fail(error, 'thrown')
  }
}
