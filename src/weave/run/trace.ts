/** Errors in a running chapter: where in the chapter they happened. */
import { SourceMap } from 'node:module'
import { inspect, types } from 'node:util'
import type { Failure, Frame, Job } from './protocol.ts'

interface CallSite {
  readonly name: string | undefined
  readonly url: string
  readonly line: number
  readonly column: number
}

const sites = new WeakMap<Error, readonly CallSite[]>()
/** What a cell may not do or take. */
type Limit = 'memory' | 'output' | 'exit' | 'forged'
const limits = new WeakMap<Error, Limit>()
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
    return [`${nameOf(error)}: ${messageOf(error)}`, ...lines].join('\n')
  }
}

/** An error of ours that ends a cell because it does or asks for what it may not. */
export function limitError(kind: Limit, message: string): Error {
  const error = new RangeError(message)
  limits.set(error, kind)
  return error
}

/** Characters of a message that are kept. */
const longest = 10_000

/** Any thrown value as data, its places in the chapter first. Whatever it is, nothing here throws. */
export function traceOf(error: unknown, kind: 'thrown' | 'rejection'): Failure {
  if (!isError(error))
    return {
      kind,
      name: 'Error',
      message: `${kind === 'thrown' ? 'thrown' : 'rejected'}: ${shown(error)}`,
      frames: [],
    }
  attempt(() => error.stack) // the places are taken when the stack is first read
  const frames = (sites.get(error) ?? []).flatMap(mapped)
  const limit = limitBehind(error)
  const told = limit ?? error
  return { kind: (limit && limits.get(limit)) ?? kind, name: nameOf(told), message: messageOf(told), frames }
}

/** Not by `instanceof` alone: proxies, and classes that a cell has changed, run code of the cell. */
function isError(value: unknown): value is Error {
  if (types.isProxy(value)) return false
  return types.isNativeError(value) || attempt(() => value instanceof Error) === true
}

function nameOf(error: Error): string {
  const name = attempt<unknown>(() => error.name)
  return name === undefined ? 'Error' : shortened(shown(name), 100)
}

function messageOf(error: Error): string {
  const message = attempt<unknown>(() => error.message)
  return message === undefined ? 'an error without a message that can be read' : shown(message)
}

/** As text, without running any code of the value. */
function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? value
      : attempt(() => inspect(value, { depth: 1, customInspect: false, showProxy: true }))
  return shortened(text ?? typeof value, longest)
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}… (${text.length} characters)` : text
}

/** A library may have caught what we threw, and thrown its own error for it. */
function limitBehind(error: Error): Error | undefined {
  const seen = new Set<unknown>()
  for (let at: unknown = error; isError(at) && !seen.has(at); at = causeOf(at)) {
    if (limits.has(at)) return at
    seen.add(at)
  }
  return undefined
}

function causeOf(error: Error): unknown {
  return attempt(() => error.cause)
}

/** An error's properties may be anything, and may throw when they are read. */
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
