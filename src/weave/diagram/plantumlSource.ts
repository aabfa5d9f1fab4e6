/** What both PlantUML engines share: a look at the source before it is drawn, and at the picture for its error. */
import type { Problem } from './engine.ts'
import { elementsOf, parseMarkup, textOf, unescapeText } from './markup.ts'

export interface Source {
  /** The lines to draw, from `@start…` to `@end…`. */
  readonly lines: readonly string[]
  /** How many lines of `lines` stand before the author's first: 1 where `@startuml` was added. */
  readonly added: number
}

/**
 * The source as the engines need it. `@startuml` and `@enduml` may be left out together. What they would do silently or
 * differently (a second diagram, a file or an address to include) is said here.
 */
export function checkSource(code: string): Source | { readonly problem: Problem } {
  const lines = code.replace(/\n$/, '').split('\n')
  const starts = lines.flatMap((line, i) => (/^\s*@start\w+/.test(line) ? [i] : []))
  const ends = lines.flatMap((line, i) => (/^\s*@end\w+/.test(line) ? [i] : []))
  const problemAt = (line: number, message: string, help: string) => ({
    problem: { line: line + 1, message, help },
  })
  const include = lines.findIndex(line => /^\s*!include(?!\s*<)|^\s*!(?:import|includeurl)\b/i.test(line))
  if (include >= 0) {
    const what = /^\s*(!\w+)\s*(.*)$/.exec(lines[include])
    return problemAt(
      include,
      `cannot include ${what?.[2].trim() || 'this'}: a diagram is drawn from its own text alone`,
      'Copy what it needs into the diagram; only the library in angle brackets (!include <…>) and !theme are there.',
    )
  }
  if (starts.length === 0 && ends.length === 0) return { lines: ['@startuml', ...lines, '@enduml'], added: 1 }
  if (starts.length === 0) return problemAt(ends[0], 'missing @startuml', 'Start the diagram with @startuml.')
  if (ends.length === 0)
    return problemAt(starts[0], 'missing @enduml', 'End the diagram with @enduml (or leave out both lines).')
  if (starts.length > 1)
    return problemAt(starts[1], 'a second diagram in one block', 'Give every diagram a block of its own.')
  if (lines.slice(starts[0] + 1, ends[0]).every(line => /^\s*(?:'.*)?$/.test(line)))
    return problemAt(starts[0], 'empty diagram', 'Write the diagram between @startuml and @enduml.')
  return { lines, added: 0 }
}

/** PlantUML draws its errors: green text with the place, the source, and the reason in red. */
export function readError(svg: string, { lines, added }: Source): Problem | undefined {
  const texts = [...elementsOf(parseMarkup(svg))]
    .filter(element => element.name === 'text')
    .map(element => ({ fill: element.attributes.get('fill'), text: unescapeText(textOf(element)).trim() }))
  const place = texts.findIndex(({ text }) => /^\[From [^\]]*\(line (\d+)\)\s*\]$/.test(text))
  const isSource = (text: string) => lines.some(line => line.trim() === text)
  if (place >= 0) {
    const number = Number(/\(line (\d+)\)/.exec(texts[place].text)?.[1])
    const reasons = texts
      .slice(place + 1)
      .filter(t => /^(?:#FF0000|red)$/i.test(t.fill ?? '') && !isSource(t.text))
    const reason = reasons
      .map(t => t.text)
      .join(' ')
      .replace(/^Syntax Error\?/, 'syntax error')
    return {
      line: Math.max(1, number - added),
      ...explain(reason || 'syntax error', lines[number - 1] ?? ''),
    }
  }
  if (texts.some(({ text }) => /^Diagram not supported by this release|^No @startuml found/.test(text))) {
    const line = lines.findIndex((text, i) => i > 0 && text.trim() !== '')
    return { line: Math.max(1, line + 1 - added), ...explain('PlantUML knows no such diagram', '') }
  }
  if (texts.some(({ text }) => /^An error has occured|^Fatal parsing error|^Dot Executable/.test(text)))
    return { message: texts.map(t => t.text).find(text => text !== '') ?? 'PlantUML failed' }
  return undefined
}

const syntaxHelp = 'See https://plantuml.com for the syntax of this kind of diagram.'

function explain(reason: string, line: string): { message: string; help: string } {
  const library = /!include\s*<([^>]*)>/.exec(line)?.[1]
  if (library)
    return {
      message: `cannot include <${library}>: @plantuml/core ships without the standard library`,
      help: "Copy the definitions that the diagram needs, or choose the engine 'jvm'.",
    }
  return { message: reason, help: syntaxHelp }
}
