/** What all forms of a formula within a line share. */
import type { StateInline } from 'markdown-it'
import type { Span } from '../../base/position.ts'
import { envOf, locate } from '../markdown/env.ts'
import { labelIn } from './blocks.ts'
import { formulaOf, report } from './formula.ts'
import { type Pairs, pairsOf } from './pairs.ts'
import type { Problem } from './problems.ts'

/** A formula found: from the mark that opens it to behind the mark that closes it. */
export interface Found {
  readonly markup: string
  readonly from: number
  readonly to: number
  readonly after: number
  readonly display: boolean
}

/** Makes the token, with the label behind the formula. */
export function push(state: StateInline, found: Found, silent: boolean): boolean {
  const { src, pos, posMax } = state
  const label = labelBehind(src.slice(found.after, posMax), found.display)
  state.pos = found.after + (label?.length ?? 0)
  if (silent) return true
  const env = envOf(state)
  const token = state.push('math_inline', 'span', 0)
  token.markup = found.markup
  const latex = src.slice(found.from, found.to)
  const start = label && locate(env, src, found.after + label.length - label.content.length - 1)
  const written = {
    latex,
    lines: linesOf(state, found.from, found.to),
    display: found.display,
    outer: { start: locate(env, src, pos), end: locate(env, src, state.pos - 1) + 1 },
    label: label && start !== undefined ? labelIn(label.content, start) : undefined,
  }
  token.meta = { formula: formulaOf(env, written) }
  return true
}

/** `{#eq-name}` behind a formula; behind one within a line only if it is meant for it. */
function labelBehind(text: string, display: boolean): { content: string; length: number } | undefined {
  const pattern = display ? /^[ \t]*(?:\n[ \t]*)?\{(#[^\s{}.#=]+)\}/ : /^[ \t]?\{(#eqn?[-:][^\s{}.#=]+)\}/i
  const match = pattern.exec(text)
  return match ? { content: match[1], length: match[0].length } : undefined
}

/** A formula may go over lines of its paragraph. In a table `\|` stands for `|`: the content has it right. */
function linesOf(state: StateInline, from: number, to: number): Span[] {
  const env = envOf(state)
  let at = from
  return state.src
    .slice(from, to)
    .split('\n')
    .map(line => {
      const start = locate(env, state.src, at)
      const end = locate(env, state.src, at + line.length)
      at += line.length + 1
      return { start, end }
    })
}

export function say(
  state: StateInline,
  [from, to]: readonly [number, number],
  problem: Problem,
  severity?: 'warning',
): void {
  const env = envOf(state)
  const start = locate(env, state.src, from)
  said.add(state)
  report(env, { start, end: Math.max(start + 1, locate(env, state.src, to)) }, problem, severity)
}

/** Paragraphs of which something has been said: what follows from a mistake is no mistake of its own. */
const said = new WeakSet<StateInline>()

export function isSaid(state: StateInline): boolean {
  return said.has(state)
}

/** Leaves everything up to `to` as it is written. */
export function asText(state: StateInline, to: number, silent: boolean): boolean {
  if (!silent) state.pending += state.src.slice(state.pos, to)
  state.pos = to
  return true
}

const pairsOfState = new WeakMap<StateInline, Pairs>()

/** Once per paragraph. */
export function pairsIn(state: StateInline): Pairs {
  const pairs = pairsOfState.get(state) ?? pairsOf(state.src)
  pairsOfState.set(state, pairs)
  return pairs
}

export function restOfLine(src: string, from: number, max: number): string {
  const end = src.indexOf('\n', from)
  return src.slice(from, end === -1 || end > max ? max : end)
}
