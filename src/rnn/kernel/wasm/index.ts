/** What the module exports. `argumentsAt`, `coefficientsAt`: where they are written; `heapStart`: where memory is free. */
import { block, coefficients } from './arguments'

export { call, currentEpoch, dismiss, work } from './team'

export const argumentsAt: usize = block

export const coefficientsAt: usize = coefficients

export const heapStart: usize = __heap_base
