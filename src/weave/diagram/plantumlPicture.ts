/**
 * PlantUML draws its errors: what is wrong is read off the picture. Both engines write English, and some of it is a Java
 * exception, which tells an author nothing.
 */
import { parseDocument } from 'yaml'
import type { Problem } from './engine.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from './markup.ts'
import { type PlantumlEngine, useCore, useJvm } from './plantumlLimits.ts'
import type { Source } from './plantumlSource.ts'

export interface Picture {
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

interface Label {
  readonly fill?: string
  readonly text: string
}

/** What is wrong in a picture, at the lines of the author's code. */
export function readPicture(svg: string, source: Source, engine: PlantumlEngine): Picture {
  const labels = [...elementsOf(parseMarkup(svg))]
    .filter(element => element.name === 'text')
    .map(element => ({ fill: element.attributes.get('fill'), text: unescapeText(textOf(element)).trim() }))
  const error = readError(labels, source, engine)
  if (error) return { problems: [error], warnings: [] }
  const find = (pattern: RegExp) => placeOf(source, pattern)
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const { text } of labels) {
    const emoji = /^¿(.+)\?$/.exec(text)?.[1]
    if (emoji && !source.lines.some(line => line.includes(text)))
      problems.push({ ...find(literally(`:${emoji}:`)), message: `unknown emoji: ${emoji}`, help: emojiHelp })
    if (isInternal(text)) problems.push({ ...find(/<img/i), ...explain(text, '', engine) })
    if (/^\[img TBD|^\((?:Cannot decode|File not found)/.test(text))
      problems.push({ ...find(/<img/i), message: 'a picture could not be loaded', help: imageHelp })
    if (/^Please use '!option handwritten true'/.test(text))
      problems.push({ ...find(/handwritten/i), message: text, help: 'Write !option handwritten true.' })
  }
  if (
    labels.some(({ text }) => text === '␀') &&
    source.lines.some(line => /\bnull\b/.test(line) && !line.includes('␀'))
  )
    warnings.push({ ...find(/\bnull\b/), message: 'null is drawn as ␀', help: 'Write "null", in quotes.' })
  return { problems, warnings }
}

const emojiHelp = 'Names are those of https://plantuml.com/en/creole#emoji; or write the character itself.'
const imageHelp = 'Put the picture into the text (![…](…)); in a diagram only data: addresses are drawn.'

function literally(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
}

/** The first line of the author's code that matches. */
export function placeOf({ lines, added }: Source, pattern: RegExp): { line?: number; column?: number } {
  for (const [i, line] of lines.entries()) {
    const match = i < added ? null : pattern.exec(line)
    if (match) return { line: i + 1 - added, column: match.index + 1 }
  }
  return {}
}

/** The whole picture is an error: green text with the place, the source, and the reason in red. */
function readError(labels: readonly Label[], source: Source, engine: PlantumlEngine): Problem | undefined {
  const { lines, added } = source
  const place = labels.findIndex(({ text }) => /^\[From [^\]]*\(line (\d+)\)\s*\]$/.test(text))
  const isSource = (text: string) => lines.some(line => line.trim() === text)
  if (place >= 0) {
    const number = Number(/\(line (\d+)\)/.exec(labels[place].text)?.[1])
    const reasons = labels
      .slice(place + 1)
      .filter(t => /^(?:#FF0000|red)$/i.test(t.fill ?? '') && !isSource(t.text))
    const reason = reasons
      .map(t => t.text)
      .join(' ')
      .replace(/^Syntax Error\?/, 'syntax error')
      .replace(/^Fatal parsing error/, 'this leads to no end, or to nothing')
      .replace(/^Infinite loop\?/, 'this loop does not end')
    return {
      line: Math.max(1, number - added),
      ...explain(reason || 'syntax error', lines[number - 1] ?? '', engine),
    }
  }
  if (labels.some(({ text }) => /^Diagram not supported by this release|^No @startuml found/.test(text))) {
    const line = lines.findIndex((text, i) => i > 0 && text.trim() !== '')
    return { line: Math.max(1, line + 1 - added), ...explain('PlantUML knows no such diagram', '', engine) }
  }
  const data = labels
    .map(({ text }) => /^Your data does not sound like (\w+) data/.exec(text)?.[1])
    .find(Boolean)
  if (data) return dataProblem(data, source)
  const failure = labels.find(({ text }) => /^An error has occured|^Dot Executable/.test(text))
  return failure && explain(failure.text, '', engine)
}

const syntaxHelp = 'See https://plantuml.com for the syntax of this kind of diagram.'

/** Whether a message is about the inside of the engine. */
export function isInternal(reason: string): boolean {
  return /\bjavax?\.\w|\bnet\.sourceforge|\b[A-Z]\w+(?:Exception|Error)\b|send a mail|\bTEA\d|\(JavaScript\)/.test(
    reason,
  )
}

/** What an engine says, as far as it helps an author. */
export function explain(
  reason: string,
  line: string,
  engine: PlantumlEngine,
): { message: string; help: string } {
  const size = /Diagram too large for browser rendering: (\d+)x(\d+) \(max (\d+)/.exec(reason)
  if (size)
    return {
      message: `too large to draw: ${size[1]} × ${size[2]} px, at most ${size[3]} px each way`,
      help: 'Draw it in parts.',
    }
  const other = engine === 'core' ? useJvm : useCore
  if (isInternal(reason))
    return {
      message: `PlantUML itself fails at this${line.trim() === '' ? ' diagram' : ''}`,
      help: 'Write it another way, or draw it with Mermaid or DOT.',
    }
  return { message: reason, help: /No such internal sprite/.test(reason) ? other : syntaxHelp }
}

/** Where data is not what PlantUML can read: what the parsers of JSON and YAML say, and what it lacks of YAML. */
function dataProblem(format: string, source: Source): Problem {
  const { lines, added } = source
  const first = lines.findIndex((line, i) => i > 0 && /^\s*[[{"\-\w]/.test(line) && !/^\s*title\b/.test(line))
  const help = `Write plain ${format}: what ${format} allows beyond that, PlantUML does not read.`
  const message = `PlantUML cannot read this as ${format}`
  const text = lines.map((line, i) => (i < first || /^\s*@end/.test(line) ? '' : line)).join('\n')
  const found = format === 'JSON' ? jsonError(text) : yamlError(text)
  if (found) return { line: Math.max(1, found.line - added), message: `${message}: ${found.reason}`, help }
  const special = format === 'YAML' ? placeOf(source, /^---|[|>][-+]?\s*$/) : {}
  return { line: first + 1 - added, ...special, message, help }
}

function jsonError(text: string): { line: number; reason: string } | undefined {
  if (complaint(text) === undefined) return undefined
  // Not every version of V8 says where: a text that ends before the mistake is one that ends too early.
  let [good, bad] = [0, text.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (
      /end of JSON|Unterminated|end of data|Expected double-quoted|No number/i.test(
        complaint(text.slice(0, middle)) ?? '',
      )
    )
      good = middle
    else bad = middle
  }
  const isEnd = text.slice(bad - 1).trim() === ''
  return {
    line: text.slice(0, bad).trimEnd().split('\n').length,
    reason: isEnd ? 'it ends too early' : `unexpected ${text[bad - 1]}`,
  }
}

function complaint(json: string): string | undefined {
  try {
    JSON.parse(json)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
}

function yamlError(text: string): { line: number; reason: string } | undefined {
  const [error] = parseDocument(text).errors
  if (!error) return undefined
  if (error.code === 'MULTIPLE_DOCS')
    return { line: error.linePos?.[0].line ?? 1, reason: 'a second document' }
  return { line: error.linePos?.[0].line ?? 1, reason: error.message.split(' at line ')[0] }
}
