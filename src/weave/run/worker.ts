/** Inside a chapter's thread: waits for its job, seeds, captures, executes. [edge: threads] */
import { parentPort, workerData } from 'node:worker_threads'
import { captureConsole } from './capture.ts'
import { guardExit } from './exit.ts'
import { judgeOf } from './judge.ts'
import { guardMemory } from './memory.ts'
import type { Message, Order, Warming } from './protocol.ts'
import { chapterSeed, seededRandom } from './seed.ts'
import { createSession } from './session.ts'
import { traceOf, traceThrough } from './trace.ts'

const port = parentPort
if (!port) throw new Error('worker.ts runs in a worker thread only')
const warm = prepare(workerData as Warming)
port.once('message', (order: Order) => void warm.then(() => execute(order)))

/** The DOM comes first: packages look for one when they load. One that does not load will say so to its chapter. */
async function prepare({ packages, dom }: Warming): Promise<void> {
  if (dom) await (await import('./dom.ts')).installDom()
  await Promise.all(packages.map(url => import(url).catch(() => undefined)))
}

async function execute({ job, port }: Order): Promise<void> {
  // Taken now: a cell may put something else in its place.
  const post = port.postMessage.bind(port)
  const send = (message: Message) => post(message)
  traceThrough(job)
  const session = createSession(send, await judgeOf(job))
  captureConsole(session.stream)
  Math.random = seededRandom(chapterSeed)
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
