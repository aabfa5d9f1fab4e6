/** Each misuse of the conditional random field is one clear error. */
import { expect, it } from 'vitest'
import { CRF, Tensor } from '../../../src/rnn/index.ts'
import { complaintOf } from '../support.ts'

const crf = new CRF({ numTags: 3 })
const x = Tensor.zeros([2, 4, 3])
const one = Tensor.zeros([4, 3])
const tags = [
  [0, 1, 2, 0],
  [0, 0, 0, 0],
]

/** A field with one weight changed. */
function withWeight(name: string, index: number[], value: number): CRF {
  const changed = new CRF({ numTags: 3 })
  changed.params.value(name).set(index, value)
  return changed
}

/** A field that no path of more than one step goes through. */
function closed(): CRF {
  const changed = new CRF({ numTags: 3 })
  changed.params.value('transitions').data.fill(-Infinity)
  return changed
}

it.each<[string, () => unknown]>([
  ['TypeError: missing option numTags', () => new CRF({} as never)],
  ['RangeError: expected numTags to be a whole number from 1, got 0', () => new CRF({ numTags: 0 })],
  [
    'TypeError: unknown option: numTag, expected numTags, dtype, seed',
    () => new CRF({ numTags: 3, numTag: 3 } as never),
  ],
  [
    "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
    () => new CRF({ numTags: 3, dtype: 'float16' as never }),
  ],
  [
    'RangeError: emissions has shape [2, 4, 2], expected [B, T, K = 3]',
    () => crf.decode(Tensor.zeros([2, 4, 2])),
  ],
  ['RangeError: emissions has shape [4, 2], expected [T, K = 3]', () => crf.marginals(Tensor.zeros([4, 2]))],
  ['RangeError: emissions has shape [3], expected [B, T, K = 3]', () => crf.logPartition(Tensor.zeros([3]))],
  [
    'RangeError: emissions has shape [0, 3], expected at least one number',
    () => crf.loss(Tensor.zeros([0, 3]), []),
  ],
  ['TypeError: emissions is float32, expected float64', () => crf.decode(x.astype('float32'))],
  [
    'RangeError: emissions is NaN at [1, 2], expected finite numbers',
    () =>
      crf.loss(
        one.map((_, k) => (k === 5 ? NaN : 0)),
        tags[0],
      ),
  ],
  [
    'RangeError: emissions[1] is Infinity at [2, 0], expected finite numbers',
    () =>
      crf.decode(
        x.map((_, k) => (k === 18 ? Infinity : 0)),
        { lengths: [4, 3] },
      ),
  ],
  [
    'RangeError: transitions is NaN at [1, 2], expected finite numbers',
    () => withWeight('transitions', [1, 2], NaN).decode(x),
  ],
  [
    'RangeError: end_transitions is Infinity at [0], expected finite numbers',
    () => withWeight('end_transitions', [0], Infinity).loss(x, tags),
  ],
  ['RangeError: lengths has length 1, expected B = 2', () => crf.decode(x, { lengths: [4] })],
  [
    'RangeError: lengths[1] is 5, expected a whole number from 1 to T = 4',
    () => crf.marginals(x, { lengths: [4, 5] }),
  ],
  ['TypeError: unknown option: length, expected lengths', () => crf.decode(x, { length: [4, 4] } as never)],
  [
    'TypeError: unknown option: mask, expected reduction, lengths',
    () => crf.loss(x, tags, { mask: [] } as never),
  ],
  [
    "TypeError: unknown reduction: token_mean, expected 'mean', 'sum' or 'none'",
    () => crf.loss(x, tags, { reduction: 'token_mean' as 'mean' }),
  ],
  ['RangeError: tags has length 1, expected B = 2', () => crf.loss(x, [tags[0]])],
  ['RangeError: tags has length 4, expected B = 2', () => crf.loss(x, [0, 1, 2, 0])],
  [
    'TypeError: expected tags to be one list of numbers for each sequence, got numbers',
    () => crf.loss(x, [0, 1]),
  ],
  [
    'TypeError: expected tags to be one list of numbers for a single sequence, got lists',
    () => crf.loss(one, tags),
  ],
  ['RangeError: tags has shape [2, 4], expected [n]', () => crf.loss(one, Tensor.from(tags))],
  ['RangeError: tags has shape [2, 2, 2], expected [B = 2, n]', () => crf.loss(x, Tensor.zeros([2, 2, 2]))],
  ['RangeError: tags has length 3, expected T = 4', () => crf.loss(one, [0, 1, 2])],
  ['RangeError: tags[1] has length 2, expected T = 4', () => crf.loss(x, [tags[0], [0, 1]])],
  [
    'RangeError: tags[1] has length 2, expected 3 or T = 4',
    () => crf.loss(x, [tags[0], [0, 1]], { lengths: [4, 3] }),
  ],
  ['RangeError: tags[2] is 3, expected a tag from 0 to 2', () => crf.loss(one, [0, 1, 3, 0])],
  [
    'RangeError: tags[1][0] is -1, expected a tag from 0 to 2',
    () => crf.loss(x, [tags[0], [-1, 0, 0, 0]], { lengths: [4, 3] }),
  ],
  ['RangeError: tags[0] is 0.5, expected a tag from 0 to 2', () => crf.loss(one, [0.5, 0, 0, 0])],
  [
    'RangeError: tags[0] takes a transition of -Infinity',
    () => withWeight('transitions', [1, 2], -Infinity).loss(x, tags),
  ],
  [
    'RangeError: expected a path through emissions that is allowed, got -Infinity for all',
    () => closed().decode(one),
  ],
  [
    'RangeError: expected a path through emissions[0] that is allowed, got -Infinity for all',
    () => closed().marginals(x),
  ],
  ['RangeError: tags[0] takes a transition of -Infinity', () => closed().loss(x, tags)],
])('%s', (complaint, misuse) => expect(complaintOf(misuse)).toBe(complaint))
