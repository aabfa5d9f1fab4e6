/** What a chapter's cells claim about its formulas: `verify: eq-update`. */
import type { Verdict } from '../formula/verify.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { isRunning } from '../source/running.ts'

/** A formula that a cell binds to values. */
export interface CellClaim {
  readonly label: string
  readonly latex: string
  readonly tolerance?: number
}

export interface LabelledVerdict {
  readonly label: string
  readonly verdict: Verdict
}

/** The claims of each running cell, by its index; labels that no display formula has are left out. */
export function claimsOf({ cells, formulas }: Chapter): Readonly<Record<number, readonly CellClaim[]>> {
  const byLabel = new Map(formulas.flatMap(f => (f.label ? [[f.label, f] as const] : [])))
  return Object.fromEntries(
    verifyingCells(cells).map(({ index, options: { verify = [], tolerance } }) => [
      index,
      verify.flatMap(label => {
        const formula = byLabel.get(label)
        return formula ? [{ label, latex: formula.latex, tolerance }] : []
      }),
    ]),
  )
}

/** Cells that run and verify. */
export function verifyingCells(cells: readonly Cell[]): readonly Cell[] {
  return cells.filter(c => isRunning(c) && c.options.verify)
}
