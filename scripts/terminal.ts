/** What a command shows while it works and when it ends. One line that moves on a terminal; plain lines elsewhere. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, formatDiagnostics, type Progress, type Statistics } from '../src/weave/index.ts'
import type { Flags } from './flags.ts'

const isTerminal = process.stderr.isTTY === true
const color = isTerminal && !process.env.NO_COLOR

/** Stages as lines on standard error. */
export function terminalProgress(): Progress {
  let stage = ''
  let total: number | undefined
  let done = 0
  let began = 0
  let last = ''
  const line = (text: string) => {
    if (isTerminal) process.stderr.write(`\r\u001b[K${text}`)
  }
  const count = () => (total ? ` ${done}/${total}` : '')
  return {
    start(name, steps) {
      stage = name
      total = steps
      done = 0
      began = performance.now()
      line(`${stage}${count()} …`)
    },
    step(what) {
      done++
      last = what ?? ''
      line(`${stage}${count()} ${last}`)
    },
    end(note) {
      const seconds = ((performance.now() - began) / 1000).toFixed(2)
      const text = `${stage.padEnd(10)}${`${note ?? count().trim()}`.padEnd(24)} ${seconds} s`
      line('')
      process.stderr.write(`${text}\n`)
    },
  }
}

/** Diagnostics as a compiler prints them, those of a kind together if there are many, then how many there are. */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  { root, all, verbose }: Pick<Flags, 'root' | 'all' | 'verbose'>,
): void {
  const textOf = (file: string) => texts.get(file) ?? readText(resolve(root, file))
  const shown = formatDiagnostics(diagnostics, { textOf, color, all, verbose })
  for (const { text } of shown) process.stderr.write(`\n${text}\n`)
  const isCut = shown.length < diagnostics.length
  if (diagnostics.length > 0)
    process.stderr.write(`\n${countsText(diagnostics)}${isCut ? '; --all shows each in full' : ''}\n`)
}

export function countsText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(d => d.severity === 'error').length
  return [plural(errors, 'error'), plural(diagnostics.length - errors, 'warning')].join(', ')
}

/** `3 chapters, 24 cells run, 0 reused, 5 diagrams drawn, 0 reused, 3.4 s` */
export function summaryText(statistics: Statistics, began: number): string {
  const { chapters, cellsRun, cellsReused, diagramsDrawn, diagramsReused } = statistics
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  return [
    plural(chapters, 'chapter'),
    `${plural(cellsRun, 'cell')} run, ${cellsReused} reused`,
    `${plural(diagramsDrawn, 'diagram')} drawn, ${diagramsReused} reused`,
    `${seconds} s`,
  ].join('; ')
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
