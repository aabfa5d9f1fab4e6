/** What marked code calls while it runs (see program/instrument.ts): it knows the current cell and its outputs. */
import type { LabelledVerdict } from './claims.ts'
import { displayData, html, inlineText, json } from './display.ts'
import type { DisplayOutput, Output, ResultOutput } from './output.ts'
import type { Message } from './protocol.ts'
import { limitError, traceOf } from './trace.ts'

/** Characters that one cell may show besides: a book of them is no page. */
const shownLimit = 20_000_000
/** Characters that one cell may print. An endless loop that prints ends here, not in the browser. */
const streamLimit = 1_000_000

export interface Session {
  /** Adds printed text to the current cell. */
  readonly stream: (name: 'stdout' | 'stderr', text: string) => void
  /** Sends the current cell's outputs even though it has not ended. */
  readonly flush: () => void
}

/** Verifies the formulas of a cell with what it shows; undefined for cells that verify none. */
export type Judge = (index: number, shown: unknown) => readonly LabelledVerdict[] | undefined

/** Installs `__unroll`, `__i`, `display`, `html` and `json` as globals. */
export function createSession(send: (message: Message) => void, judge: Judge): Session {
  let index = -1
  let outputs: Output[] = []
  let printed = 0
  let shown = 0
  let threw: { name: string; message: string } | undefined

  const flush = () => {
    if (index >= 0) send({ type: 'outputs', index, outputs, threw })
  }
  const stream: Session['stream'] = (name, text) => {
    printed += text.length
    if (printed > streamLimit)
      throw limitError('output', `this cell printed more than ${streamLimit.toLocaleString('en')} characters`)
    const last = outputs.at(-1)
    if (last?.output_type === 'stream' && last.name === name)
      outputs[outputs.length - 1] = { ...last, text: last.text + text }
    else outputs.push({ output_type: 'stream', name, text })
  }
  const push = (output: DisplayOutput | ResultOutput) => {
    for (const content of Object.values(output.data))
      shown += typeof content === 'string' ? content.length : 0
    if (shown > shownLimit)
      throw limitError('output', `this cell shows more than ${shownLimit.toLocaleString('en')} characters`)
    outputs.push(output)
  }
  const marks = {
    cell(next: number): void {
      index = next
      outputs = []
      printed = 0
      shown = 0
      threw = undefined
      send({ type: 'cell', index })
    },
    /** Waits one turn of the event loop, so that a rejection nobody handles is this cell's. */
    async end(_index: number): Promise<void> {
      await new Promise(resolve => setImmediate(resolve))
      flush()
    },
    show(value: unknown): void {
      const verdicts = judge(index, value)
      if (verdicts) {
        send({ type: 'verdicts', index, verdicts })
        return
      }
      const data = displayData(value)
      if (data) push({ output_type: 'execute_result', execution_count: null, data, metadata: {} })
    },
    caught(error: unknown): void {
      const { name, message, frames } = traceOf(error, 'thrown')
      threw = { name, message }
      const places = frames.map(
        f =>
          `    at ${f.name ? `${f.name} ` : ''}(${f.cell === undefined ? f.file : 'cell'}:${f.line}:${f.column})`,
      )
      const traceback = [`${name}: ${message}`, ...places]
      outputs.push({ output_type: 'error', ename: name, evalue: message, traceback })
    },
  }
  const display = (value: unknown): void => {
    const data = displayData(value)
    if (data) push({ output_type: 'display_data', data, metadata: {} })
  }
  Object.assign(globalThis, {
    __unroll: marks,
    __i: (value: unknown) => send({ type: 'inline', text: inlineText(value) }),
    display,
    html,
    json,
  })
  return { stream, flush }
}
