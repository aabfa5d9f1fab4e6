/** Inside a chapter's thread: waits for its job, seeds, captures, executes. [edge: threads] */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { captureConsole } from './capture.ts'
import { cleaned } from './cleanText.ts'
import { guardExit } from './exit.ts'
import { judgeOf } from './judge.ts'
import { guardMemory } from './memory.ts'
import type { Assignment, Job, Message, Warming } from './protocol.ts'
import { chapterSeed, seededRandom } from './seed.ts'
import { createSession } from './session.ts'
import { limitError, traceOf, traceThrough } from './trace.ts'

const port = parentPort
if (!port) throw new Error('worker.ts runs in a worker thread only')
const warm = prepare(workerData as Warming)
port.once('message', ({ job, reports }: Assignment) => void warm.then(() => execute(job, reports)))

/** The DOM comes first: packages look for one when they load. One that does not load will say so to its chapter. */
async function prepare({ packages, dom }: Warming): Promise<void> {
  if (dom) await (await import('./dom.ts')).installDom()
  await Promise.all(packages.map(url => import(url).catch(() => undefined)))
}

/** @param reports known to nobody else in this thread: what cells post to their parent never arrives among them */
async function execute(job: Job, reports: MessagePort): Promise<void> {
  // Taken now: a cell may put something else in its place.
  const post = reports.postMessage.bind(reports)
  const send = (message: Message) => post(message)
  traceThrough(job)
  const session = createSession(send, await judgeOf(job))
  captureConsole(session.stream)
  Math.random = seededRandom(chapterSeed)
  guardExit()
  guardPort()
  guardMemory(job.megabytes)
  const fail = (error: unknown, kind: 'thrown' | 'rejection') => {
    session.flush()
    send(cleaned({ type: 'failed', failure: traceOf(error, kind) }))
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

/** Whoever posts to the parent means somebody who is not there. */
function guardPort(): void {
  if (!port) return
  port.postMessage = () => {
    throw limitError('forged', 'this cell sends messages in the name of the thread that runs it')
  }
}
