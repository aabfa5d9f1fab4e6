/**
 * Operations take their arguments from memory, so that all threads read the same ones. What is written while they run
 * lies below the module's data (`--memoryBase 1024`): an instance that starts must not overwrite it with zeros.
 */

/** Where 32 numbers begin. */
export const block: usize = 128

/** Where numbers of the operation's own type begin, for operations that have coefficients; `team.ts` has what is between. */
export const coefficients: usize = 832

// @ts-ignore: decorator
@inline
export function arg(i: i32): i32 {
  return load<i32>(block + (<usize>i << 2))
}

// @ts-ignore: decorator
@inline
export function address(i: i32): usize {
  return <usize>arg(i)
}

/** Every lane the i-th coefficient. */
// @ts-ignore: decorator
@inline
export function coefficient<N>(i: usize): v128 {
  return v128.splat<N>(load<N>(coefficients + i * sizeof<N>()))
}
