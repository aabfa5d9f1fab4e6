/** Captions and labels promise something to look at: cells that show nothing of the kind. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex } from '../base/position.ts'
import type { Cell, CellOptions } from '../source/chapter.ts'
import type { Output, Outputs } from './output.ts'

/** An error at the option that nothing stands behind; the caption of an absent figure would not be shown either. */
export function shownProblems(
  file: string,
  index: LineIndex,
  cells: readonly Cell[],
  outputs: Outputs,
): readonly Diagnostic[] {
  return cells.flatMap(cell => {
    const given = outputs.cells[cell.index]
    const key = given && cell.options.output !== false ? promiseOf(cell) : undefined
    if (!key || !given) return []
    const isTable = key === 'tbl-cap' || cell.options.label?.startsWith('tbl-')
    const shown = given.filter(o => o.output_type !== 'stream')
    if (shown.length > 0 && (!isTable || shown.some(hasTable))) return []
    const place = cell.optionSpans[key] ?? cell.open
    const got = shown.length > 0 ? 'something else' : given.length > 0 ? 'only what it prints' : 'nothing'
    return [
      errorAt(file, index, place, {
        rule: 'output-missing',
        message: `\`${key}\` promises a ${isTable ? 'table' : 'figure'}, but this cell shows ${got}`,
        help: isTable
          ? 'End the cell with a list of objects, or with HTML that has a `<table>`; or take the option out.'
          : 'End the cell with the value that is to be seen; or take the option out.',
      }),
    ]
  })
}

/** The option of a cell that makes it a figure or a table. */
function promiseOf({ options }: Cell): keyof CellOptions | undefined {
  if (/^(?:fig|tbl)-/.test(options.label ?? '')) return 'label'
  return (['fig-cap', 'tbl-cap'] as const).find(key => options[key] !== undefined)
}

function hasTable(output: Output): boolean {
  if (output.output_type !== 'display_data' && output.output_type !== 'execute_result') return false
  const { 'text/html': html, 'text/markdown': markdown } = output.data
  return /<table[\s>]/i.test(String(html ?? '')) || /^\s*\|.*\|\s*$/m.test(String(markdown ?? ''))
}
