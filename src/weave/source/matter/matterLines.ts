/** Lines at the head of a chapter, and which of them look like `key: value`. */
import type { Span } from '../../base/position.ts'
import { isTellingKey } from './matterKeys.ts'

export interface Line extends Span {
  readonly text: string
  /** Offset of the line that follows. */
  readonly next: number
}

export const isBlank = ({ text }: Line) => text.trim() === ''
export const isComment = ({ text }: Line) => /^\s*#/.test(text)
/** What can follow a key: its value's lines, a list's items, closing brackets. */
export const goesOn = ({ text }: Line) => /^(\s+\S|\s*(- |-$|[\]}]))/.test(text)

/** Whether lines are `key: value` and what belongs to it, and not prose with colons. */
export function isMatterRun(lines: readonly string[]): boolean {
  if (lines.length === 0 || !isKeyLine(lines[0])) return false
  if (!lines.every(l => isKeyLine(l) || /^\s+\S|^\s*[-#] /.test(l))) return false
  const keys = lines.filter(isTelling)
  return keys.length > 1 || keys.some(l => /^\s*["']?title\b/i.test(l))
}

const keyPattern = /^\s*(["']?)([\p{L}_$][\p{L}\p{N}_.$-]*)\1\s*(?:[:=](?:\s|$)|：|:(?=[^\s/]))/u

/** `key: value`, `key = value`, and their slips `key:value`, `key：value`. */
export function isKeyLine(line: string): boolean {
  return keyPattern.test(line)
}

export function isTelling(line: string): boolean {
  return isTellingKey(keyPattern.exec(line)?.[2] ?? '')
}

/** Lines of marks that one may take for a fence. */
export const isAlmostFence = (line: string) =>
  line.length < 100 && /^\s*[-–—−‐_*=~+;.·](\s*[-–—−‐_*=~+;.·])+\s*$/.test(line)

export const indent = (line: string) => line.length - line.trimStart().length

export function lineAt(text: string, offset: number): Line | undefined {
  if (offset >= text.length) return undefined
  const end = text.indexOf('\n', offset)
  return end === -1
    ? { text: text.slice(offset), start: offset, end: text.length, next: text.length }
    : { text: text.slice(offset, end), start: offset, end, next: end + 1 }
}

export function findLine(text: string, from: number, fits: (line: string) => boolean): Line | undefined {
  for (let line = lineAt(text, from); line; line = lineAt(text, line.next)) if (fits(line.text)) return line
  return undefined
}

export function linesOf(text: string, from: number, to: number): Line[] {
  const lines: Line[] = []
  for (let line = lineAt(text, from); line && line.start < to; line = lineAt(text, line.next))
    lines.push(line)
  return lines
}
