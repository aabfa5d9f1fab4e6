/** Formulas are computed where the values are: functions cannot leave their thread. */
import type { Job } from './protocol.ts'
import type { Judge } from './session.ts'

/** Loads what it takes only for chapters that verify something. */
export async function judgeOf({ claims, macros }: Pick<Job, 'claims' | 'macros'>): Promise<Judge> {
  if (Object.keys(claims).length === 0) return () => undefined
  const { verify } = await import('../formula/verify.ts')
  return (index, shown) =>
    claims[index]?.map(({ label, latex, tolerance }) => ({
      label,
      verdict: verify({ latex, tolerance, macros }, shown),
    }))
}
