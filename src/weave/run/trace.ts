/** Errors in a running chapter: where in the chapter they happened. */
import { SourceMap } from 'node:module'
import { inspect } from 'node:util'
import type { Failure, Frame, Job } from './protocol.ts'

interface CallSite {
  readonly name: string | undefined
  readonly url: string
  readonly line: number
  readonly column: number
}

const sites = new WeakMap<Error, readonly CallSite[]>()
const limits = new WeakMap<Error, 'memory' | 'output' | 'exit'>()
let job: Job | undefined
let map: SourceMap | undefined

/** From now on errors know their places in the chapter that `current` runs. */
export function traceThrough(current: Job): void {
  job = current
  Error.stackTraceLimit = 30
  Error.prepareStackTrace = (error, callSites) => {
    const taken = callSites.map(site => ({
      name: site.getFunctionName() ?? undefined,
      url: site.getFileName() ?? site.getScriptNameOrSourceURL() ?? '',
      line: site.getLineNumber() ?? 0,
      column: site.getColumnNumber() ?? 0,
    }))
    sites.set(error, taken)
    const lines = taken.flatMap(mapped).map(f => `    at ${f.name ? `${f.name} ` : ''}(${placeOf(f)})`)
    return [titleOf(error), ...lines].join('\n')
  }
}

/** An error of ours that ends a cell because it asks for too much. */
export function limitError(kind: 'memory' | 'output' | 'exit', message: string): Error {
  const error = new RangeError(message)
  limits.set(error, kind)
  return error
}

/** Any thrown value as data, its places in the chapter first. */
export function traceOf(error: unknown, kind: 'thrown' | 'rejection'): Failure {
  if (!(error instanceof Error))
    return {
      kind,
      name: 'Error',
      message: `${kind === 'thrown' ? 'thrown' : 'rejected'}: ${typeof error === 'string' ? error : inspect(error)}`,
      frames: [],
    }
  attempt(() => error.stack) // the places are taken when the stack is first read
  const frames = (sites.get(error) ?? []).flatMap(mapped)
  const limit = limitBehind(error)
  const told = limit ?? error
  const [name, message] = [textIn(told, 'name') ?? 'Error', textIn(told, 'message') ?? '']
  return { kind: (limit && limits.get(limit)) ?? kind, name, message, frames }
}

/** A library may have caught what we threw, and thrown its own error for it. */
function limitBehind(error: unknown): Error | undefined {
  const seen = new Set<unknown>()
  for (let at = error; at instanceof Error && !seen.has(at); at = attempt(() => (at as Error).cause)) {
    if (limits.has(at)) return at
    seen.add(at)
  }
  return undefined
}

/** An error's name and message may be anything, and may throw themselves. */
function textIn(error: Error, key: 'name' | 'message'): string | undefined {
  const value = attempt<unknown>(() => error[key])
  return typeof value === 'string' ? value : value === undefined ? undefined : inspect(value)
}

function titleOf(error: Error): string {
  return `${textIn(error, 'name') ?? 'Error'}: ${textIn(error, 'message') ?? ''}`
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** A place in the bundle as a place in the chapter or in a file that it imports; all else is left out. */
function mapped({ name, url, line, column }: CallSite): Frame[] {
  if (!job || url !== job.url) return []
  map ??= new SourceMap(JSON.parse(job.map))
  const entry = map.findEntry(line - 1, beforeMoves(line, column - 1))
  if (!('originalSource' in entry)) return []
  const readable = name && !name.startsWith('__') ? name : undefined
  const at = { name: readable, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
  if (!entry.originalSource.includes(`cell:${job.file}`))
    return [{ ...at, file: entry.originalSource.replace(/^(\.\.?\/)+/, '') }]
  const cell = Object.entries(job.cells).find(([, c]) => at.line >= c.first && at.line <= c.last)
  if (!cell) return [{ ...at, file: job.file }]
  return [{ ...at, file: job.file, cell: Number(cell[0]), line: at.line - cell[1].first + 1 }]
}

/** Specifiers of packages became longer when they were located; a line's columns in the map are the old ones. */
function beforeMoves(line: number, column: number): number {
  let at = column
  for (const move of job?.moved ?? []) if (move.line === line && at > move.column + move.by) at -= move.by
  return at
}

function placeOf({ file, cell, line, column }: Frame): string {
  const first = cell === undefined ? 1 : (job?.cells[cell]?.first ?? 1)
  return `${file}:${line + first - 1}:${column}`
}
