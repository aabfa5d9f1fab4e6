/** `error:` cells: what they promised to throw, and what they threw. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import { isPromised } from '../program/program.ts'
import type { Cell } from '../source/chapter.ts'

/** The errors that cells threw, by cell. */
export type Threw = Readonly<Record<number, { readonly name: string; readonly message: string }>>

/** Cells that promised an error and threw none, or another. */
export function brokenPromises(
  file: string,
  index: LineIndex,
  cells: readonly Cell[],
  threw: Threw,
): Diagnostic[] {
  return cells.flatMap(cell => {
    const promise = cell.options.error
    if (!isPromised(promise)) return []
    const got = threw[cell.index]
    if (got && (promise === true || got.name === promise)) return []
    const expected = promise === true ? 'an error' : promise
    return [
      errorAt(file, index, cell.optionSpans.error ?? cell.open, {
        rule: 'error-missing',
        message: `expected this cell to throw ${expected}, got ${got ? `${got.name}: ${got.message}` : 'none'}`,
        help: 'Remove the `error:` option, or make the cell fail in the way it says.',
      }),
    ]
  })
}
