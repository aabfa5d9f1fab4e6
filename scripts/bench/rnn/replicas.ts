/** Replicas in workers, which train side by side, each with its share of a case's sequences. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type ReplicaMemory, replicaMemory } from '../../../src/rnn/index.ts'
import type { Case } from './cases.ts'
import { parameterCount } from './model.ts'
import type { ReplicaAnswer, ReplicaTask } from './replica.ts'
import { shortest } from './sample.ts'
import type { Check } from './subject.ts'

export interface Replicas {
  /** Whether each can have as many of a case's sequences. */
  fit(c: Case): boolean
  /** What they find, as of all sequences. */
  check(c: Case): Promise<Check>
  /** Milliseconds of a training step, sample by sample. */
  sample(c: Case, seconds: number): Promise<readonly number[]>
  stop(): Promise<void>
}

/** A worker does not take over tsx from the thread that starts it. */
const program = `import('tsx/esm/api').then(({ register }) => {
  register()
  return import(${JSON.stringify(new URL('./replica.ts', import.meta.url).href)})
})`

export function startReplicas(replicas: number): Replicas {
  const workers = Array.from({ length: replicas }, () => new Worker(program, { eval: true }))
  const memories = new Map<Case, ReplicaMemory>()
  const ask = (c: Case, train?: ReplicaTask['train']): Promise<ReplicaAnswer[]> => {
    const memory = memories.get(c) ?? replicaMemory({ replicas, count: parameterCount(c), dtype: 'float32' })
    memories.set(c, memory)
    return Promise.all(
      workers.map(async (worker, replica) => {
        const task: ReplicaTask = { c, share: { memory, replica }, train }
        worker.postMessage(task)
        const [answer] = await once(worker, 'message')
        return answer
      }),
    )
  }
  const timesOfFirst = async (c: Case, calls: number, samples: number) => {
    const [first] = await ask(c, { calls, samples })
    return first as readonly number[]
  }
  return {
    fit: ({ B }) => B % replicas === 0,
    check: async c => {
      const found = (await ask(c)) as Check[]
      return {
        loss: found.reduce((sum, { loss }) => sum + loss, 0),
        gradientNorm: found[0].gradientNorm,
      }
    },
    sample: async (c, seconds) => {
      // All must make as many steps, so they are told how many.
      const step = Math.min(...(await timesOfFirst(c, 1, 3)))
      const calls = Math.ceil(shortest / step)
      return timesOfFirst(c, calls, Math.max(1, Math.round((seconds * 1000) / (calls * step))))
    },
    stop: async () => {
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}
