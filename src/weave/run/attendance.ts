/**
 * Whatever should run did run. A cell without a beginning and an end, or an inline expression without a value, in a
 * run in which nothing went wrong, is a fault of ours; to pass over it would publish a chapter of which nothing is known.
 */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { Cell, Chapter, InlineExpression } from '../source/chapter.ts'
import { runningCells } from '../source/running.ts'
import type { Outputs } from './output.ts'

/** What of a chapter a run was to run. */
export interface Expected {
  readonly cells: readonly Cell[]
  readonly inlines: readonly InlineExpression[]
}

/** All that runs when a chapter runs. */
export function expectedOf(chapter: Chapter): Expected {
  return { cells: runningCells(chapter), inlines: chapter.inlines }
}

/** Whether everything has outputs, or a value; a cell that shows nothing has an empty list of outputs. */
export function allRan(expected: Expected, outputs: Outputs): boolean {
  const { cells, inlines } = absent(expected, outputs)
  return cells.length + inlines.length === 0
}

function absent({ cells, inlines }: Expected, outputs: Outputs): Expected {
  return {
    cells: cells.filter(c => outputs.cells[c.index] === undefined),
    inlines: inlines.filter(i => outputs.inlines[i.index] === undefined),
  }
}

/** An error for each. */
export function absentDiagnostics(
  file: string,
  index: LineIndex,
  expected: Expected,
  outputs: Outputs,
): readonly Diagnostic[] {
  const { cells, inlines } = absent(expected, outputs)
  const said = (what: string) => ({
    rule: 'not-run',
    message: `this ${what} did not run, and nothing says why: a fault of unroll`,
    help: 'Please report it together with this chapter.',
  })
  return [
    ...cells.map(cell => errorAt(file, index, cell.open, said('cell'))),
    ...inlines.map(inline => errorAt(file, index, inline.outer, said('inline expression'))),
  ]
}
