/** What everything that has parameters can do with them, as PyTorch's modules do. */
import type { Tensor } from '../array/tensor.ts'
import type { Params, StateDict } from './params.ts'

export class Module {
  readonly params: Params

  protected constructor(params: Params) {
    this.params = params
  }

  /** Learnable numbers. */
  get parameterCount(): number {
    return this.params.count
  }

  /** Copies of the parameters by name. */
  stateDict(): Record<string, Tensor> {
    return this.params.stateDict()
  }

  /** @throws RangeError if a name is missing or unknown or a shape differs; then nothing has changed */
  loadStateDict(state: StateDict): void {
    this.params.loadStateDict(state)
  }

  /** Copies of ∂L/∂ each parameter, by name, as the last backward (of a loss: the last call) left them. */
  gradients(): Record<string, Tensor> {
    return this.params.gradients()
  }
}
