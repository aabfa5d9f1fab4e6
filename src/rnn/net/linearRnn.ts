/**
 * LinearRNN: a recurrent network without a nonlinearity and with a diagonal W_hh. The idea, and the form of λ that keeps
 * it stable, are from the linear recurrent unit (Orvieto et al. 2023, "Resurrecting recurrent neural networks for long
 * sequences"); of its further means, complex λ and a normalised input, there is nothing here.
 *
 *     h_t = λ ⊙ h_{t-1} + W_ih x_t + b_ih          λ = exp(-exp(ν)), between 0 and 1
 *
 * and back, with dh_t = ∂L/∂h_t from the loss at t and from step t+1, and u_t = W_ih x_t + b_ih:
 *
 *     du_t     = dh_t
 *     dλ      += dh_t ⊙ h_{t-1}                    dν = dλ ⊙ λ ln λ
 *     dh_{t-1} = λ ⊙ dh_t
 */
import { Tensor } from '../array/tensor.ts'
import { kernel } from '../kernel/kernel.ts'
import { uniformInit } from '../params/init.ts'
import type { Params } from '../params/params.ts'
import { type ScanCell, ScanNet, type ScanNetOptions } from './scanNet.ts'

/** -ln of the longest time constant that is drawn, τ = exp(-ν) = 99.5 steps. */
const smallestNu = -4.6

const cell: ScanCell = {
  rows: 1,
  shapes: H => ({ nu_l0: [H] }),
  draw: (params, random) => {
    const nu = params.value('nu_l0')
    const half = -smallestNu / 2
    nu.data.set(uniformInit(random, nu.shape, half).sub(half).data)
  },
  forward: (u, params) => {
    const lambda = decays(params).data
    const a = Tensor.generate(u.shape, k => lambda[k % lambda.length], u.dtype)
    return { a, b: u }
  },
  backward: (_, { da, db }, params) => {
    const [nu, dNu] = [params.value('nu_l0').data, params.grad('nu_l0').data]
    kernel.addRowSums(dNu, da.data, da.data.length / nu.length, nu.length)
    // λ ln λ in one exponential: for large ν, λ is 0 and exp(ν) may be infinite, but their product is 0.
    for (let k = 0; k < nu.length; k++) dNu[k] *= -Math.exp(nu[k] - Math.exp(nu[k]))
    return db
  },
}

function decays(params: Params): Tensor {
  return params.value('nu_l0').map(nu => Math.exp(-Math.exp(nu)))
}

/**
 * h_t = λ ⊙ h_{t-1} + W_ih x_t + b_ih, t = 1 … T, one λ for each unit: what a unit has taken in fades as λ^lag, and its
 * gradient likewise, whatever the input. As nothing in it is nonlinear, the sequence can be run as a loop or as a scan.
 *
 * Parameters: `weight_ih_l0` (H, I) and `bias_ih_l0` (H), drawn from U(-1/√H, 1/√H), and `nu_l0` (H) from U(-4.6, 0):
 * the time constants τ = -1 / ln λ are between 1 and 100 steps, evenly on a logarithmic scale. H(I + 2) numbers in
 * all, or H(I + 1) without a bias.
 *
 * `forward` remembers its sequence; `backward`, `states` and the gradients speak of the last one.
 *
 * @example
 * ```ts
 * const net = new LinearRNN({ inputSize: 1, hiddenSize: 1, bias: false })
 * const half = Math.log(Math.LN2) // ν of λ = 1/2
 * net.loadStateDict({ weight_ih_l0: Tensor.from([[3]]), nu_l0: Tensor.from([half]) })
 * net.lambda() // → [0.500]
 * net.forward(Tensor.from([[1], [0], [2]])).output // → [[3.00], [1.50], [6.75]]
 * ```
 */
export class LinearRNN extends ScanNet {
  /** @throws TypeError for an option that is unknown or missing, RangeError for a value that is out of range */
  constructor(options: ScanNetOptions) {
    super(options, cell)
  }

  /** λ (H), as ν now has it. */
  lambda(): Tensor {
    return decays(this.params)
  }
}
