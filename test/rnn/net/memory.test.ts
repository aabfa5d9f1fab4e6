/** More networks than the kernel's memory holds at once. */
import { expect, it } from 'vitest'
import { Random, Tensor } from '../../../src/rnn/index.ts'
import { kernel } from '../../../src/rnn/kernel/kernel.ts'
import type { SimdKernel } from '../../../src/rnn/kernel/simd/simd.ts'
import { complaintOf, gaussian } from '../support.ts'
import { type Network, networkOf } from './networks.ts'

const megabyte = 2 ** 20
const budget = 256 * megabyte

it('six networks that need one and a half times 256 MB take turns in it with the right gradients, exactly', () => {
  const [B, T, H] = [128, 600, 32]
  const nets = Array.from({ length: 6 }, (_, seed) =>
    networkOf('tanh', { inputSize: 1, hiddenSize: H, seed }),
  )
  const random = new Random(1)
  const [x, h0, dHN] = [
    [B, T, 1],
    [1, B, H],
    [1, B, H],
  ].map(shape => gaussian(random, shape))
  const { arena } = kernel as SimdKernel
  const gradientsOf = (net: Network): Tensor[] => [
    net.backward({ dHN, inputGradient: false }).dh0,
    ...Object.values(net.gradients()),
  ]
  // One after another first: each has all the memory for itself.
  const takenBefore = arena.taken
  let perNetwork = 0
  const expected = nets.map((net, i) => {
    const { hN } = net.forward(x, { h0, reuse: true })
    const results = [hN.clone(), ...gradientsOf(net)]
    if (i === 0) perNetwork = arena.taken - takenBefore
    return results
  })
  const forward = nets.map(net => net.forward(x, { h0, reuse: true }).hN)
  expect(nets.length * perNetwork).toBeGreaterThan(1.5 * budget)
  expect(arena.taken).toBeGreaterThan(budget / 2)
  expect(arena.taken).toBeLessThan(budget + megabyte)
  for (const i of [2, 0, 5, 1, 4, 3]) {
    const found = [forward[i], ...gradientsOf(nets[i])]
    for (const [k, t] of found.entries()) expect(t.equals(expected[i][k]), `${k} of ${i}`).toBe(true)
    expect(arena.taken).toBeLessThan(budget + megabyte)
    // What a network shows of its last run comes back, too.
    expect({ ...nets[i].tape(T, 1) }).toMatchObject({ h: forward[i].row(0).row(1) })
  }
})

it('a network that changes its sizes gives its memory back: twenty sizes take no more than the largest', () => {
  const { arena } = kernel as SimdKernel
  const net = networkOf('tanh', { inputSize: 1, hiddenSize: 32 })
  const run = (T: number) => {
    net.forward(Tensor.zeros([8, T, 1]))
    net.backward()
  }
  run(200)
  const most = arena.taken
  for (let T = 10; T <= 200; T += 10) {
    run(T)
    expect(arena.taken).toBeLessThanOrEqual(most)
  }
})

it('a forward for which there is no memory says so, and neither this network nor others are the worse for it', () => {
  const [net, other] = [1, 2].map(seed => networkOf('tanh', { inputSize: 1, hiddenSize: 512, seed }))
  const x = Tensor.full([3, 2, 1], 1)
  const expected = [net, other].map(one => one.forward(x).output)
  const dOutput = Tensor.full([3, 2, 512], 1)
  const { dx } = other.backward({ dOutput })
  other.forward(x)
  expect(complaintOf(() => net.forward(Tensor.zeros([1, 1_000_000, 1])))).toMatch(
    /^RangeError: the kernel's memory is full: \d+ MB are in use and \d+ MB more cannot be had, expected fewer or shorter sequences, or truncation$/,
  )
  expect(complaintOf(() => net.backward())).toBe('Error: forward has not run yet')
  expect(other.backward({ dOutput }).dx.equals(dx)).toBe(true)
  expect(net.forward(x).output.equals(expected[0])).toBe(true)
  expect(other.forward(x).output.equals(expected[1])).toBe(true)
})
