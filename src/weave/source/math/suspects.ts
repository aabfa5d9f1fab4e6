/** Where a mark is missing that is reported elsewhere: formulas that go over an empty line may have swallowed text. */
import type { Env } from '../markdown/env.ts'
import type { Problem } from './problems.ts'

/** Lines of such formulas. */
const gaps = new WeakMap<Env, number[]>()

export function noteGap(env: Env, line: number): void {
  const lines = gaps.get(env)
  if (lines) lines.push(line)
  else gaps.set(env, [line])
}

/** Of a formula that is not closed: with the line where its mark may be missing. */
export function withSuspect(env: Env, problem: Problem): Problem {
  const line = gaps.get(env)?.at(-1)
  if (line === undefined) return problem
  const help = `The formula at line ${line} goes over an empty line: perhaps it is there that the closing mark is missing.`
  return { ...problem, help }
}
