/** What the loops over time of all cells share: the order of steps, and sequences that end early. */
import type { Numbers } from '../../array/numbers.ts'
import type { Sequence } from '../interface.ts'

/** One step: where its state comes from and goes to, and which gradient does not go on. */
export interface Step {
  /** 0 … T-1 */
  readonly s: number
  /** The slot of the state that it reads, and of the one that it writes */
  readonly before: number
  readonly after: number
  /** Steps taken before this one */
  readonly taken: number
}

/** The steps in the order in which the state takes them. */
export function stepsOf({ T, reverse }: Sequence): Step[] {
  return Array.from({ length: T }, (_, taken) => {
    const s = reverse ? T - 1 - taken : taken
    return { s, before: reverse ? s + 1 : s, after: reverse ? s : s + 1, taken }
  })
}

/** Whether sequence b has no step s. */
export function hasEnded({ lengths }: Sequence, b: number, s: number): boolean {
  return lengths !== undefined && s >= lengths.numbers[b]
}

/** The state of a sequence without step s: forwards it is over, 0; in reverse it has not begun, and stays what it is. */
export function holdState({ B, H, reverse }: Sequence, states: Numbers, b: number, step: Step): void {
  for (let i = 0; i < H; i++)
    states[(step.after * B + b) * H + i] = reverse ? states[(step.before * B + b) * H + i] : 0
}

/** What comes back to a state that was only held goes on to the state before it. */
export function passOn({ B, H }: Sequence, dStates: Numbers, b: number, step: Step): void {
  for (let i = 0; i < H; i++) dStates[(step.before * B + b) * H + i] += dStates[(step.after * B + b) * H + i]
}

/** Whether truncation keeps gradients from going to the step before. */
export function isCut(step: Step, truncate: number): boolean {
  return step.taken > 0 && truncate > 0 && step.taken % truncate === 0
}
