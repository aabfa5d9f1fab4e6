/**
 * What PlantUML's two engines cannot draw, or draw as something else, and what to write in its place. Each entry was
 * tried with the engine (test/weave/diagram/plantumlLimits.test.ts tries it again): the engines themselves answer with a
 * Java exception, a wrong picture, or silence.
 */

import { nearest } from '../base/nearest.ts'
import { own } from '../base/own.ts'
import type { Problem } from './engine.ts'

export type PlantumlEngine = 'core' | 'jvm'

/** How an author changes the engine. */
export const useJvm = "Choose the engine that draws it: plantuml: 'jvm' in book.config.ts (needs Java)."
export const useCore = "Choose the engine that draws it: plantuml: 'core' in book.config.ts."
const byMermaid = (kind: string) => `Draw it with Mermaid (\`\`\`mermaid, ${kind}).`

/** Kinds of diagrams that `@plantuml/core` draws: what stands behind `@start`. */
const drawn = [
  ...['uml', 'json', 'yaml', 'ebnf', 'regex', 'wbs', 'mindmap', 'gantt', 'project', 'nwdiag', 'chart'],
  'creole',
]

/** Kinds that it does not, by what stands behind `@start`, and the way out. */
export const notDrawn: Readonly<Record<string, string>> = {
  salt: useJvm,
  flow: useJvm,
  bpm: useJvm,
  ditaa: 'Draw it with Mermaid (```mermaid, block) or DOT (```dot), or bring it as a picture.',
  dot: 'Put the graph into a block of its own: ```dot.',
  math: 'Write it as a formula of the text: $$…$$.',
  latex: 'Write it as a formula of the text: $$…$$.',
  chronology: byMermaid('timeline'),
  chen: byMermaid('erDiagram'),
  git: byMermaid('gitGraph'),
  gitlog: byMermaid('gitGraph'),
  board: byMermaid('kanban'),
  packet: byMermaid('packet'),
  files: byMermaid('treeView-beta'),
  tree: byMermaid('treeView-beta'),
  hcl: 'Write the same data as JSON (@startjson).',
  wire: 'Draw it with DOT (```dot).',
  def: 'Write @startuml: a name for later use means nothing here.',
}

/** Kinds that an older PlantUML wants between `@startuml` and `@enduml`, by their first line. */
const inUml: readonly (readonly [RegExp, string, string])[] = [
  [/^salt\b/, 'salt', useJvm],
  [/^ditaa\b/, 'ditaa', notDrawn.ditaa],
  [/^(?:strict\s+)?(?:di)?graph\b[^;]*\{/, 'dot', notDrawn.dot],
  [/^packetdiag\s*\{/, 'packetdiag', notDrawn.packet],
  [/^(?:rackdiag|blockdiag|seqdiag|actdiag)\s*\{/, 'blockdiag', byMermaid('block')],
]

/** A kind that the engine does not draw, at the line that names it. `lines` go from `@start…` to `@end…`. */
export function unknownKind(lines: readonly string[], engine: PlantumlEngine): Problem | undefined {
  const start = lines.findIndex(line => /^\s*@start/.test(line))
  const kind = /^\s*@start(\w*)/.exec(lines[start] ?? '')?.[1].toLowerCase() ?? ''
  if (engine === 'jvm')
    return /^(?:json|yaml|ebnf|regex|chart|nwdiag|chronology|chen|git|files|hcl|packet|board|wire)$/.test(
      kind,
    )
      ? {
          line: start + 1,
          message: `PlantUML of 2019, which the engine 'jvm' runs, draws no @start${kind}`,
          help: drawn.includes(kind) ? useCore : own(notDrawn, kind),
        }
      : undefined
  if (kind !== 'uml' && !drawn.includes(kind))
    return {
      line: start + 1,
      message: own(notDrawn, kind)
        ? `@plantuml/core draws no @start${kind}`
        : `unknown kind of diagram: @start${kind}${didYouMean(kind)}`,
      help: own(notDrawn, kind) ?? `Known are ${drawn.map(name => `@start${name}`).join(', ')}.`,
    }
  const first = lines.findIndex((line, i) => i > start && !/^\s*(?:'.*|title\b.*)?$/.test(line))
  const text = (lines[first] ?? '').trim()
  for (const [pattern, name, help] of kind === 'uml' ? inUml : [])
    if (pattern.test(text)) return { line: first + 1, message: `@plantuml/core draws no ${name}`, help }
  return undefined
}

function didYouMean(kind: string): string {
  const best = nearest(kind, [...drawn, ...Object.keys(notDrawn)])
  return best === undefined ? '' : `; did you mean @start${best}?`
}

interface Limit {
  /** What is found in a line; its first group, if any, is what the message names. */
  readonly pattern: RegExp
  readonly engines: readonly PlantumlEngine[]
  readonly message: (found: string) => string
  readonly help: string
}

const both = ['core', 'jvm'] as const
const ownText = 'a diagram is drawn from its own text alone'

const limits: readonly Limit[] = [
  {
    pattern: /^\s*!(?:include(?!\s*<)\w*|import)\s*(.*)/i,
    engines: both,
    message: what => `cannot include ${what.trim() || 'this'}: ${ownText}`,
    help: 'Copy what it needs into the diagram; only the library in angle brackets (!include <…>) and !theme are there.',
  },
  {
    pattern: /^\s*!include\s*(<[^>]*>)/i,
    engines: ['core'],
    message: what => `cannot include ${what}: @plantuml/core ships without the standard library`,
    help: "Copy the definitions that the diagram needs, or choose the engine 'jvm' (plantuml: 'jvm' in book.config.ts).",
  },
  {
    pattern: /(<(?:latex|math)>)/i,
    engines: both,
    message: what => `a formula in a label is not drawn: ${what}`,
    help: 'Write it with letters and signs of Unicode (x², √, Σ), or as a formula of the text: $…$.',
  },
  {
    pattern: /(<img[:\s](?!\s*data:)[^>{]*)/i,
    engines: both,
    message: what => `cannot load ${what}>: ${ownText}`,
    help: 'Put the picture into the text (![…](…)); in a diagram only data: addresses are drawn.',
  },
  {
    pattern: /(<qrcode:[^>]*>)/i,
    engines: ['core'],
    message: what => `@plantuml/core draws no ${what}`,
    help: useJvm,
  },
  {
    pattern: /^\s*(?:skinparam\s+)?(handwritten)\s+true\b/i,
    engines: ['core'],
    message: () => 'skinparam handwritten is no longer known',
    help: 'Write !option handwritten true.',
  },
  {
    pattern: /^\s*(?:skinparam\s+)?(!option)\s+handwritten\b/i,
    engines: ['jvm'],
    message: () => 'PlantUML of 2019 knows no !option',
    help: 'Write skinparam handwritten true.',
  },
  {
    pattern: /(%(?:page|lastpage)%)/i,
    engines: ['core'],
    message: what => `${what} is printed as it stands`,
    help: 'Leave it out: a diagram has one page.',
  },
  {
    pattern:
      /(%(?:version|filename|dirpath|getenv|date|now|random|file_exists|filedate|load_json|get_all_theme|get_all_stdlib)\s*\()/i,
    engines: both,
    message: what => `${what}…) depends on the moment or the machine: a diagram is drawn once`,
    help: 'Write the value itself.',
  },
]

/** Everything in the lines that the engine would lose, or draw as something else. */
export function limitsIn(lines: readonly string[], engine: PlantumlEngine): Problem[] {
  const problems: Problem[] = []
  const at = (line: number, column: number, message: string, help: string) =>
    problems.push({ line: line + 1, column: column + 1, message, help })
  const meaningful = withoutComments(lines)
  const ignoresPages = meaningful.some(line => /^\s*ignore\s+newpage\b/i.test(line))
  const sprites = spritesOf(meaningful)
  const known = limits.filter(({ engines }) => engines.includes(engine))
  meaningful.forEach((line, i) => {
    for (const { pattern, message, help } of known)
      for (const match of line.matchAll(new RegExp(pattern, `${pattern.flags}g`))) {
        const what = match[1] ?? match[0]
        at(i, match.index + match[0].indexOf(what), message(what), help)
      }
    if (!ignoresPages && /^\s*newpage(?:\s*:|\s|$)/i.test(line) && !/[-.]+[>\\/]/.test(line))
      at(i, line.search(/\S/), 'the pages after newpage are not drawn', 'Give every page a block of its own.')
    if (engine === 'core' && /^\s*\{\{\w*\s*$/.test(line))
      at(
        i,
        line.search(/\S/),
        'a diagram inside a label is not drawn: {{ … }}',
        'Give it a block of its own.',
      )
    for (const { 1: name, index } of line.matchAll(/<\$([\w./-]+)/g)) {
      if (sprites === undefined || sprites.includes(name) || /^archimate\//.test(name)) continue
      const best = nearest(name, sprites)
      at(
        i,
        index,
        `unknown sprite: $${name}${best === undefined ? '' : `; did you mean $${best}?`}`,
        'Define it in the diagram (sprite $name …): the engine leaves an unknown one out.',
      )
    }
  })
  return problems
}

/** The names of sprites, undefined where more may come from elsewhere. */
function spritesOf(lines: readonly string[]): string[] | undefined {
  if (lines.some(line => /^\s*!(?:include|theme|procedure|function)\b/i.test(line))) return undefined
  return lines.flatMap(line => /^\s*sprite\s+\$?([\w./-]+)/i.exec(line)?.slice(1) ?? [])
}

/** Comments blanked; every other character keeps its place. */
export function withoutComments(lines: readonly string[]): string[] {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ')
  return lines
    .join('\n')
    .replace(/\/'[\s\S]*?'\//g, blank)
    .replace(/^[^\S\n]*'.*$/gm, blank)
    .split('\n')
}
