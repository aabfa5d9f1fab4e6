/**
 * A translated chapter has the cells of its original: the same code, comments, white space and words aside. A name or a
 * text in quotes may differ where one of the two is not ASCII, or both are prose: labels speak the reader's language.
 */
import { parseSync } from 'oxc-parser'
import { type Diagnostic, warningAt } from '../base/diagnostic.ts'
import { LineIndex } from '../base/position.ts'
import type { Cell, Chapter } from '../source/chapter.ts'
import { tooDeepCode } from './depth.ts'

/** A warning at both lines for the first cell that differs. */
export function compareTranslation(original: Chapter, translated: Chapter): readonly Diagnostic[] {
  const [ours, theirs] = [original.cells, translated.cells]
  const count = Math.max(ours.length, theirs.length)
  for (let i = 0; i < count; i++) {
    const [a, b] = [ours[i], theirs[i]]
    if (!a || !b) {
      const [longer, shorter, cell] = a ? [original, translated, a] : [translated, original, b]
      const others = Math.min(ours.length, theirs.length)
      return [at(longer, cell, `${shorter.file} has only ${others} cells: it lacks this one`)]
    }
    if (a.kind === b.kind && sameCode(a, b)) continue
    const line = (chapter: Chapter, cell: Cell) => new LineIndex(chapter.text).position(cell.open.start).line
    return [
      at(original, a, `this cell differs from its translation at ${translated.file}:${line(translated, b)}`),
      at(translated, b, `this cell differs from its original at ${original.file}:${line(original, a)}`),
    ]
  }
  return []
}

function at(chapter: Chapter, cell: Cell, message: string): Diagnostic {
  return warningAt(chapter.file, chapter.text, cell.open, {
    rule: 'translation-differs',
    message,
    help: 'Carry the change over. Comments, white space and words in the reader’s language may differ.',
  })
}

function sameCode(a: Cell, b: Cell): boolean {
  if ([a, b].some(({ code }) => tooDeepCode(code))) return a.code.trim() === b.code.trim()
  const [first, second] = [a, b].map(({ code }) =>
    parseSync('cell.ts', code, { sourceType: 'module', lang: 'ts' }),
  )
  if (first.errors.length + second.errors.length > 0) return a.code.trim() === b.code.trim()
  return sameTree(first.program.body, second.program.body)
}

const places = new Set(['start', 'end', 'raw', 'range', 'loc'])

function sameTree(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && typeof b === 'string') return sameWord(a, b)
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return Object.is(a, b)
  const keysOf = (node: object) => Object.keys(node).filter(key => !places.has(key))
  const keys = keysOf(a)
  const [word, other] = [labelOf(a), labelOf(b)]
  if (word !== undefined && other !== undefined) return sameWord(word, other)
  if (keys.join() !== keysOf(b).join()) return false
  const at = (node: object, key: string) => (node as Record<string, unknown>)[key]
  return keys.every(key => sameTree(at(a, key), at(b, key)))
}

/** `{ 步数: n }` in one language is `{ 'number of steps': n }` in another: a name there, a text here. */
function labelOf(node: object): string | undefined {
  const { type, name, value } = node as {
    readonly type?: string
    readonly name?: unknown
    readonly value?: unknown
  }
  const label = type === 'Identifier' ? name : type === 'Literal' ? value : undefined
  return typeof label === 'string' ? label : undefined
}

function sameWord(a: string, b: string): boolean {
  const isForeign = (word: string) => /[^\x20-\x7e]/.test(word)
  const isProse = (word: string) => /\p{L}.*\s/u.test(word.trim())
  return a === b || isForeign(a) || isForeign(b) || (isProse(a) && isProse(b))
}
