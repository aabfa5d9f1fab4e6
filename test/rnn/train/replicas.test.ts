/** Replicas in real threads: what they learn is what one model learns from all examples, and misuse never hangs. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { averageGradients, chain, replicaMemory, sgd } from '../../../src/rnn/index.ts'
import { memoryFor, type ReplicaTask, trainReplica } from '../../support/replicaTraining.ts'
import { workerTextOf } from '../kernel/bundle.ts'
import { complaintOf } from '../support.ts'

const program = workerTextOf(`
  import { trainReplica } from './test/support/replicaTraining.ts'
  try {
    parentPort.postMessage(trainReplica(workerData))
  } catch (error) {
    parentPort.postMessage(String(error))
  }`)

/** What each replica has learnt, or its complaint. */
function trainTogether(tasks: readonly ReplicaTask[]): Promise<unknown[]> {
  return Promise.all(
    tasks.map(async task => {
      const [answer] = await once(new Worker(program, { eval: true, workerData: task }), 'message')
      return answer
    }),
  )
}

function tasksFor(replicas: number, dtype: 'float64' | 'float32', options: Partial<ReplicaTask> = {}) {
  const memory = memoryFor(replicas, dtype)
  return Array.from({ length: replicas }, (_, replica) => ({ memory, replica, ...options }))
}

/** The largest |aᵢ - bᵢ|. */
function distance(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return Math.max(...a.map((x, i) => Math.abs(x - b[i])))
}

const untrained = trainReplica({ memory: memoryFor(1, 'float64'), replica: 0, steps: 0 })

describe.each([
  ['float64', 1e-12],
  ['float32', 1e-6],
] as const)('replicas in %s', (dtype, tolerance) => {
  const alone = trainReplica({ memory: memoryFor(1, dtype), replica: 0 })

  it.each([2, 3])(
    `%i of them stay alike to the last bit, and within ${tolerance} of one that learns from all`,
    async n => {
      const [first, ...others] = (await trainTogether(tasksFor(n, dtype))) as number[][]
      for (const other of others) expect(other).toEqual(first)
      expect(distance(first, alone)).toBeLessThan(tolerance)
      expect(distance(first, untrained)).toBeGreaterThan(0.05)
    },
  )
})

describe('replicas that do not fit together', () => {
  it('start from different parameters: all of them say so, before any has learnt', async () => {
    const tasks = tasksFor(3, 'float64').map(task => ({ ...task, seed: task.replica === 1 ? 9 : 1 }))
    const complaints = await trainTogether(tasks)
    const [first, other] = [1, 9].map(
      seed => trainReplica({ memory: memoryFor(1, 'float64'), replica: 0, seed, steps: 0 })[0],
    )
    expect(complaints).toEqual(
      tasks.map(
        () =>
          'RangeError: replica 1 starts from other parameters than replica 0: expected one seed or state for all, ' +
          `got ${other} and ${first} at [0]`,
      ),
    )
  })

  it('make fewer updates than others: these do not wait for ever', async () => {
    const tasks = tasksFor(2, 'float64', { timeout: 300 }).map(task => ({ ...task, steps: 5 + task.replica }))
    const [finished, complaint] = await trainTogether(tasks)
    expect(finished).toHaveLength(untrained.length)
    expect(complaint).toBe(
      'Error: replica 0 has not come within 0.3 s: expected all to make the same updates; perhaps its worker has ' +
        'ended with an error',
    )
  })

  it('are taken by two threads, or by two trainings: the second one is told', () => {
    const memory = replicaMemory({ replicas: 2, count: 1 })
    averageGradients(memory, 1)
    expect(complaintOf(() => averageGradients(memory, 1))).toBe(
      'Error: replica 1 is taken: expected each once, and new memory for each training',
    )
    averageGradients(memory, 0)
  })

  it('have memory that went through JSON, which does not share it', () => {
    const memory = JSON.parse(JSON.stringify(replicaMemory({ replicas: 2, count: 1 })))
    expect(complaintOf(() => averageGradients(memory, 0))).toBe(
      'TypeError: memory has no shared buffer, expected what replicaMemory gave, posted as it is',
    )
  })

  it('have parameters that the memory is not for', () => {
    const memory = replicaMemory({ replicas: 1, count: 3 })
    const { init, update } = chain(averageGradients(memory, 0), sgd({ lr: 1 }))
    const tooFew = "RangeError: there are 2 parameters, expected 3, the count of the replicas' memory"
    expect(complaintOf(() => init(2, 'float64'))).toBe(tooFew)
    expect(complaintOf(() => init(3, 'float32'))).toBe(
      "TypeError: parameters are float32, expected float64, the dtype of the replicas' memory",
    )
    const values = new Float64Array([1, 2])
    const grads = new Float64Array([1, 2])
    const { parts } = chain(sgd({ lr: 1 }), sgd({ lr: 1 })).init(2, 'float64')
    expect(complaintOf(() => update(values, grads, { step: 0, moments: {}, parts }))).toBe(tooFew)
    expect([...values]).toEqual([1, 2])
  })

  it.each([
    [{ replicas: 0, count: 1 }, 'RangeError: expected replicas to be a whole number from 1, got 0'],
    [{ replicas: 2.5, count: 1 }, 'RangeError: expected replicas to be a whole number from 1, got 2.5'],
    [{ replicas: 2, count: 0 }, 'RangeError: expected count to be a whole number from 1, got 0'],
    [{ count: 1 }, 'RangeError: expected replicas to be a whole number from 1, got NaN'],
    [{ replicas: 1, count: 1, size: 2 }, 'TypeError: unknown option: size, expected replicas, count, dtype'],
    [
      { replicas: 1, count: 1, dtype: 'int8' },
      "TypeError: unknown dtype: int8, expected 'float64' or 'float32'",
    ],
  ])('memory for %j is refused', (options, complaint) => {
    expect(complaintOf(() => replicaMemory(options as never))).toBe(complaint)
  })

  it.each([
    [2, {}, 'RangeError: replica is 2, expected a whole number from 0 to 1'],
    [-1, {}, 'RangeError: replica is -1, expected a whole number from 0 to 1'],
    [0.5, {}, 'RangeError: replica is 0.5, expected a whole number from 0 to 1'],
    [0, { timeout: 0 }, 'RangeError: expected timeout to be finite and above 0, got 0'],
    [0, { wait: 1 }, 'TypeError: unknown option: wait, expected timeout'],
  ])('replica %d with %j is refused, and not taken', (replica, options, complaint) => {
    const memory = replicaMemory({ replicas: 2, count: 1 })
    expect(complaintOf(() => averageGradients(memory, replica, options as never))).toBe(complaint)
    averageGradients(memory, 0)
  })
})
