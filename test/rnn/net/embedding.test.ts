import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  Embedding,
  type EmbeddingOptions,
  gradientErrors,
  Linear,
  oneHot,
  relativeError,
  Tensor,
} from '../../../src/rnn/index.ts'
import { always, complaintOf, gaussians } from '../support.ts'

describe('Embedding', () => {
  it('gives row i of the weights for index i, for a tensor, nested arrays and a single number', () => {
    const embedding = new Embedding({ numEmbeddings: 3, embeddingDim: 2 })
    const weight = Tensor.from([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    embedding.loadStateDict({ weight })
    const expected = [[[5, 6]], [[1, 2]]]
    expect(embedding.forward([[2], [0]]).toArray()).toEqual(expected)
    expect(embedding.forward(Tensor.from([[2], [0]])).toArray()).toEqual(expected)
    expect(embedding.forward(Tensor.from([[2], [0]], 'float32')).toArray()).toEqual(expected)
    expect(embedding.forward(1).toArray()).toEqual([3, 4])
  })

  it('is a linear map of one-hot vectors: values exactly, gradients to 1e-14', () =>
    always(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }), fc.nat(), (indices, seed) => {
        const embedding = new Embedding({ numEmbeddings: 5, embeddingDim: 3, seed })
        const linear = new Linear({ inFeatures: 5, outFeatures: 3, bias: false })
        linear.loadStateDict({ weight: embedding.stateDict().weight.transpose() })
        const x = oneHot(Tensor.from(indices), 5)
        const { dy } = gaussians(seed, { dy: [indices.length, 3] })
        expect(embedding.forward(indices).equals(linear.forward(x))).toBe(true)
        embedding.backward(dy)
        linear.backward(dy)
        const expected = linear.gradients().weight.transpose()
        expect(relativeError(embedding.gradients().weight, expected)).toBeLessThan(1e-14)
      }),
    ))

  it('its gradient agrees with central differences to 1e-9, with indices that come twice and one that never comes', () => {
    const embedding = new Embedding({ numEmbeddings: 4, embeddingDim: 3, seed: 1 })
    const { dy } = gaussians(1, { dy: [6, 3] })
    const forward = () => embedding.forward([0, 2, 2, 0, 0, 1])
    embedding.backward(forward().map(Math.cos).mul(dy))
    const loss = () => forward().map(Math.sin).dot(dy)
    expect(gradientErrors(embedding, loss).weight).toBeLessThan(1e-9)
    expect(embedding.gradients().weight.row(3).maxAbs()).toBe(0)
  })

  it('gradients start from zero at each backward', () => {
    const embedding = new Embedding({ numEmbeddings: 2, embeddingDim: 1 })
    for (let k = 0; k < 2; k++) {
      embedding.forward([1])
      embedding.backward(Tensor.from([[3]]))
    }
    expect(embedding.gradients().weight.toArray()).toEqual([[0], [3]])
  })

  it('remembers its own copy of the indices, and gives a copy of the rows', () => {
    const embedding = new Embedding({ numEmbeddings: 2, embeddingDim: 1 })
    const before = embedding.stateDict()
    const indices = Tensor.from([0])
    embedding.forward(indices).data.fill(7)
    indices.data[0] = 1
    embedding.backward(Tensor.from([[1]]))
    expect(embedding.gradients().weight.toArray()).toEqual([[1], [0]])
    expect(embedding.stateDict().weight.equals(before.weight)).toBe(true)
  })

  it("the padding's row starts as zeros, has no gradient, and changes no other row", () => {
    const sizes = { numEmbeddings: 4, embeddingDim: 3, seed: 5 }
    const [plain, padded] = [new Embedding(sizes), new Embedding({ ...sizes, paddingIdx: 2 })]
    const [all, withPadding] = [plain, padded].map(embedding => embedding.stateDict().weight)
    expect(withPadding.row(2).maxAbs()).toBe(0)
    for (const i of [0, 1, 3]) expect(withPadding.row(i).equals(all.row(i))).toBe(true)
    padded.forward([2, 1, 2])
    padded.backward(Tensor.full([3, 3], 1))
    expect(padded.gradients().weight.sum(1).toArray()).toEqual([0, 3, 0, 0])
  })

  it('draws N(0, 1): mean and variance of 20,000 numbers within 4 standard errors, the same for the same seed', () => {
    const sizes = { numEmbeddings: 1000, embeddingDim: 20 }
    const { weight } = new Embedding({ ...sizes, seed: 3 }).stateDict()
    expect(Math.abs(weight.mean())).toBeLessThan(4 / Math.sqrt(20_000))
    expect(Math.abs(weight.mul(weight).mean() - 1)).toBeLessThan(4 * Math.sqrt(2 / 20_000))
    expect(weight.equals(new Embedding({ ...sizes, seed: 3 }).stateDict().weight)).toBe(true)
    expect(weight.equals(new Embedding({ ...sizes, seed: 4 }).stateDict().weight)).toBe(false)
  })

  it('counts N·D numbers and works in float32', () => {
    const embedding = new Embedding({ numEmbeddings: 7, embeddingDim: 3, dtype: 'float32' })
    expect(embedding.parameterCount).toBe(21)
    expect(embedding.forward([6, 0]).dtype).toBe('float32')
    embedding.backward(Tensor.zeros([2, 3], 'float32'))
    expect(embedding.gradients().weight.dtype).toBe('float32')
  })

  it.each<[string, (embedding: Embedding) => unknown]>([
    [
      'RangeError: indices is 3 at [1, 0], expected a whole number from 0 to 2',
      embedding =>
        embedding.forward([
          [0, 2],
          [3, -1],
        ]),
    ],
    ['RangeError: indices is -1 at [1], expected a whole number from 0 to 2', e => e.forward([0, -1])],
    ['RangeError: indices is 0.5 at [0], expected a whole number from 0 to 2', e => e.forward([0.5])],
    ['RangeError: indices is NaN at [], expected a whole number from 0 to 2', e => e.forward(Number.NaN)],
    ['Error: forward has not run yet', embedding => embedding.backward(Tensor.zeros([2]))],
    [
      'RangeError: dy has shape [2], expected [4, 2]',
      embedding => {
        embedding.forward([0, 1, 2, 0])
        embedding.backward(Tensor.zeros([2]))
      },
    ],
    [
      'TypeError: dy is float32, expected float64',
      embedding => {
        embedding.forward([0])
        embedding.backward(Tensor.zeros([1, 2], 'float32'))
      },
    ],
    ['TypeError: missing option embeddingDim', () => new Embedding({ numEmbeddings: 1 } as EmbeddingOptions)],
    [
      'RangeError: expected numEmbeddings to be a whole number from 1, got 0',
      () => new Embedding({ numEmbeddings: 0, embeddingDim: 2 }),
    ],
    [
      'RangeError: expected paddingIdx to be a whole number from 0 to 2, got 3',
      () => new Embedding({ numEmbeddings: 3, embeddingDim: 2, paddingIdx: 3 }),
    ],
    [
      'TypeError: unknown option: maxNorm, expected numEmbeddings, embeddingDim, paddingIdx, dtype, seed',
      () => new Embedding({ numEmbeddings: 3, embeddingDim: 2, maxNorm: 1 } as EmbeddingOptions),
    ],
    [
      "TypeError: unknown dtype: float16, expected 'float64' or 'float32'",
      () => new Embedding({ numEmbeddings: 3, embeddingDim: 2, dtype: 'float16' as 'float32' }),
    ],
  ])('refuses misuse: %s', (complaint, misuse) => {
    const embedding = new Embedding({ numEmbeddings: 3, embeddingDim: 2 })
    expect(complaintOf(() => misuse(embedding))).toBe(complaint)
  })
})
