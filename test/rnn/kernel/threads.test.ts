/** Threads that share every operation: the same bits as one thread, whatever is shared and however long they slept. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { GRU, LSTM, Random, RNN, Tensor, useKernel, useThreads } from '../../../src/rnn/index.ts'
import { kernel } from '../../../src/rnn/kernel/kernel.ts'
import { Machine } from '../../../src/rnn/kernel/simd/machine.ts'
import { createSimdKernel, type SimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { gaussians } from '../support.ts'
import { expectSameBits } from './blocks.ts'
import { bundleOf } from './bundle.ts'
import {
  allOperations,
  backwardArrays,
  forwardArrays,
  performBackward,
  performForward,
  wholeSequences,
} from './operations.ts'

const one = createSimdKernel()

// Small operations, too, so that every kind is shared.
const { worthSharing } = Machine
beforeAll(() => {
  Machine.worthSharing = 0
})
afterAll(() => {
  Machine.worthSharing = worthSharing
})
const dtypes = ['float64', 'float32'] as const

describe.each([2, 3])('%i threads give the bits of one, and write nothing beside:', threads => {
  let team: SimdKernel
  const started = async () => {
    if (!team) {
      team = createSimdKernel({ shared: true })
      await team.startThreads(threads)
    }
    return team
  }
  afterAll(() => team.stopThreads())

  for (const { name, forAll } of allOperations)
    it.each(dtypes)(`${name}, %s`, async dtype => {
      const together = await started()
      expect(together.threads).toBe(threads)
      forAll(perform => expectSameBits(perform(together, dtype), perform(one, dtype)), 15)
    })

  const sizes = { ...wholeSequences, B: 9, H: 3, I: 2 }
  const withNaN = (...places: readonly { step: number; b: number }[]) => {
    const x = Array.from(forwardArrays('tanh', sizes).x)
    for (const { step, b } of places) x[(step * sizes.B + b) * sizes.I] = Number.NaN
    return { x }
  }

  it('the first step that is not finite, in whichever sequence', async () => {
    const together = await started()
    for (const b of [0, 4, 8]) {
      expect(performForward('tanh', sizes, withNaN({ step: 2, b }))(together, 'float64').returned).toBe(2)
      const more = withNaN({ step: 3, b }, { step: 1, b: 8 - b })
      expect(performForward('tanh', sizes, more)(together, 'float64').returned).toBe(1)
    }
  })

  it('in reverse and on the way back too, the first of several steps that are not finite, though threads find one each', async () => {
    const given = withNaN({ step: 3, b: 0 }, { step: 1, b: 8 })
    const perform = performForward('tanh', { ...sizes, reverse: true }, given)
    expect(perform(one, 'float64').returned).toBe(3)
    expect(perform(await started(), 'float64').returned).toBe(3)
    const dh = Array.from(backwardArrays('tanh', sizes).dh)
    for (const [slot, b] of [
      [2, 0],
      [4, 8],
    ])
      dh[(slot * sizes.B + b) * sizes.H] = Number.NaN
    const back = performBackward('tanh', sizes, { dh })
    expect(back(one, 'float64').returned).toBe(3)
    expect(back(await started(), 'float64').returned).toBe(3)
  })
})

const networks = { RNN, LSTM, GRU } as const

/** Everything that a network of two layers in both directions makes of sequences that end early, forward and back. */
function everythingOf(
  Network: (typeof networks)[keyof typeof networks],
  dtype: 'float64' | 'float32',
  B: number,
) {
  const [T, I, H] = [6, 3, 5]
  const options = { inputSize: I, hiddenSize: H, numLayers: 2, bidirectional: true, dtype, seed: B }
  // All three take the same options.
  const net = new (Network as typeof LSTM)(options)
  const drawn = gaussians(B, { x: [B, T, I], h0: [4, B, H], dOutput: [B, T, 2 * H], dHN: [4, B, H] })
  const { x, h0, dOutput, dHN } = Object.fromEntries(
    Object.entries(drawn).map(([name, { data, shape }]) => [name, new Tensor(data, shape, dtype)]),
  )
  const random = new Random(B)
  const lengths = Array.from({ length: B }, () => 1 + random.integer(T))
  const forward = net.forward(x, { h0, lengths })
  const back = net.backward({ dOutput, dHN, truncate: 4 })
  const tensors: Tensor[] = [
    ...Object.values(forward),
    ...Object.values(back),
    ...Object.values(net.gradients()),
  ]
  return tensors.flatMap(({ data }) => [...data])
}

const cases = Object.values(networks).flatMap(Network =>
  dtypes.flatMap(dtype => Array.from({ length: 17 }, (_, i) => [Network, dtype, i + 1] as const)),
)
const expected = cases.map(given => everythingOf(...given))

/** All of them, or only those of batches of 9. */
function expectTheBitsOfOne({ all = false } = {}): void {
  for (const [i, [Network, dtype, B]] of cases.entries()) {
    if (!all && B !== 9) continue
    const at = everythingOf(Network, dtype, B).findIndex((x, k) => !Object.is(x, expected[i][k]))
    expect(at, `${Network.name}, ${dtype}, ${B} sequences`).toBe(-1)
  }
}

describe('useThreads', () => {
  afterEach(async () => {
    vi.restoreAllMocks()
    useKernel('simd')
    await useThreads(1)
  })

  it.each([2, 3])('lets %i threads run all networks, forward and back, to the bits of one', async n => {
    await useThreads(n)
    expect([kernel.name, kernel.threads]).toEqual(['simd', n])
    expectTheBitsOfOne({ all: true })
  })

  it('gives them back after they slept, for which they need hardly any time of the processor', async () => {
    await useThreads(3)
    expectTheBitsOfOne()
    // On a busy machine they may get to their sleep late. Threads that spin need twice as long as each of these rounds.
    const needed: number[] = []
    while (needed.length < 20 && !needed.some(ms => ms < 75)) {
      const before = process.cpuUsage()
      await sleep(100)
      needed.push(process.cpuUsage(before).user / 1000)
    }
    expect(Math.min(...needed)).toBeLessThan(75)
    expectTheBitsOfOne()
  })

  it('goes from one number of threads to another and back, and keeps a team that is there already', async () => {
    await useThreads(2)
    const two = kernel
    await useThreads(2)
    expect(kernel).toBe(two)
    await useThreads(3)
    expect([two.threads, kernel.threads]).toEqual([1, 3])
    expectTheBitsOfOne()
    await useThreads(2)
    expectTheBitsOfOne()
    await useThreads(1)
    expect(kernel.threads).toBe(1)
    expectTheBitsOfOne()
  })

  it('takes a network along between forward and backward, and useKernel ends the team', async () => {
    const net = new GRU({ inputSize: 2, hiddenSize: 4, seed: 1 })
    const { x, dOutput } = gaussians(1, { x: [9, 5, 2], dOutput: [9, 5, 4] })
    net.forward(x)
    const { dx } = net.backward({ dOutput })
    net.forward(x)
    await useThreads(2)
    expect(net.backward({ dOutput }).dx.equals(dx)).toBe(true)
    net.forward(x)
    useKernel('simd')
    expect(kernel.threads).toBe(1)
    expect(net.backward({ dOutput }).dx.equals(dx)).toBe(true)
  })

  it('called twice at once ends with one team that works', async () => {
    await Promise.all([useThreads(2), useThreads(3)])
    expect([2, 3]).toContain(kernel.threads)
    expectTheBitsOfOne()
  })

  it.skipIf(!existsSync('/proc/self/task'))(
    'ends the threads of a team that is not needed any more',
    async () => {
      const count = () => readdirSync('/proc/self/task').length
      await useThreads(2)
      const withTwo = count()
      await useThreads(6)
      await useThreads(2)
      const deadline = Date.now() + 10_000
      while (count() > withTwo && Date.now() < deadline) await sleep(20)
      expect(count()).toBeLessThanOrEqual(withTwo)
    },
  )

  it('refuses what is no number of threads, and the plain loops', async () => {
    const complaint = (n: number) => useThreads(n).then(() => 'none', String)
    expect(await complaint(0)).toBe('RangeError: expected n to be a whole number from 1, got 0')
    expect(await complaint(1.5)).toBe('RangeError: expected n to be a whole number from 1, got 1.5')
    expect(await complaint(65)).toBe('RangeError: expected n to be a whole number from 1 to 64, got 65')
    expect(kernel.threads).toBe(1)
    useKernel('reference')
    for (const n of [1, 2])
      expect(await complaint(n)).toBe("TypeError: the kernel is 'reference', expected 'simd' or 'simd-fma'")
    expect(kernel.name).toBe('reference')
    useKernel('simd')
  })

  it('leaves the kernel as it was where threads cannot be had', async () => {
    const before = kernel
    class Worker {
      constructor() {
        throw new Error('no threads here')
      }
    }
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue({ Worker } as never)
    const error = await useThreads(2).then(
      () => undefined,
      (e: Error) => e,
    )
    expect(error?.message).toBe('a thread could not be started')
    expect((error?.cause as Error | undefined)?.message).toBe('no threads here')
    expect(kernel).toBe(before)
  })

  it('lets a process end that is at its end, with code 0', () => {
    const program = bundleOf(
      `import { RNN, Tensor, useThreads } from './src/rnn/index.ts'
       import { Machine } from './src/rnn/kernel/simd/machine.ts'
       Machine.worthSharing = 0
       const net = new RNN({ inputSize: 1, hiddenSize: 3, seed: 1 })
       const x = Tensor.generate([9, 4, 1], i => Math.sin(i))
       const { output } = net.forward(x)
       await useThreads(3)
       console.log(net.forward(x).output.equals(output))`,
      'esm',
    )
    const child = spawnSync(process.execPath, ['--input-type=module'], {
      input: program,
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect({ ...child, pid: 0 }).toMatchObject({ status: 0, signal: null, stdout: 'true\n', stderr: '' })
  })
})
