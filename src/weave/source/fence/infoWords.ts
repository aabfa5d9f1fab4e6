/** The words of an opening fence's line, what they may mean, and what is said of those that mean nothing. */

import { nearest } from '../../base/nearest.ts'
import { own } from '../../base/own.ts'
import type { Span } from '../../base/position.ts'
import type { Cell, DiagramLanguage } from '../chapter.ts'

export interface InfoProblem {
  readonly severity: 'error' | 'warning'
  /** Offsets into the info string. */
  readonly span: Span
  readonly rule: string
  readonly message: string
  readonly help: string
}

export interface Word extends Span {
  readonly text: string
}

export const diagrams: Readonly<Record<string, DiagramLanguage>> = {
  plantuml: 'plantuml',
  puml: 'plantuml',
  mermaid: 'mermaid',
  dot: 'dot',
  graphviz: 'dot',
}
/** Languages of cells, and the language that each is coloured as. */
export const cellLanguages: Readonly<Record<string, 'ts' | 'js'>> = {
  ts: 'ts',
  typescript: 'ts',
  js: 'js',
  javascript: 'js',
}
export const kinds = ['exec', 'check'] as const
/** Words that mean one of the kinds elsewhere, or in a hurry. */
export const synonyms: Readonly<Record<string, Cell['kind']>> = {
  ...{ execute: 'exec', executed: 'exec', exe: 'exec', run: 'exec', eval: 'exec', cell: 'exec' },
  ...{ checked: 'check', typecheck: 'check' },
}

/** Runs of characters without spaces, in which quotes and braces hold together. */
export function wordsOf(info: string): Word[] {
  const pattern = /(?:"[^"]*"|\{(?:"[^"]*"|[^}"])*\}|[^\s"{]|["{])+/g
  return [...info.matchAll(pattern)].map(({ 0: text, index }) => ({
    text,
    start: index,
    end: index + text.length,
  }))
}

/** The kind that a word asks for, whatever marks stand round it: `{exec}`, `.exec`, `exec=true`, `exce`, `run`. */
export function meantKind(word: string): Cell['kind'] | undefined {
  const bare = /^[^\p{L}"/]*(\p{L}+)(?:=(?:true|1|"true"))?[^\p{L}"/]*$/u.exec(word.normalize('NFKC'))?.[1]
  if (bare === undefined) return undefined
  const key = bare.toLowerCase()
  return own(synonyms, key) ?? (nearest(key, kinds) as Cell['kind'] | undefined)
}

/** `ts exec` for `tsx`, `run`. */
export function askedFor(language: string, word: string): string {
  const known = own(cellLanguages, language.replace(/x$/, '')) ? language.replace(/x$/, '') : 'ts'
  return `${known} ${meantKind(word) ?? 'exec'}`
}

export function cellKind(span: Span, message: string, help: string): InfoProblem {
  return problem('error', span, { rule: 'cell-kind', message, help })
}

export function problem(
  severity: InfoProblem['severity'],
  { start, end }: Span,
  said: { rule: string; message: string; help: string },
): InfoProblem {
  return { severity, span: { start, end }, ...said }
}
