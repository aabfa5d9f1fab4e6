/** Labels of formulas: `{#eq-name}` behind them, and LaTeX's `\label{eq:name}` in them. */
import { own } from '../../base/own.ts'
import type { Span } from '../../base/position.ts'
import type { Problem } from './problems.ts'

/** A label as written, and as references name it. */
export interface Label {
  readonly label: string
  readonly span: Span
  readonly problem?: Problem
}

/** Prefixes that LaTeX's users write, and ours. */
const prefixes: Readonly<Record<string, string>> = {
  eq: 'eq',
  eqn: 'eq',
  equation: 'eq',
  fig: 'fig',
  figure: 'fig',
  tbl: 'tbl',
  tab: 'tbl',
  table: 'tbl',
  sec: 'sec',
  section: 'sec',
}

/** `eq:name` → `eq-name`, `tab:name` → `tbl-name`; undefined for what is not one of our labels. */
export function normalLabel(written: string): string | undefined {
  const [, prefix = '', name = ''] = /^([A-Za-z]+)[-:](.+)$/.exec(written.trim()) ?? []
  const kind = own(prefixes, prefix.toLowerCase())
  return kind && isName(name) ? `${kind}-${name}` : undefined
}

function isName(name: string): boolean {
  return /^[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?$/.test(name)
}

/** `#eq-name`, from the braces behind a formula. `written` is without the `#`. */
export function attributeLabel(written: string, span: Span): Label {
  const label = normalLabel(written)
  if (label === written && label.startsWith('eq-')) return { label, span }
  return { label: label ?? written, span, problem: wrongLabel(written, label, name => `{#${name}}`) }
}

/** `\label{eq:name}`: LaTeX's colon is fine here, its other prefixes are not. */
export function latexLabel(written: string, span: Span): Label {
  const label = normalLabel(written)
  if (label?.startsWith('eq-')) return { label, span }
  return { label: label ?? written, span, problem: wrongLabel(written, label, name => `\\label{${name}}`) }
}

function wrongLabel(written: string, label: string | undefined, shown: (label: string) => string): Problem {
  const bare = written.replace(/^(?:eqn?|fig|tbl|tab|sec)[-:]/i, '')
  const name = label?.startsWith('eq-') ? label : `eq-${bare}`
  const help = isName(bare)
    ? `Did you mean ${shown(name)}?`
    : 'Behind `eq-` stand letters, digits, `-` and `_`, the first and the last a letter or digit.'
  return {
    rule: 'math-label',
    message: `the label of a formula begins with eq-, got ${JSON.stringify(written)}`,
    help,
  }
}
