/** Replicas of a case in workers, which train side by side, each with its share of the sequences. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { replicaMemory } from '../../../src/rnn/index.ts'
import type { Case } from './cases.ts'
import { parameterCount } from './model.ts'
import type { ReplicaAnswer, ReplicaData, ReplicaTask } from './replica.ts'
import { shortest } from './sample.ts'
import type { Check } from './subject.ts'

export interface Replicas {
  /** As of the whole batch. */
  check(): Promise<Check>
  /** Milliseconds of a training step, sample by sample. */
  sample(seconds: number): Promise<readonly number[]>
  stop(): Promise<void>
}

/** A worker does not take over tsx from the thread that starts it. */
const program = `import('tsx/esm/api').then(({ register }) => {
  register()
  return import(${JSON.stringify(new URL('./replica.ts', import.meta.url).href)})
})`

export function startReplicas(c: Case, replicas: number): Replicas {
  const memory = replicaMemory({ replicas, count: parameterCount(c), dtype: 'float32' })
  const workers = Array.from({ length: replicas }, (_, replica) => {
    const workerData: ReplicaData = { c, memory, replica }
    return new Worker(program, { eval: true, workerData })
  })
  const ask = (task: ReplicaTask): Promise<ReplicaAnswer[]> =>
    Promise.all(
      workers.map(async worker => {
        worker.postMessage(task)
        const [answer] = await once(worker, 'message')
        return answer
      }),
    )
  const timesOfFirst = async (task: ReplicaTask) => (await ask(task))[0] as readonly number[]
  return {
    check: async () => {
      const found = (await ask('check')) as Check[]
      return {
        loss: found.reduce((sum, { loss }) => sum + loss, 0),
        gradientNorm: found[0].gradientNorm,
      }
    },
    sample: async seconds => {
      // All must make as many steps, so they are told how many.
      const step = Math.min(...(await timesOfFirst({ calls: 1, samples: 3 })))
      const calls = Math.ceil(shortest / step)
      return timesOfFirst({ calls, samples: Math.max(1, Math.round((seconds * 1000) / (calls * step))) })
    },
    stop: async () => {
      await Promise.all(workers.map(worker => worker.terminate()))
    },
  }
}
