/** One replica of a case, in a worker: does what `replicas.ts` asks all of them to do. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Case } from './cases.ts'
import { sampleCalls } from './sample.ts'
import { type Check, type Share, subjectOf } from './subject.ts'

export interface ReplicaData extends Share {
  readonly c: Case
}

/** Compare; or train, in so many samples of so many steps. */
export type ReplicaTask = 'check' | { readonly calls: number; readonly samples: number }
/** Milliseconds of a step, by sample */
export type ReplicaAnswer = Check | readonly number[]

const { c, ...share } = workerData as ReplicaData
const subject = subjectOf(c, share)

parentPort!.on('message', (task: ReplicaTask) => {
  const answer: ReplicaAnswer =
    task === 'check' ? subject.check() : sampleCalls(subject.train, task.calls, task.samples)
  parentPort!.postMessage(answer)
})
