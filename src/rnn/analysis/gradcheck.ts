/**
 * Derivatives without any derivation, by central differences: (f(x + ε) - f(x - ε)) / 2ε. They are slow and lose half
 * the digits or more, but share no line with the gradients that they check.
 */
import { formatShape, sameShape } from '../array/shape.ts'
import { Tensor } from '../array/tensor.ts'
import type { Params } from '../params/params.ts'

/** 2^-17, near ∛(machine epsilon), where the errors of rounding and of the cut Taylor series are of one size. */
const defaultStep = 2 ** -17

/** How far a number is moved to either side. */
export interface DifferenceOptions {
  /** ε; about 7.6e-6 unless given */
  readonly step?: number
}

/**
 * ∂f/∂x for a scalar f, with an error of about 1e-10 where f and its third derivative are near 1.
 *
 * @param f must depend on nothing that changes between calls; it gets a changed copy of x
 * @returns a new tensor in the shape of x
 * @example
 * ```ts
 * numericGradient(x => x.dot(x), Tensor.from([1, -2])) // → [2.000000, -4.000000]
 * ```
 */
export function numericGradient(
  f: (x: Tensor) => number,
  x: Tensor,
  { step = defaultStep }: DifferenceOptions = {},
): Tensor {
  return x.map((_, k) => difference(value => f(changed(x, k, value)), x.data[k], step))
}

/**
 * The full Jacobian ∂f_i/∂x_j of a function from n numbers to m.
 *
 * @param x (n), or any shape of n numbers, taken in row-major order
 * @returns (m, n), a new tensor
 * @example
 * ```ts
 * const f = (x: Tensor) => Tensor.from([x.at(0) * x.at(1), x.at(0)])
 * numericJacobian(f, Tensor.from([3, 2])) // → [[2.000000, 3.000000], [1.000000, 0.000000]]
 * ```
 */
export function numericJacobian(
  f: (x: Tensor) => Tensor,
  x: Tensor,
  { step = defaultStep }: DifferenceOptions = {},
): Tensor {
  const columns = [...x.data].map((value, k) => {
    const [high, low] = [value + step, value - step]
    return f(changed(x, k, high))
      .sub(f(changed(x, k, low)))
      .mul(1 / (high - low)).data
  })
  const m = columns[0].length
  return Tensor.generate([m, x.data.length], k => columns[k % x.data.length][Math.floor(k / x.data.length)])
}

/**
 * ∂L/∂ each parameter, by name.
 *
 * @param params those of a network; every value is moved and put back
 * @param loss runs that network and returns L
 * @example
 * ```ts
 * const params = new Params({ w: [2] })
 * params.value('w').data.set([3, 4])
 * numericGradients(params, () => params.value('w').norm()) // → { w: [0.600000, 0.800000] }
 * ```
 */
export function numericGradients(
  params: Params,
  loss: () => number,
  { step = defaultStep }: DifferenceOptions = {},
): Record<string, Tensor> {
  const gradientOf = (value: Tensor) =>
    value.map((original, k) => {
      const moved = difference(
        v => {
          value.data[k] = v
          return loss()
        },
        original,
        step,
      )
      value.data[k] = original
      return moved
    })
  return Object.fromEntries(params.names.map(name => [name, gradientOf(params.value(name))]))
}

/**
 * How far a network's own gradients are from numeric ones, by parameter name: the relative error of `relativeError`.
 * Run forward and backward first.
 *
 * @param net anything with `params`, whose values are moved and put back, and `gradients()`
 * @param loss runs the network and returns the L that backward was given the gradient of
 * @example
 * ```ts
 * const net = new Linear({ inFeatures: 2, outFeatures: 1, seed: 1 })
 * const [x, target] = [Tensor.from([[1, 2], [3, 4]]), Tensor.from([[0], [1]])]
 * const loss = () => squaredError(net.forward(x), target)
 * net.backward(loss().dy)
 * const errors = gradientErrors(net, () => loss().loss)
 * errors.weight < 1e-8 && errors.bias < 1e-8 // → true
 * ```
 */
export function gradientErrors(
  net: { readonly params: Params; gradients(): Readonly<Record<string, Tensor>> },
  loss: () => number,
  options: DifferenceOptions = {},
): Record<string, number> {
  const analytic = net.gradients()
  const numeric = Object.entries(numericGradients(net.params, loss, options))
  return Object.fromEntries(numeric.map(([name, value]) => [name, relativeError(analytic[name], value)]))
}

/**
 * ‖a - b‖ / max(‖a‖, ‖b‖), Frobenius norms: 0 for equal tensors (two of zeros, too), about 1 or more for unrelated ones.
 *
 * @throws RangeError if the shapes differ
 * @example
 * ```ts
 * relativeError(Tensor.from([3, 4]), Tensor.from([3, 4.5])) // → 0.09245
 * ```
 */
export function relativeError(a: Tensor, b: Tensor): number {
  if (!sameShape(a.shape, b.shape))
    throw new RangeError(`cannot compare ${formatShape(a.shape)} and ${formatShape(b.shape)}`)
  const error = a.sub(b).norm()
  return error === 0 ? 0 : error / Math.max(a.norm(), b.norm())
}

/** Divides by the distance really gone: x + ε is rounded. */
function difference(f: (x: number) => number, x: number, step: number): number {
  const [high, low] = [x + step, x - step]
  return (f(high) - f(low)) / (high - low)
}

function changed(x: Tensor, k: number, value: number): Tensor {
  const copy = x.clone()
  copy.data[k] = value
  return copy
}
