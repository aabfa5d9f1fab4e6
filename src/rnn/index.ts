/** `unroll/rnn`: recurrent networks to learn from. Arrays in, arrays out; runs in Node and in the browser. */

export { type FlowPoint, gradientFlow } from './analysis/flow.ts'
export {
  type DifferenceOptions,
  numericGradient,
  numericGradients,
  numericJacobian,
  relativeError,
} from './analysis/gradcheck.ts'
export { stateJacobian, stepJacobian } from './analysis/jacobian.ts'
export { addOuter, addTo, largestSingularValue } from './array/linalg.ts'
export type { Nested } from './array/nested.ts'
export type { DType, Numbers } from './array/numbers.ts'
export { Random } from './array/random.ts'
export type { Shape } from './array/shape.ts'
export { Tensor } from './array/tensor.ts'
export { type CellParams, type StepGradients, type StepTape, zerosLike } from './cell/cell.ts'
export { elmanBackward, elmanForward, type Nonlinearity, nonlinearities } from './cell/elman.ts'
export { type Loss, squaredError } from './loss/squaredError.ts'
export { Linear, type LinearOptions } from './net/linear.ts'
export { RNN } from './net/model.ts'
export type { BackwardOptions, ForwardOptions, RNNConfig, RNNOptions } from './net/options.ts'
export { slidingWindow } from './net/window.ts'
export { gaussianInit, identityInit, orthogonalInit, uniformInit } from './params/init.ts'
export { Params, type StateDict } from './params/params.ts'
