/** How a run failed → a diagnostic at the chapter's line. */
import { type Diagnostic, errorAt } from '../base/diagnostic.ts'
import type { LineIndex, Span } from '../base/position.ts'
import type { Cell } from '../source/chapter.ts'
import type { Ending } from './pool.ts'
import type { Failure, Frame } from './protocol.ts'

/** Where a chapter was when it failed. */
export interface RunPlace {
  readonly file: string
  readonly index: LineIndex
  /** The cell that was running; undefined before the first. */
  readonly cell: Cell | undefined
  readonly cells: readonly Cell[]
}

const memoryHelp = 'Keep less at a time, or raise the limit with `memory: <megabytes>` in the front matter.'

/** Something was thrown, rejected, or refused. */
export function failureDiagnostic(failure: Failure, place: RunPlace): Diagnostic {
  const { frames } = failure
  const first = frames.find(f => f.file === place.file)
  const span = first ? spanOf(first, place) : openOf(place)
  const traced = frames.length > 1 || (frames.length === 1 && !first)
  return errorAt(place.file, place.index, span, {
    ...problemOf(failure),
    detail: traced ? traceText(frames, place) : undefined,
  })
}

function problemOf({ kind, name, message }: Failure): { rule: string; message: string; help: string } {
  switch (kind) {
    case 'thrown':
      return {
        rule: name,
        message,
        help: `The cells after it did not run. If the error is meant, say so: \`//| error: ${name}\`.`,
      }
    case 'rejection':
      return {
        rule: name,
        message: `unhandled rejection: ${message}`,
        help: 'Write `await` before the promise, or handle its rejection.',
      }
    case 'exit':
      return {
        rule: 'exit',
        message: `${message} in a cell`,
        help: 'A cell cannot end the build; throw an error, or let the cell come to its end.',
      }
    case 'memory':
      return { rule: 'memory-limit', message, help: memoryHelp }
    case 'output':
      return { rule: 'output-limit', message, help: 'Print less, or show a summary.' }
    case 'forged':
      return {
        rule: 'forged',
        message,
        help: 'Show values by the cell’s last line, by `display(…)` or `console.log(…)`; leave `parentPort` alone.',
      }
    default:
      return kind satisfies never
  }
}

/** The chapter did not come to an end by itself. */
export function endingDiagnostic(
  ending: Exclude<Ending, { type: 'ended' }>,
  place: RunPlace,
  megabytes: number,
): Diagnostic {
  const at = (problem: { rule: string; message: string; help: string }) =>
    errorAt(place.file, place.index, openOf(place), problem)
  switch (ending.type) {
    case 'timeout':
      return at({
        rule: 'timeout',
        message:
          ending.of === 'cell'
            ? `this cell was still running after ${ending.seconds} s, its limit`
            : `this cell was still running when the chapter's ${ending.seconds} s were over`,
        help:
          ending.of === 'cell'
            ? 'Look for an endless loop, or raise the cell’s `timeout:`.'
            : 'Look for an endless loop, or raise `timeout: <seconds>` in the front matter.',
      })
    case 'memory':
      return at({
        rule: 'memory-limit',
        message: `this cell took more memory than the chapter may have, ${megabytes} MB`,
        help: memoryHelp,
      })
    case 'unsettled':
      return at({
        rule: 'await-unsettled',
        message: 'this cell waits for a promise that nothing will settle any more',
        help: 'Look at its `await`: nobody calls `resolve`, or what would is not running.',
      })
    case 'crash':
      return at({
        rule: 'crash',
        message: `the process that ran this cell ended: ${ending.message}`,
        help: 'Run the cell’s code on its own (npm run tangle) to find out more.',
      })
    default:
      return ending satisfies never
  }
}

/** The place of a frame in the chapter: to the end of its word. */
function spanOf({ cell, line, column }: Frame, { index, cells }: RunPlace): Span {
  const owner = cells.find(c => c.index === cell)
  const line1 = owner?.lines[owner.optionLines]
  const first = line1 ? index.position(line1.start).line : 1
  const start = index.offset({ line: line + first - 1, column })
  const word = /^[\p{ID_Continue}$]+/u.exec(index.text.slice(start))?.[0].length ?? 1
  return { start, end: start + word }
}

function openOf({ cell, cells, index }: RunPlace): Span {
  return (cell ?? cells[0])?.open ?? index.lineSpan(1)
}

function traceText(frames: readonly Frame[], place: RunPlace): string {
  return frames
    .map(frame => {
      const { line, column } =
        frame.file === place.file ? place.index.position(spanOf(frame, place).start) : frame
      return `at ${frame.name ? `${frame.name} ` : ''}(${frame.file}:${line}:${column})`
    })
    .join('\n')
}
