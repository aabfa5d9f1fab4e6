/** Linear: the same affine map at every step, y_t = W x_t + b. With x = h it is the network's read-out. */
import { type DType, dtypeOf } from '../array/numbers.ts'
import { Random } from '../array/random.ts'
import { formatShape, sameShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import { kernel } from '../kernel/kernel.ts'
import { uniformInit } from '../params/init.ts'
import { Module } from '../params/module.ts'
import { Params } from '../params/params.ts'
import { expectSize } from './options.ts'

/** Names are PyTorch's `nn.Linear`. */
export interface LinearOptions {
  /** I, the numbers in one x_t */
  readonly inFeatures: number
  /** O, the numbers in one y_t */
  readonly outFeatures: number
  /** With `false` there is no b. */
  readonly bias?: boolean
  readonly dtype?: DType
  /** Of the initial weights; 0 unless given */
  readonly seed?: number
}

/**
 * y = x Wᵀ + b, for every vector along the last axis of x on its own.
 *
 * Parameters: `weight` (O, I), `bias` (O), drawn from U(-1/√I, 1/√I) with the given seed; O(I + 1) numbers, or O·I
 * without a bias.
 *
 * It has no memory, so with a nonlinearity between two of them it is the feed-forward network that a recurrent one is
 * compared with: `readOut.forward(hidden.forward(x).map(Math.tanh))`.
 * @example
 * ```ts
 * const readOut = new Linear({ inFeatures: 2, outFeatures: 1 })
 * readOut.loadStateDict({ weight: Tensor.from([[1, -1]]), bias: Tensor.from([0.5]) })
 * readOut.forward(Tensor.from([[3, 1], [0, 2]])) // → [[2.5], [-1.5]]
 * readOut.backward(Tensor.from([[1], [1]])) // → [[1, -1], [1, -1]]
 * readOut.gradients() // → { weight: [[3, 3]], bias: [2] }
 * ```
 */
export class Linear extends Module {
  readonly #sizes: { readonly I: number; readonly O: number }
  readonly #hasBias: boolean
  #x?: Tensor

  constructor({ inFeatures, outFeatures, bias = true, dtype = 'float64', seed = 0 }: LinearOptions) {
    const I = expectSize('inFeatures', inFeatures)
    const O = expectSize('outFeatures', outFeatures)
    super(new Params({ weight: [O, I], ...(bias ? { bias: [O] } : {}) }, dtype))
    this.#sizes = { I, O }
    this.#hasBias = bias
    this.params.values.set(uniformInit(new Random(seed), [this.params.count], 1 / Math.sqrt(I)).data)
  }

  /** @param x (…, I) @returns y (…, O) @throws RangeError if x's last axis is not I; TypeError for another dtype */
  forward(x: Tensor): Tensor {
    const { I, O } = this.#sizes
    if (x.shape.at(-1) !== I)
      throw new RangeError(`x has shape ${formatShape(x.shape)}, expected [..., I = ${I}]`)
    const dtype = dtypeOf(this.params.values)
    if (x.dtype !== dtype) throw new TypeError(`x is ${x.dtype}, expected ${dtype}`)
    const rows = x.data.length / I
    const y = Tensor.zeros([...x.shape.slice(0, -1), O], x.dtype)
    const weight = this.params.value('weight').data
    if (this.#hasBias) kernel.affine(y.data, this.params.value('bias').data, x.data, weight, rows, I, O)
    else kernel.addABt(y.data, x.data, weight, rows, I, O)
    this.#x = x.clone()
    return y
  }

  /**
   * dx = dy W, dW = Σ dyᵀ x, db = Σ dy, of the last forward; gradients start from zero each time.
   *
   * @param dy (…, O) ∂L/∂y, in the shape of y
   * @returns dx (…, I) in the shape of x
   * @throws RangeError if the shape does not fit; Error if forward has not run
   */
  backward(dy: Tensor): Tensor {
    const x = this.#x
    if (!x) throw new Error('forward has not run yet')
    const { I, O } = this.#sizes
    const rows = x.data.length / I
    const expected = [...x.shape.slice(0, -1), O]
    if (!sameShape(dy.shape, expected))
      throw new RangeError(`dy has shape ${formatShape(dy.shape)}, expected ${formatShape(expected)}`)
    this.params.zeroGradients()
    kernel.addAtB(this.params.grad('weight').data, dy.data, x.data, O, rows, I)
    if (this.#hasBias) kernel.addRowSums(this.params.grad('bias').data, dy.data, rows, O)
    const dx = Tensor.zeros(x.shape, x.dtype)
    kernel.addAB(dx.data, dy.data, this.params.value('weight').data, rows, O, I)
    return dx
  }
}
