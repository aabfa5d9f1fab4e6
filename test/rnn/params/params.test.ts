import { describe, expect, it } from 'vitest'
import { Params, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

describe('Params', () => {
  const build = () => new Params({ W: [2, 3], b: [2] })

  it('is one flat buffer in the order of the layout, and its views write through', () => {
    const params = build()
    params.value('b').set([1], 5)
    params.grad('W').set([1, 0], 7)
    expect([...params.values]).toEqual([0, 0, 0, 0, 0, 0, 0, 5])
    expect([...params.grads]).toEqual([0, 0, 0, 7, 0, 0, 0, 0])
    expect([params.count, params.names]).toEqual([8, ['W', 'b']])
    params.zeroGradients()
    expect(params.grad('W').maxAbs()).toBe(0)
  })

  it('stateDict and gradients are copies', () => {
    const params = build()
    params.stateDict().W.data.fill(1)
    params.gradients().W.data.fill(1)
    expect([...params.values, ...params.grads].every(v => v === 0)).toBe(true)
  })

  it('loadStateDict copies values in and rounds them to its dtype', () => {
    const params = new Params({ b: [1] }, 'float32')
    const state = { b: Tensor.from([0.1]) }
    params.loadStateDict(state)
    state.b.data.fill(9)
    expect(params.value('b').at(0)).toBe(Math.fround(0.1))
  })

  it('refuses an unknown name', () => {
    expect(complaintOf(() => build().value('w'))).toBe('RangeError: unknown parameter: w, expected W, b')
    expect(complaintOf(() => build().value('toString'))).toBe(
      'RangeError: unknown parameter: toString, expected W, b',
    )
  })
})
