/** What both PlantUML engines share: a look at the source before it is drawn. */
import type { Problem } from './engine.ts'
import { limitsIn, type PlantumlEngine, unknownKind, withoutComments } from './plantumlLimits.ts'

export interface Source {
  /** The lines to draw, from `@start…` to `@end…`. */
  readonly lines: readonly string[]
  /** How many lines of `lines` stand before the author's first: 1 where `@startuml` was added. */
  readonly added: number
}

/**
 * The source as the engine needs it. `@startuml` and `@enduml` may be left out together. What the engine would do
 * silently, differently or not at all (a second diagram, a file to include, a formula) is said here.
 */
export function checkSource(
  code: string,
  engine: PlantumlEngine,
): Source | { readonly problems: readonly Problem[] } {
  const lines = code.replace(/\n$/, '').split('\n')
  const meaningful = withoutComments(lines)
  const starts = lines.flatMap((line, i) => (/^\s*@start\w+/.test(line) ? [i] : []))
  const ends = lines.flatMap((line, i) => (/^\s*@end\w+/.test(line) ? [i] : []))
  const problems: Problem[] = []
  const problemAt = (line: number, message: string, help: string) =>
    problems.push({ line: line + 1, message, help })
  if (starts.length === 0 && ends.length > 0)
    problemAt(ends[0], 'missing @startuml', 'Start the diagram with @startuml.')
  if (starts.length > 0 && ends.length === 0)
    problemAt(starts[0], 'missing @enduml', 'End the diagram with @enduml (or leave out both lines).')
  if (starts.length > 1)
    problemAt(starts[1], 'a second diagram in one block', 'Give every diagram a block of its own.')
  const [start, end] = starts.length === 0 ? [-1, lines.length] : [starts[0], ends.find(i => i > starts[0])]
  if (starts.length === 1 && end !== undefined) {
    const isOutside = (line: string, i: number) => (i < start || i > end) && line.trim() !== ''
    const outside = meaningful.findIndex((line, i) => isOutside(line, i) && !ends.includes(i))
    if (outside >= 0)
      problemAt(
        outside,
        `text ${outside < start ? 'before' : 'after'} ${lines[outside < start ? start : end].trim()} is not drawn`,
        'Write it between the two lines, or outside the block.',
      )
    if (meaningful.slice(start + 1, end).every(line => line.trim() === ''))
      problemAt(start, 'empty diagram', 'Write the diagram between @startuml and @enduml.')
  }
  problems.push(...limitsIn(lines, engine))
  if (problems.length > 0) return { problems }
  const source =
    starts.length === 0 ? { lines: ['@startuml', ...lines, '@enduml'], added: 1 } : { lines, added: 0 }
  const unknown = unknownKind(source.lines, engine)
  if (unknown) return { problems: [{ ...unknown, line: Math.max(1, (unknown.line ?? 1) - source.added) }] }
  return engine === 'core' ? { ...source, lines: asNetwork(source.lines) } : source
}

/** `nwdiag { … }` is drawn by this engine between lines of its own name. */
function asNetwork(lines: readonly string[]): readonly string[] {
  const first = lines.find(line => !/^\s*(?:@start\w*.*|'.*|title\b.*)?$/.test(line)) ?? ''
  if (!/^\s*nwdiag\s*\{/.test(first)) return lines
  return lines.map(line => line.replace(/^(\s*@(?:start|end))uml\b/, '$1nwdiag'))
}
