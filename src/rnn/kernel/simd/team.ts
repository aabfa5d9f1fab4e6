/**
 * The threads of a team: workers that have the module on the same shared memory, and wait in it for operations
 * (`wasm/team.ts`). A worker's source is a line of text, so that no file is loaded, in Node or in a browser.
 */
import type { KernelModule } from './module.ts'

/** What a worker is given. */
interface Place {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly thread: number
  /** The epoch when it was made: it waits for the next. */
  readonly seen: number
}

/** Says that it is there, then waits for work until it is told to stop. */
const body = `
  const { module, memory, thread, seen } = place
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  announce()
  exports.work(thread, seen)
`

interface NodeWorker {
  once(event: 'message' | 'error', listener: (value: unknown) => void): void
  unref(): void
}

interface NodeWorkerOptions {
  readonly eval: true
  readonly execArgv: readonly string[]
  readonly workerData: Place
}

type NodeWorkers = {
  readonly Worker: new (source: string, options: NodeWorkerOptions) => NodeWorker
}

/** Starts all threads but the first, which is the caller's. @throws Error if there are no threads here */
export async function startTeam(module: KernelModule, threads: number): Promise<void> {
  const seen = module.currentEpoch()
  const places = Array.from({ length: threads - 1 }, (_, i) => ({
    module: module.module,
    memory: module.memory,
    thread: i + 1,
    seen,
  }))
  try {
    await Promise.all(places.map(nodeWorkers() ? startNodeWorker : startWebWorker))
  } catch (cause) {
    // Those that did start end.
    module.dismiss()
    const hint = 'expected a Content-Security-Policy, if there is one, that allows worker-src blob:'
    throw new Error(`a thread could not be started${nodeWorkers() ? '' : `, ${hint}`}`, { cause })
  }
}

/** Without an import, which bundlers for browsers would follow. */
function nodeWorkers(): NodeWorkers | undefined {
  const builtin = (
    globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  ).process?.getBuiltinModule?.('node:worker_threads')
  return builtin as NodeWorkers | undefined
}

function startNodeWorker(place: Place): Promise<unknown> {
  const source = `
    const { parentPort, workerData: place } = require('node:worker_threads')
    const announce = () => parentPort.postMessage('ready')
    ${body}`
  // Without the process's own flags: under `--input-type=module` there is no `require`, and loaders take long to start.
  const options = { eval: true, execArgv: [], workerData: place } as const
  const worker = new (nodeWorkers()!.Worker)(source, options)
  const started = new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  // The process may end while its threads wait.
  return started.finally(() => worker.unref())
}

function startWebWorker(place: Place): Promise<unknown> {
  const source = `onmessage = ({ data: place }) => {
    const announce = () => postMessage('ready')
    ${body}
    close()
  }`
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
  return new Promise((resolve, reject) => {
    const worker = new Worker(url)
    worker.onmessage = resolve
    worker.onerror = reject
    worker.postMessage(place)
  }).finally(() => URL.revokeObjectURL(url))
}
