/** One replica, in a worker: does what `replicas.ts` asks all of them to do. */
import { parentPort } from 'node:worker_threads'
import { type Case, nameOf } from './cases.ts'
import { sampleCalls } from './sample.ts'
import { type Check, type Share, type Subject, subjectOf } from './subject.ts'

export interface ReplicaTask {
  readonly c: Case
  readonly share: Share
  /** Train in so many samples of so many steps; compare, unless given. */
  readonly train?: { readonly calls: number; readonly samples: number }
}
/** Milliseconds of a step, by sample */
export type ReplicaAnswer = Check | readonly number[]

/** By case: one that is asked for again goes on with the network that it has. */
const subjects = new Map<string, Subject>()

parentPort!.on('message', (task: ReplicaTask) => parentPort!.postMessage(answer(task)))

function answer({ c, share, train }: ReplicaTask): ReplicaAnswer {
  const subject = subjects.get(nameOf(c)) ?? subjectOf(c, share)
  subjects.set(nameOf(c), subject)
  return train ? sampleCalls(subject.train, train.calls, train.samples) : subject.check()
}
