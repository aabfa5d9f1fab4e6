/** Where weights start. Each returns a new tensor; put it into a network with `loadStateDict`. */
import type { Random } from '../array/random.ts'
import type { Shape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'

/** Each number from U(-bound, bound). PyTorch's default is bound = 1/√H for an RNN, 1/√I for a linear layer. */
export function uniformInit(random: Random, shape: Shape, bound: number): Tensor {
  return Tensor.generate(shape, () => random.uniform(-bound, bound))
}

/** Each number from N(0, std²). */
export function gaussianInit(random: Random, shape: Shape, std: number): Tensor {
  return Tensor.generate(shape, () => random.normal(0, std))
}

/** gain · Q (rows, columns) with Q orthogonal: all singular values are `gain`. (Saxe, McClelland and Ganguli 2014) */
export function orthogonalInit(random: Random, rows: number, columns = rows, gain = 1): Tensor {
  return random.orthogonal(rows, columns).mul(gain)
}

/** gain · I (n, n): with relu and zero biases the state is copied from step to step. (IRNN; Le, Jaitly and Hinton 2015) */
export function identityInit(n: number, gain = 1): Tensor {
  return Tensor.identity(n).mul(gain)
}
