/** Which cells run when a chapter runs. */
import type { Cell, Chapter } from './chapter.ts'

/** A `check` cell, and one with `eval: false`, is only shown. */
export function isRunning({ kind, options }: Pick<Cell, 'kind' | 'options'>): boolean {
  return kind === 'exec' && options.eval !== false
}

/** In reading order. */
export function runningCells({ cells }: Pick<Chapter, 'cells'>): readonly Cell[] {
  return cells.filter(isRunning)
}
