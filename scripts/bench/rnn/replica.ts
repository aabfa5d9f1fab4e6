/** One replica, in a worker: does what `replicas.ts` asks all of them to do. */
import { parentPort } from 'node:worker_threads'
import type { Case } from './cases.ts'
import { sampleCalls } from './sample.ts'
import { type Check, type Share, type Subject, subjectOf } from './subject.ts'

/** Take a share of a case, and compare; or train, in so many samples of so many steps. */
export type ReplicaTask =
  | { readonly c: Case; readonly share: Share }
  | { readonly calls: number; readonly samples: number }
/** Milliseconds of a step, by sample */
export type ReplicaAnswer = Check | readonly number[]

let subject: Subject

parentPort!.on('message', (task: ReplicaTask) => parentPort!.postMessage(answer(task)))

function answer(task: ReplicaTask): ReplicaAnswer {
  if ('samples' in task) return sampleCalls(subject.train, task.calls, task.samples)
  subject = subjectOf(task.c, task.share)
  return subject.check()
}
