/** Embedding: a learned vector for each of N tokens (Bengio et al. 2003, "A neural probabilistic language model"). */
import type { Nested } from '../array/nested.ts'
import { type DType, dtypeOf } from '../array/numbers.ts'
import { fillOptions } from '../array/options.ts'
import { Random } from '../array/random.ts'
import { formatShape, placeOf, sameShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { gaussianInit } from '../params/init.ts'
import { Module } from '../params/module.ts'
import { Params } from '../params/params.ts'
import { expectSize } from './options.ts'

/** Names are PyTorch's `nn.Embedding`. */
export interface EmbeddingOptions {
  /** N, how many tokens there are */
  readonly numEmbeddings: number
  /** D, the numbers in one token's vector */
  readonly embeddingDim: number
  /** The token that stands for nothing: its vector starts as zeros and has no gradient; none unless given */
  readonly paddingIdx?: number
  readonly dtype?: DType
  /** Of the initial weights; 0 unless given */
  readonly seed?: number
}

/**
 * y = W[i], row i of W for every index i: what a linear map without bias makes of the one-hot vector of i, without the
 * product.
 *
 * Parameters: `weight` (N, D), drawn from N(0, 1) with the given seed; N·D numbers, the padding's included, as PyTorch
 * counts. `loadStateDict` takes the padding's row as it is.
 *
 * @example
 * ```ts
 * const embedding = new Embedding({ numEmbeddings: 3, embeddingDim: 2, paddingIdx: 0 })
 * embedding.loadStateDict({ weight: Tensor.from([[0, 0], [1, 2], [3, 4]]) })
 * embedding.forward([2, 1, 2, 0]) // → [[3, 4], [1, 2], [3, 4], [0, 0]]
 * embedding.backward(Tensor.from([[1, 0], [5, 5], [0, 1], [9, 9]]))
 * embedding.gradients().weight // → [[0, 0], [5, 5], [1, 1]]
 * embedding.forward([[1], [3]]) // throws RangeError: indices is 3 at [1, 0], expected a whole number from 0 to 2
 * ```
 */
export class Embedding extends Module {
  readonly #paddingIdx?: number
  #indices?: Tensor

  /** @throws TypeError for an unknown or missing option, RangeError for a value that is out of range */
  constructor(options: EmbeddingOptions) {
    const { numEmbeddings, embeddingDim, paddingIdx, dtype, seed } = fillOptions<EmbeddingOptions>(options, {
      numEmbeddings: options.numEmbeddings,
      embeddingDim: options.embeddingDim,
      paddingIdx: undefined,
      dtype: 'float64',
      seed: 0,
    })
    const N = expectSize('numEmbeddings', numEmbeddings)
    const D = expectSize('embeddingDim', embeddingDim)
    if (paddingIdx !== undefined && !isIndex(paddingIdx, N))
      throw new RangeError(`expected paddingIdx to be a whole number from 0 to ${N - 1}, got ${paddingIdx}`)
    super(new Params({ weight: [N, D] }, dtype))
    this.#paddingIdx = paddingIdx
    this.params.values.set(gaussianInit(new Random(seed), [N, D], 1).data)
    if (paddingIdx !== undefined) this.params.value('weight').row(paddingIdx).data.fill(0)
  }

  /**
   * @param indices (…), whole numbers from 0 to N - 1, as a tensor or as nested arrays
   * @returns y (…, D)
   * @throws RangeError naming the first index that is not one, and where it stands
   */
  forward(indices: Tensor | Nested): Tensor {
    const weight = this.params.value('weight')
    const [N, D] = weight.shape
    const places = indices instanceof Tensor ? indices.clone() : Tensor.from(indices)
    const at = places.data.findIndex(index => !isIndex(index, N))
    if (at >= 0) {
      const wrong = `indices is ${places.data[at]} at ${formatShape(placeOf(at, places.shape))}`
      throw new RangeError(`${wrong}, expected a whole number from 0 to ${N - 1}`)
    }
    const y = Tensor.zeros([...places.shape, D], weight.dtype)
    places.data.forEach((index, k) => {
      y.data.set(weight.row(index).data, k * D)
    })
    this.#indices = places
    return y
  }

  /**
   * dW[i] = Σ dy over all places where i stood in the last forward; gradients start from zero each time. There is no dx:
   * an index cannot be moved a little.
   *
   * @param dy (…, D) ∂L/∂y, in the shape of y
   * @throws RangeError if the shape does not fit; TypeError if the dtype is not the weights'; Error if forward has not run
   */
  backward(dy: Tensor): void {
    const indices = this.#indices
    if (!indices) throw new Error('forward has not run yet')
    const grad = this.params.grad('weight')
    const D = grad.shape[1]
    const expected = [...indices.shape, D]
    if (!sameShape(dy.shape, expected))
      throw new RangeError(`dy has shape ${formatShape(dy.shape)}, expected ${formatShape(expected)}`)
    const dtype = dtypeOf(this.params.values)
    if (dy.dtype !== dtype) throw new TypeError(`dy is ${dy.dtype}, expected ${dtype}`)
    this.params.zeroGradients()
    indices.data.forEach((index, k) => {
      if (index === this.#paddingIdx) return
      for (let j = 0; j < D; j++) grad.data[index * D + j] += dy.data[k * D + j]
    })
  }
}

function isIndex(index: number, N: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < N
}
