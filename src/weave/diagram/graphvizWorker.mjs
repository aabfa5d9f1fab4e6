/**
 * Graphviz on a thread of its own: a layout without end can be given up there. Plain JavaScript, because Node starts it
 * without a loader. Answers each message `{ code, options }` with what the engine says, or `{ failure }`.
 */
import { parentPort } from 'node:worker_threads'
import { instance } from '@viz-js/viz'

const viz = instance()

parentPort.on('message', async ({ code, options }) => {
  try {
    parentPort.postMessage((await viz).render(code, options))
  } catch (error) {
    parentPort.postMessage({ failure: String(error) })
  }
})
