/** Losses and their gradients against PyTorch's numbers. */
import { describe, expect, it } from 'vitest'
import {
  absoluteError,
  binaryCrossEntropy,
  crossEntropy,
  huber,
  type Loss,
  type Reduction,
  relativeError,
  smoothL1,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { type Numbers, readGolden, tensor } from '../golden.ts'

interface Case {
  readonly loss: string
  readonly variant: string
  readonly reduction: Reduction
  readonly input: Numbers
  readonly target: Numbers | number[]
  readonly weight?: Numbers
  readonly ignore_index?: number
  readonly label_smoothing?: number
  readonly value: Numbers
  readonly grad: Numbers
}

const pointwise = {
  mse: squaredError,
  l1: absoluteError,
  smooth_l1: smoothL1,
  huber,
  bce_with_logits: binaryCrossEntropy,
} as const

function run(c: Case): Loss<Reduction> {
  const { reduction } = c
  if (c.loss !== 'cross_entropy')
    return pointwise[c.loss as keyof typeof pointwise](tensor(c.input), tensor(c.target as Numbers), {
      reduction,
    })
  return crossEntropy(tensor(c.input), c.target as number[], {
    reduction,
    weight: c.weight?.data,
    ignoreIndex: c.ignore_index,
    labelSmoothing: c.label_smoothing,
  })
}

describe.each(readGolden<{ losses: Case[] }>('losses.json'))(
  "%s: PyTorch's losses to 1e-12 and its gradients to 1e-10",
  (_, { losses }) => {
    it('holds all six losses', () =>
      expect(new Set(losses.map(c => c.loss))).toEqual(new Set(['cross_entropy', ...Object.keys(pointwise)])))

    it.each(losses)('$loss, $variant, $reduction', c => {
      const { loss, dy } = run(c)
      const value = typeof loss === 'number' ? new Tensor([loss], []) : loss
      expect(relativeError(value, tensor(c.value))).toBeLessThan(1e-12)
      expect(relativeError(dy, tensor(c.grad))).toBeLessThan(1e-10)
    })
  },
)
