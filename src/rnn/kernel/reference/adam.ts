/** A step of Adam over flat numbers. The twin of `wasm/adam.ts`. */
import { dtypeOf, type Numbers } from '../../array/numbers.ts'
import { flush, tiniest } from '../activation.ts'
import type { AdamStep } from '../interface.ts'

/** m ← β1 m + (1 - β1) g, v ← β2 v + (1 - β2) g², θ ← shrink θ - rate m / (root √v + ε); g = grads + pull θ */
export function adam(
  values: Numbers,
  grads: Numbers,
  m: Numbers,
  v: Numbers,
  { beta1, beta2, rate, root, eps, shrink, pull }: AdamStep,
): void {
  const tiny = tiniest[dtypeOf(values)]
  for (let i = 0; i < values.length; i++) {
    const g = grads[i] + pull * values[i]
    m[i] = flush(beta1 * m[i] + (1 - beta1) * g, tiny)
    v[i] = flush(beta2 * v[i] + (1 - beta2) * g * g, tiny)
    values[i] = shrink * values[i] - (rate * m[i]) / (root * Math.sqrt(v[i]) + eps)
  }
}
