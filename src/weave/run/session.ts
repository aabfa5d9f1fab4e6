/** What marked code calls while it runs (see program/instrument.ts): it knows the current cell and its outputs. */
import type { LabelledVerdict } from './claims.ts'
import { cleaned } from './cleanText.ts'
import { displayData, html, json } from './display.ts'
import { createDisposal } from './disposal.ts'
import { inlineValue } from './inlineValue.ts'
import type { MimeBundle, Output } from './output.ts'
import type { Message } from './protocol.ts'
import { limitError, traceOf } from './trace.ts'

/** Characters that one cell may print. An endless loop that prints ends here, not in the browser. */
const streamLimit = 1_000_000
/** Characters of what one cell displays. */
const displayLimit = 20_000_000
/** Lists in lists of what it displays: no reader opens more, and no message carries much more. */
const deepest = 200

export interface Session {
  /** Adds printed text to the current cell. */
  readonly stream: (name: 'stdout' | 'stderr', text: string) => void
  /** Sends the current cell's outputs even though it has not ended. */
  readonly flush: () => void
}

/** One turn of the event loop; cells may replace the global. */
const { setImmediate: soon } = globalThis
const turn = () => new Promise<void>(resolve => soon(resolve))

/** Verifies the formulas of a cell with what it shows; undefined for cells that verify none. */
export type Judge = (index: number, shown: unknown) => readonly LabelledVerdict[] | undefined

/** Installs `__unroll`, `__i`, `display`, `html` and `json` as globals. Whatever is sent can stand in a page. */
export function createSession(post: (message: Message) => void, judge: Judge): Session {
  const send = (message: Message) => post(cleaned(message))
  let index = -1
  let outputs: Output[] = []
  let printed = 0
  let displayed = 0
  let threw: { name: string; message: string } | undefined
  const held = createDisposal()

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
  const limited = (data: MimeBundle | undefined) => {
    for (const content of Object.values(data ?? {})) {
      displayed += typeof content === 'string' ? content.length : 0
      if (isDeeper(content, deepest))
        throw limitError('output', `this cell displays data that is nested more than ${deepest} deep`)
    }
    if (displayed > displayLimit)
      throw limitError(
        'output',
        `this cell displays more than ${displayLimit.toLocaleString('en')} characters`,
      )
    return data
  }
  const marks = {
    cell(next: number): void {
      index = next
      outputs = []
      printed = 0
      displayed = 0
      threw = undefined
      send({ type: 'cell', index })
    },
    use: held.use,
    /** Waits one turn of the event loop, so that a rejection nobody handles is this cell's. */
    async end(_index: number): Promise<void> {
      await held.dispose()
      await turn()
      flush()
    },
    show(value: unknown): void {
      const verdicts = judge(index, value)
      if (verdicts) {
        send({ type: 'verdicts', index, verdicts })
        return
      }
      const data = limited(displayData(value))
      if (data) outputs.push({ output_type: 'execute_result', execution_count: null, data, metadata: {} })
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
    const data = limited(displayData(value))
    if (data) outputs.push({ output_type: 'display_data', data, metadata: {} })
  }
  Object.assign(globalThis, { display, html, json })
  // No cell can put others in their place.
  const inline = (value: unknown) => send({ type: 'inline', value: inlineValue(value) })
  for (const [name, value] of Object.entries({ __unroll: Object.freeze(marks), __i: inline }))
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: true })
  return { stream, flush }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(v => isDeeper(v, levels - 1))
}
