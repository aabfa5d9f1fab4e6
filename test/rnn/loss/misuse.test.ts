/** Each misuse of a loss is one clear error. */
import { describe, expect, it } from 'vitest'
import {
  absoluteError,
  binaryCrossEntropy,
  crossEntropy,
  huber,
  smoothL1,
  squaredError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

const y = Tensor.zeros([2, 3])

describe('a loss refuses misuse with the name and both values:', () => {
  const messages: [string, () => unknown, string][] = [
    ['shape', () => absoluteError(y, Tensor.zeros([6])), 'RangeError: target has shape [6], expected [2, 3]'],
    [
      'nothing',
      () => squaredError(Tensor.zeros([0, 3]), Tensor.zeros([0, 3])),
      'RangeError: y has shape [0, 3], expected at least one number',
    ],
    [
      'NaN in y',
      () =>
        huber(
          Tensor.from([
            [0, 1],
            [2, NaN],
          ]),
          Tensor.zeros([2, 2]),
        ),
      'RangeError: y is NaN at [1, 1], expected finite numbers',
    ],
    [
      'an infinite target',
      () => smoothL1(Tensor.from([0, 1]), Tensor.from([-Infinity, 1])),
      'RangeError: target is -Infinity at [0], expected finite numbers',
    ],
    [
      'an infinite logit',
      () => binaryCrossEntropy(Tensor.from([0, Infinity]), Tensor.zeros([2])),
      'RangeError: logits is Infinity at [1], expected finite numbers',
    ],
    [
      'reduction',
      () => squaredError(y, y, { reduction: 'average' as 'mean' }),
      "TypeError: unknown reduction: average, expected 'mean', 'sum' or 'none'",
    ],
    [
      'option',
      () => huber(y, y, { beta: 1 } as object),
      'TypeError: unknown option: beta, expected reduction, delta',
    ],
    ['delta', () => huber(y, y, { delta: 0 }), 'RangeError: expected delta to be finite and above 0, got 0'],
    [
      'beta',
      () => smoothL1(y, y, { beta: NaN }),
      'RangeError: expected beta to be finite and at least 0, got NaN',
    ],
    [
      'probability',
      () => binaryCrossEntropy(y, y.add(1.5)),
      'RangeError: expected targets from 0 to 1, got 1.5',
    ],
    ['count of classes', () => crossEntropy(y, [0]), 'RangeError: target has length 1, expected 2'],
    [
      'shape of classes',
      () => crossEntropy(y, Tensor.zeros([1, 2])),
      'RangeError: target has shape [1, 2], expected [2]',
    ],
    [
      'class',
      () => crossEntropy(y, [0, 3]),
      'RangeError: target[1] is 3, expected a class from 0 to 2, or -100',
    ],
    [
      'half a class',
      () => crossEntropy(y, [0.5, 0]),
      'RangeError: target[0] is 0.5, expected a class from 0 to 2, or -100',
    ],
    [
      'no class',
      () => crossEntropy(Tensor.zeros([2, 0]), [0, 0]),
      'RangeError: logits has shape [2, 0], expected [..., C] with C at least 1',
    ],
    [
      'nothing but ignored places',
      () => crossEntropy(y, [-100, -100]),
      'RangeError: expected at least one target with a weight above 0 that is not ignored, got none',
    ],
    [
      'count of weights',
      () => crossEntropy(y, [0, 0], { weight: [1, 1] }),
      'RangeError: weight has length 2, expected C = 3',
    ],
    [
      'negative weight',
      () => crossEntropy(y, [0, 0], { weight: [1, -1, 1] }),
      'RangeError: expected weight[1] to be finite and at least 0, got -1',
    ],
    [
      'smoothing',
      () => crossEntropy(y, [0, 0], { labelSmoothing: 1.1 }),
      'RangeError: expected labelSmoothing to be from 0 to 1, got 1.1',
    ],
  ]
  it.each(messages)('%s', (_, misuse, message) => expect(complaintOf(misuse)).toBe(message))
})
