/** What the module exports. `argumentsAt`: where arguments are written; `heapStart`: where memory is free. */
import { block } from './arguments'

export { call, currentEpoch, dismiss, work } from './team'

export const argumentsAt: usize = block

export const heapStart: usize = __heap_base
