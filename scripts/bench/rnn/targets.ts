/** What the core is meant to reach, and what it reached. Ratios are of best times of a training step. */
import type { Case, CaseTimes } from './cases.ts'
import { modelTime, type Rates } from './model.ts'

/** What is compared with a bound, and how it is called where it is missed. */
export const quantities = {
  model: 'one thread / model',
  speedUp: 'speed-up on two threads, sharing operations or as replicas,',
  torch1: 'one thread / PyTorch on one',
  torch2: 'two threads / PyTorch on two',
  torchFused2: 'two threads with FMA / PyTorch on two',
} as const
export type Quantity = keyof typeof quantities

export type Bound = readonly ['<' | '≤' | '≥', number]

/** Those that this case has. */
export function boundsOf({ H, B }: Case): Readonly<Partial<Record<Quantity, Bound>>> {
  return {
    model: ['≤', H >= 32 ? 1.15 : 1.5],
    ...(B >= 16 ? { speedUp: ['≥', 1.8] } : {}),
    ...(H <= 64 ? { torch1: ['<', 1], torch2: ['<', 1] } : {}),
    ...(H >= 128 ? { torchFused2: H >= 256 ? ['≤', 1.5] : ['<', 1] } : {}),
  }
}

/** Those that could be timed here. */
export function ratiosOf(times: CaseTimes, rates: Rates): Readonly<Partial<Record<Quantity, number>>> {
  const { plain1, plain2, fused2 } = times.ours
  const over = (a?: { best: number }, b?: { best: number }) => (a && b ? a.best / b.best : undefined)
  const theirs = times.torch
  return {
    model: over(plain1?.train, { best: modelTime(times.case, rates) }),
    speedUp: largest(over(plain1?.train, plain2?.train), over(plain1?.train, times.replicas)),
    torch1: over(plain1?.train, theirs?.[1].train),
    torch2: over(plain2?.train, theirs?.[2].train),
    torchFused2: over(fused2?.train, theirs?.[2].train),
  }
}

function largest(...ratios: readonly (number | undefined)[]): number | undefined {
  const found = ratios.filter(ratio => ratio !== undefined)
  return found.length > 0 ? Math.max(...found) : undefined
}

/** Of a training step whose gradients vanish, by one whose gradients do not. The same, but for the noise of timing. */
export const denormalBound: Bound = ['≤', 1.1]

export function isMet(value: number, [relation, bound]: Bound): boolean {
  switch (relation) {
    case '<':
      return value < bound
    case '≤':
      return value <= bound
    case '≥':
      return value >= bound
    default:
      return relation satisfies never
  }
}
