/** Many diagnostics so that they can be read: of a kind that comes often the first few in full, then how many there are. */
import { type Diagnostic, type FormatOptions, formatDiagnostic } from './diagnostic.ts'
import { grouped } from './grouped.ts'

/** Diagnostics that say the same of different places, or nearly the same. In the order in which they were given. */
export interface Kind {
  readonly diagnostics: readonly Diagnostic[]
  /** What they have in common: the message, `…` for what differs. */
  readonly message: string
}

/** A kind that comes more often is cut down to the first few. */
const often = 5
const shownOfMany = 3

/** Kinds in the order of their first diagnostic. A message that comes often is a kind of its own. */
export function kindsOf(diagnostics: readonly Diagnostic[]): Kind[] {
  const exact = groupsOf(diagnostics, d => d.message)
  const isCommon = (group: readonly Diagnostic[]) => group.length > often
  const common = new Map(exact.filter(isCommon).flatMap(group => group.map(d => [d, d.message] as const)))
  const messageOf = (d: Diagnostic) => common.get(d) ?? withoutParticulars(d.message)
  return groupsOf(diagnostics, messageOf).map(group => {
    const same = group.every(d => d.message === group[0].message)
    return { diagnostics: group, message: same ? group[0].message : messageOf(group[0]) }
  })
}

function groupsOf(
  diagnostics: readonly Diagnostic[],
  messageOf: (d: Diagnostic) => string,
): (readonly Diagnostic[])[] {
  return [...grouped(diagnostics, d => JSON.stringify([d.severity, d.rule, messageOf(d)])).values()]
}

/** Without names, numbers and paths: `this link leads nowhere: …`. */
function withoutParticulars(message: string): string {
  return message
    .replace(/`[^`]*`|"[^"]*"|'[^']*'|“[^”]*”/g, '…')
    .replace(/^(.*?[^…]): .*$/, '$1: …')
    .replace(/\S*[\d/#@]\S*|\S+\.\S+/g, '…')
    .replace(/…(?:[\s,]*…)+/g, '…')
}

export interface FormattedDiagnostic {
  readonly severity: Diagnostic['severity']
  readonly text: string
}

/** All of them as a compiler prints them, those that come often cut down; `all` cuts nothing. */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  { all = false, ...options }: FormatOptions & { readonly all?: boolean },
): FormattedDiagnostic[] {
  const many = all ? [] : kindsOf(diagnostics).filter(kind => kind.diagnostics.length > often)
  const left = new Set(many.flatMap(kind => kind.diagnostics.slice(shownOfMany)))
  const shown = diagnostics.filter(d => !left.has(d))
  return [
    ...shown.map(d => ({ severity: d.severity, text: formatDiagnostic(d, options) })),
    ...many.map(kind => ({ severity: kind.diagnostics[0].severity, text: summary(kind) })),
  ]
}

/** `347 times warning key-foreign: …, first at content/zh/a.md:2:1` */
function summary({ diagnostics, message }: Kind): string {
  const [{ severity, rule, file, range }] = diagnostics
  const place = range ? `${file}:${range.start.line}:${range.start.column}` : file
  const files = new Set(diagnostics.map(d => d.file)).size
  const where = files > 1 ? `, in ${files} files` : ''
  const more = diagnostics.length - shownOfMany
  const said = message.replace(/\.$/, '')
  return `${diagnostics.length} times ${severity} ${rule}: ${said}, first at ${place}${where} (${more} not shown)`
}
