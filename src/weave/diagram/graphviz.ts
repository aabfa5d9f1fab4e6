/**
 * DOT by Graphviz in WebAssembly (`@viz-js/viz`): no browser needed. This build of Graphviz measures text with
 * tables for Times, Arial and Courier, byte by byte; a byte outside ASCII counts as a space (0.278 em in Arial). A
 * Chinese character, three bytes, would come out at 0.83 em and burst its box. So labels are laid out in Arial,
 * with every wide character replaced by one of four bytes (1.11 em) and every other by one of two (0.56 em), and turned
 * back in the result. And as letters of the site's font (measured for Noto Sans SC) are 3 to 15 % wider than Arial's,
 * the letters are then drawn at 14/15 of the size that they were laid out in.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { RenderResult } from '@viz-js/viz'
import { textAfterGraph } from './dotSource.ts'
import { type Drawn, type Engine, type Problem, TooSlow, withinTime } from './engine.ts'

export async function graphvizEngine(limit?: number): Promise<Engine> {
  const entry = fileURLToPath(import.meta.resolve('@viz-js/viz'))
  const manifest = await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')
  let worker: Worker | undefined
  const close = async () => {
    const last = worker
    worker = undefined
    await last?.terminate()
  }
  return {
    signature: `@viz-js/viz ${(JSON.parse(manifest) as { version: string }).version} ${JSON.stringify(defaults)}`,
    parallel: 1,
    close,
    async draw(code): Promise<Drawn> {
      const after = textAfterGraph(code)
      if (after) return { problems: [after] }
      const { encoded, decode } = standIns(code)
      // What it prints (some layouts count their steps) is nobody's news.
      worker ??= new Worker(program, { stdout: true, stderr: true, execArgv: [] })
      let answer: Answer
      try {
        answer = await withinTime(ask(worker, encoded), () => void close(), limit)
      } catch (error) {
        await close()
        if (!(error instanceof TooSlow)) answer = { failure: String(error) }
        else return { problems: [{ message: error.message, help: 'Draw less, or draw it in parts.' }] }
      }
      if ('failure' in answer) {
        await close() // Memory of a failed run is not to be trusted.
        return {
          problems: [{ message: 'Graphviz itself fails at this diagram', help: 'Write it another way.' }],
        }
      }
      const { status, output, errors } = answer
      const told = errors.map(error => ({ ...error, message: decode(error.message) }))
      const failed = told.filter(error => error.level === 'error')
      if (status === 'failure' || failed.length > 0)
        return { problems: [readGraphvizError(failed.map(error => error.message).join(' '), code)] }
      const warnings = told
        .map(({ message }) => message.replace(/^Warning:\s*/, ''))
        .filter(message => !/hard-coded metrics|width of non-ASCII/.test(message))
        .map(message => ({ ...placeOfName(message, code), message, help: attributesHelp }))
      return { svg: withSmallerLetters(decode(output)), warnings }
    },
  }
}

type Answer = RenderResult | { readonly failure: string }

const program = new URL('./graphvizWorker.mjs', import.meta.url)

async function ask(worker: Worker, code: string): Promise<Answer> {
  const settled = new AbortController()
  const { signal } = settled
  worker.postMessage({ code, options: { format: 'svg', ...defaults } })
  try {
    const ended = once(worker, 'exit', { signal }).then(([code]) => ({ failure: `ended with ${code}` }))
    ended.catch(() => undefined) // It is not waited for once the answer is there.
    const [answer] = await Promise.race([once(worker, 'message', { signal }), ended.then(end => [end])])
    return answer as Answer
  } finally {
    settled.abort()
  }
}

const attributesHelp = 'See https://graphviz.org/doc/info/attrs.html for what an attribute takes.'

const shrink = 14 / 15
const fontname = 'Arial'

const defaults = {
  graphAttributes: { fontname, fontsize: 15, bgcolor: 'transparent', pad: 0.03 },
  nodeAttributes: { fontname, fontsize: 15 },
  edgeAttributes: { fontname, fontsize: 13 },
}

function withSmallerLetters(svg: string): string {
  return svg.replace(
    /font-size="([\d.]+)"/g,
    (_all, size) => `font-size="${(Number(size) * shrink).toFixed(2)}"`,
  )
}

/** East Asian wide and full-width characters, and the quotes and dots that Chinese fonts draw as wide. */
const wide =
  /[\u1100-\u115f\u2014\u2018-\u201d\u2026\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/

/** The code with characters of the right width in place of those that Graphviz cannot measure, and the way back. */
export function standIns(code: string): { encoded: string; decode: (text: string) => string } {
  const back = new Map<string, string>()
  const there = new Map<string, string>()
  let narrow = 0x500
  for (const character of new Set(code)) {
    const point = character.codePointAt(0) as number
    if (point < 0x80 || point > 0xffff) continue
    // Plane 15 is private and holds the whole of plane 0; of the two-byte characters, take such as the code has not.
    while (code.includes(String.fromCodePoint(narrow))) narrow++
    const twin = wide.test(character) ? 0xf0000 + point : narrow < 0x7ff ? narrow++ : point
    there.set(character, String.fromCodePoint(twin))
    back.set(String.fromCodePoint(twin), character)
  }
  return {
    encoded: [...code].map(character => there.get(character) ?? character).join(''),
    decode: text =>
      [...text.replace(/&#(\d+);/g, (all, n) => (Number(n) > 0x7f ? String.fromCodePoint(Number(n)) : all))]
        .map(character => back.get(character) ?? character)
        .join(''),
  }
}

/** `syntax error in line 3 near '->'`: the line, and the column where the token is found in it. */
function readGraphvizError(message: string, code: string): Problem {
  const [, number, token] = /in line (\d+)(?: near '([^']*)')?/.exec(message) ?? []
  const help = 'See https://graphviz.org/doc/info/lang.html for the syntax of DOT.'
  if (number === undefined || !/syntax error/.test(message))
    return {
      ...placeOfName(message, code),
      message: message.trim() || 'no graph: expected graph { … } or digraph { … }',
      help,
    }
  const lines = code.split('\n')
  const line = Math.min(Number(number), lines.length)
  const open = /^syntax error in line \d+ scanning a quoted string/.test(message)
    ? lastOpenQuote(code)
    : undefined
  if (open) return { ...open, message: 'missing closing quote', help: 'Close the string that starts here.' }
  const column = token ? lastIndexIn(lines[line - 1], token) : undefined
  return { line, column, message: `syntax error${token ? ` near '${token}'` : ''}`, help }
}

/** Where the name stands that a warning is about: in quotes, or its first word that the code has. */
function placeOfName(message: string, code: string): { line?: number; column?: number } {
  const quoted = [...message.matchAll(/["']([^"']+)["']/g)].map(match => match[1])
  const names = [...quoted, ...message.split(/[\s"'=,]+/).filter(word => /[\w.]{3}/.test(word))]
  const name = names.find(
    word => code.includes(word) && !/^(?:is|not|for|the|node|graph|edge|label|unknown|shape)$/.test(word),
  )
  if (name === undefined) return {}
  const before = code.slice(0, code.indexOf(name))
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') }
}

/** Of doubled tokens (`-> ->`) the last is the one too many. */
function lastIndexIn(line: string, token: string): number | undefined {
  const at = line.lastIndexOf(token)
  return at < 0 ? undefined : at + 1
}

/** Where the string starts that is never closed. */
function lastOpenQuote(code: string): { line: number; column: number } | undefined {
  let open: number | undefined
  for (let i = 0; i < code.length; i++) {
    if (code[i] === '\\') i++
    else if (code[i] === '"') open = open === undefined ? i : undefined
  }
  if (open === undefined) return undefined
  const before = code.slice(0, open)
  return { line: before.split('\n').length, column: open - before.lastIndexOf('\n') }
}
